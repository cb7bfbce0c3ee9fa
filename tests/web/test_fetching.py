"""What an element fetches, and when: nothing that nobody looks at, and no more than is seen."""

import pytest

from tests.web.test_embed import sources

SHOWN = '[data-image="shown"]'


def test_nobody_is_contacted_before_the_click(gallery, blog, open_page):
    page = open_page(
        blog.publish("/click", f'<random-photo load="click"></random-photo>{gallery.embed}')
    )
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(200)
    assert asked == []

    page.get_by_role("button", name="Show a photo").click()

    page.wait_for_selector(SHOWN)
    assert asked[0].startswith(gallery.config["apiUrl"])


def test_the_next_photo_waits_for_a_sign_of_interest(gallery, blog, open_page):
    page = open_page(blog.publish("/interest", f"<random-photo></random-photo>{gallery.embed}"))
    page.wait_for_selector(SHOWN)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(200)
    assert asked == []

    with page.expect_request("**/*.webp"):
        page.locator("random-photo").hover()


def test_under_save_data_nothing_is_fetched_ahead(gallery, blog, open_page):
    save = "Object.defineProperty(navigator, 'connection', {value: {saveData: true}})"
    page = open_page(
        blog.publish("/save", f"<random-photo></random-photo>{gallery.embed}"), script=save
    )
    page.wait_for_selector(SHOWN)
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    page.locator("random-photo").hover()
    page.wait_for_timeout(300)

    assert [url for url in asked if url.endswith(".webp")] == []


def test_a_seed_is_one_photo_and_asked_once(gallery, blog, open_page):
    page = open_page("about:blank")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    url = blog.publish("/seed", '<random-photo seed="a post"></random-photo>' * 2 + gallery.embed)

    page.goto(url)
    page.locator(SHOWN).nth(1).wait_for()

    assert len(set(sources(page))) == 1
    assert len([url for url in asked if "seed=" in url]) == 1


def test_nothing_but_the_script_is_fetched_for_what_is_out_of_sight(gallery, blog, open_page):
    """Twenty elements, two of them in view: two photos."""
    gap = '<div style="height: 400px"></div>'
    page = open_page("about:blank", width=640, height=1500)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(blog.publish("/twenty", f"<random-photo></random-photo>{gap}" * 20 + gallery.embed))
    page.locator(SHOWN).nth(1).wait_for()
    page.wait_for_timeout(300)

    assert len([url for url in asked if url.endswith(".webp")]) == 2

    page.locator("random-photo").nth(19).scroll_into_view_if_needed()
    page.locator("random-photo").nth(19).locator(SHOWN).wait_for()
    assert page.errors == []


@pytest.mark.parametrize(
    ("width", "ratio", "expected"),
    [
        (390, 3, 1200),  # a phone: not 1600
        (400, 1, 400),
        (405, 1, 400),  # within the tolerance of 2 %
        (401.4, 1, 400),
        (420, 1, 800),
        (816, 1, 800),
        (640, 2, 1600),
    ],
)
def test_the_smallest_rendition_that_suffices_is_fetched(
    gallery, blog, open_page, width, ratio, expected
):
    """Recipe v2 of a large photo, by a list of renditions that are all the same small file."""
    record = gallery.photos()[0]
    size = record["sizes"][-1]
    src = f"{gallery.base_url}/photos/{record['recipe']}/{record['id']}-{size[0]}.webp"
    widths = [400, 800, 1200, 1600, 2560]
    renditions = [
        {"src": f"{src}?w={wide}", "width": wide, "height": wide * 2 // 3} for wide in widths
    ]
    photo = {"id": "0" * 16, **renditions[-1], "srcSet": renditions, "alt": ""}
    page = open_page("about:blank", width=1280, device_scale_factor=ratio)
    cors = {"Access-Control-Allow-Origin": "*"}
    page.route(
        f"{gallery.config['apiUrl']}/?*",
        lambda route: route.fulfill(json=[photo] * 5, headers=cors),
    )
    style = f"<style>random-photo {{ width: {width}px }}</style>"
    page.goto(blog.publish("/sizes", f"<random-photo></random-photo>{gallery.embed}", style))
    page.wait_for_selector(SHOWN)

    assert page.locator("img").evaluate("i => i.currentSrc").endswith(f"?w={expected}")
