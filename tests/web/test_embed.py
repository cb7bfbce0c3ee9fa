"""The custom element on somebody else's page, at another origin, on the real function."""

import pytest

from infra.published import embed_html, security_policy
from tests.web.gallery import LONG, ODD, SITE, WATCH_SHIFT

SHOWN = '[data-image="shown"]'


def sources(page):
    """What each element of the page shows."""
    return page.locator("[part=layer]:not([data-leaving]) img").evaluate_all(
        "images => images.map(image => image.getAttribute('src'))"
    )


def test_one_line_shows_a_photo_elsewhere(gallery, blog, open_page):
    url = blog.publish("/", f"<random-photo></random-photo>{gallery.embed}")

    page = open_page(url)

    page.wait_for_selector(SHOWN)
    assert "August 2017" in page.locator("[part=facts]").inner_text()
    assert page.errors == []


def test_three_elements_and_a_late_one_show_different_photos(gallery, blog, open_page):
    url = blog.publish("/three", "<random-photo></random-photo>" * 3 + gallery.embed * 2)
    page = open_page(url, height=4000)
    page.locator(SHOWN).nth(2).wait_for()

    page.evaluate("document.querySelector('main').append(document.createElement('random-photo'))")

    page.locator("random-photo").nth(3).locator(SHOWN).wait_for()
    assert len(set(sources(page))) == 4
    assert page.errors == []


def test_a_moved_element_keeps_its_photo(gallery, blog, open_page):
    page = open_page(
        blog.publish("/moved", f"<random-photo></random-photo><p>text</p>{gallery.embed}")
    )
    page.wait_for_selector(SHOWN)
    before = sources(page)

    page.evaluate("document.querySelector('main').append(document.querySelector('random-photo'))")
    page.wait_for_timeout(100)

    assert sources(page) == before


def test_the_stack_s_security_policy_suffices(gallery, blog, open_page):
    """The line that the stack puts out, added to a page that allows nothing else."""
    line = security_policy(gallery.base_url, gallery.config["apiUrl"])
    policy = f"default-src 'none'; {line}; require-trusted-types-for 'script'"
    html = f"<random-photo></random-photo>{gallery.embed}"
    url = blog.publish("/strict", html, **{"Content-Security-Policy": policy})

    page = open_page(url)
    page.locator("random-photo").get_by_role("button").click()

    page.wait_for_selector(SHOWN)
    assert page.locator("figure").evaluate("e => getComputedStyle(e).margin") == "0px"
    assert [line for line in page.errors if "favicon" not in line and "data:," not in line] == []


def test_a_site_s_styles_do_not_break_it(gallery, blog, open_page):
    rules = "* { all: unset !important; display: inline !important } img { width: 9px !important }"
    html = f"<random-photo></random-photo>{gallery.embed}"
    page = open_page(blog.publish("/hostile", html, f"<style>{rules}</style>"))

    page.wait_for_selector(SHOWN)

    assert page.locator("[part=frame]").bounding_box()["width"] > 600


def test_an_origin_that_is_not_allowed_is_told_the_line(empty, blog, open_page):
    page = open_page(blog.publish("/stranger", f"<random-photo></random-photo>{empty.embed}"))

    text = page.locator("[part=message]").inner_text()

    assert f"Add {blog.origin} to allowedOrigins" in text
    assert page.errors == []


def test_an_element_without_configuration_says_what_is_missing(gallery, blog, open_page):
    """As built, before the stack wrote the address of the API into it."""
    page = open_page("about:blank")
    page.route("**/embed.js", lambda route: route.fulfill(path=SITE / "embed.js"))

    page.goto(blog.publish("/bare", f"<random-photo></random-photo>{gallery.embed}"))

    assert "apiUrl is missing" in page.locator("[part=message]").inner_text()


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


def test_with_the_function_stopped_a_photo_is_shown_and_it_is_said(gallery, blog, open_page):
    gallery.stop_function()

    page = open_page(blog.publish("/stopped", f"<random-photo></random-photo>{gallery.embed}"))

    page.wait_for_selector(SHOWN)
    assert "cannot be reached" in page.locator("[part=note]").inner_text()


@pytest.mark.parametrize("width", [200, 390, 760, 1280])
def test_the_page_around_it_does_not_move(gallery, blog, open_page, width):
    """As pasted, with a script that is late; later clicks are no excuse either."""
    html = f"{embed_html(gallery.base_url)}<p>{LONG}</p>"
    held = []
    page = open_page("about:blank", width=width, script=WATCH_SHIFT)
    page.route("**/embed.js", lambda route: held.append(route))
    page.goto(blog.publish(f"/still-{width}", html), wait_until="commit")
    page.wait_for_selector("p")
    page.wait_for_timeout(200)
    held[0].continue_()
    page.wait_for_selector(SHOWN)

    for _ in range(3):
        page.get_by_role("button", name="Another photo").click()
        page.wait_for_timeout(600)

    assert page.evaluate("self.shift") == 0


def test_odd_captions_are_shown_as_text(gallery, blog, open_page):
    url = blog.publish("/odd", '<random-photo album="odd"></random-photo>' * 5 + gallery.embed)

    page = open_page(url, height=4000)
    page.locator(SHOWN).nth(4).wait_for()

    captions = page.locator("[part=caption]").all_text_contents()
    assert sorted(captions) == sorted(caption for caption in ODD.values() if caption)
    assert page.title() == "Blog"
    heights = page.locator("random-photo").evaluate_all("all => all.map(e => e.offsetHeight)")
    assert len(set(heights)) == 1
    assert page.errors == []
