"""The custom element on somebody else's page, at another origin, on the real function."""

import pytest

from image_gallery.published import embed_html, security_policy
from tests.web.gallery import LONG, ODD, SITE, WATCH_SHIFT, Blog

DEEP = pytest.mark.deep
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
    page.locator("random-photo").locator("[part=button]").click()

    page.wait_for_selector(SHOWN)
    assert page.locator("figure").evaluate("e => getComputedStyle(e).margin") == "0px"
    assert [line for line in page.errors if "favicon" not in line and "data:," not in line] == []


def test_a_site_s_styles_do_not_break_it(gallery, blog, open_page):
    rules = "* { all: unset !important; display: inline !important } img { width: 9px !important }"
    html = f"<random-photo></random-photo>{gallery.embed}"
    page = open_page(blog.publish("/hostile", html, f"<style>{rules}</style>"))

    page.wait_for_selector(SHOWN)

    assert page.locator("[part=frame]").bounding_box()["width"] > 600


def test_an_origin_that_is_not_allowed_shows_the_catalog_and_tells_the_owner(
    gallery, open_page, empty
):
    said = []
    page = open_page("about:blank")
    page.on("console", lambda line: said.append(line.text))
    stranger = Blog()
    try:
        elements = "<random-photo></random-photo>" * 2 + gallery.embed
        page.goto(stranger.publish("/stranger", elements))
        page.locator(SHOWN).nth(1).wait_for()
        with page.expect_console_message(lambda line: "allowedOrigins" in line.text):
            page.goto(stranger.publish("/nothing", f"<random-photo></random-photo>{empty.embed}"))
        text = page.locator("[part=message]").inner_text()
    finally:
        stranger.stop()

    assert text == "The gallery cannot be reached."
    lines = [line for line in said if "allowedOrigins" in line]
    assert len(lines) == 2, said  # once a page
    assert stranger.origin in lines[0]
    assert page.errors == []


def test_an_element_without_configuration_tells_the_owner_what_is_missing(gallery, blog, open_page):
    """As built, before the stack wrote the address of the API into it."""
    said = []
    page = open_page("about:blank")
    page.on("console", lambda line: said.append(line.text))
    page.route("**/embed.js", lambda route: route.fulfill(path=SITE / "embed.js"))

    page.goto(blog.publish("/bare", f"<random-photo></random-photo>{gallery.embed}"))

    assert "cannot be reached" in page.locator("[part=message]").inner_text()
    assert any("apiUrl is missing" in line for line in said)


def test_with_the_function_stopped_a_good_photo_is_shown_without_an_error(gallery, blog, open_page):
    gallery.stop_function()

    page = open_page(blog.publish("/stopped", f"<random-photo></random-photo>{gallery.embed}"))

    page.wait_for_selector(SHOWN)
    assert page.locator("[part=note], [part=message]").count() == 0


@pytest.mark.parametrize(
    "width", [340, pytest.param(390, marks=DEEP), pytest.param(760, marks=DEEP), 1280]
)
def test_the_page_around_it_does_not_move(gallery, blog, open_page, width):
    """As pasted, with a script that is late: hardly. Later clicks move nothing at all."""
    html = f"{embed_html(gallery.base_url)}<p>{LONG}</p>"
    held = []
    page = open_page("about:blank", width=width, script=WATCH_SHIFT)
    page.route("**/embed.js", lambda route: held.append(route))
    page.goto(blog.publish(f"/still-{width}", html), wait_until="commit")
    page.wait_for_selector("p")
    page.wait_for_timeout(200)
    held[0].continue_()
    page.wait_for_selector(SHOWN)
    before = page.evaluate("self.shift")

    for _ in range(3):
        page.get_by_role("button", name="Another photo").click()
        page.wait_for_timeout(600)

    assert before <= 0.02
    assert page.evaluate("self.shift") == before


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


def test_a_click_opens_the_photo_on_the_gallery_s_page(gallery, blog, open_page):
    page = open_page(
        blog.publish("/click-through", f"<random-photo></random-photo>{gallery.embed}")
    )
    page.wait_for_selector(SHOWN)
    shown = sources(page)

    page.locator("[part=link]").click()

    page.wait_for_url(f"{gallery.page_url}#/photos/*")
    page.wait_for_selector(SHOWN)
    assert [page.locator("img").get_attribute("src")] == shown


def test_a_click_does_nothing_where_an_attribute_says_so(gallery, blog, open_page):
    html = f'<random-photo link="none"></random-photo>{gallery.embed}'
    page = open_page(blog.publish("/no-link", html))
    page.wait_for_selector(SHOWN)

    assert page.locator("[part=link]").count() == 0


def test_it_fires_events_and_has_methods(gallery, blog, open_page):
    listen = """<script>
      self.seen = [];
      const element = document.querySelector("random-photo");
      element.addEventListener("photo", ({ detail }) => self.seen.push(detail.id));
      element.addEventListener("error", ({ detail }) => self.seen.push(detail.name));
    </script>"""
    html = f"<random-photo></random-photo>{listen}{gallery.embed}"
    page = open_page(blog.publish("/events", html))
    page.wait_for_function("() => self.seen.length === 1")

    page.evaluate("document.querySelector('random-photo').next()")
    page.wait_for_function("() => self.seen.length === 2")
    page.evaluate("document.querySelector('random-photo').show('0000000000000000')")
    page.wait_for_function("() => self.seen.length === 3")

    first, second, problem = page.evaluate("self.seen")
    assert len({first, second}) == 2
    assert problem == "no-such-photo"


def test_the_frame_may_take_the_photo_s_own_ratio(gallery, blog, open_page):
    photo = next(p for p in gallery.photos() if p["sizes"][-1] == [320, 480])
    html = f'<random-photo frame="photo" photo="{photo["id"]}"></random-photo>{gallery.embed}'
    page = open_page(blog.publish("/own-ratio", html))
    page.wait_for_selector(SHOWN)

    box = page.locator("[part=frame]").bounding_box()

    assert box["width"] / box["height"] == pytest.approx(2 / 3, rel=0.01)


def test_without_script_what_is_inside_is_seen(gallery, blog, open_page):
    inside = f'<a href="{gallery.page_url}"><img alt="A photo" width="300" src="data:,"></a>'
    html = embed_html(gallery.base_url).replace("></random-photo>", f">{inside}</random-photo>")
    url = blog.publish("/inside", html)

    without = open_page(url, java_script_enabled=False)
    with_script = open_page(url)
    with_script.wait_for_selector(SHOWN)

    assert without.get_by_role("link", name="A photo").is_visible()
    assert not with_script.get_by_role("link", name="A photo").is_visible()


@pytest.mark.parametrize("where", ["file", "sandbox"])
def test_a_page_without_an_origin_shows_the_catalog_s_photo(
    gallery, blog, open_page, tmp_path, where
):
    """And says of nothing that it is wrong."""
    html = f"<!doctype html><random-photo></random-photo>{gallery.embed}"
    file = tmp_path / "preview.html"
    file.write_text(html)
    frame = f'<iframe sandbox="allow-scripts" srcdoc="{html.replace(chr(34), "&quot;")}"></iframe>'
    url = file.as_uri() if where == "file" else blog.publish("/sandbox", frame)

    page = open_page(url)
    root = page if where == "file" else page.frame_locator("iframe")

    root.locator(SHOWN).wait_for()
    assert root.locator("[part=note]").count() == 0
    assert [line for line in page.errors if "404" not in line] == []
