"""What page and embed say when there is nothing fresh to show, and what they report."""

import json

import pytest

from image_gallery.published import page_html
from tests.web.gallery import ODD, SITE

SHOWN = '[data-image="shown"]'
PROBLEM = "application/problem+json"

# The second click comes as soon as the first has brought a photo.
CLICK_TWICE = """async ({ shadowRoot }) => {
  shadowRoot.querySelector("[part=button]").click();
  while (shadowRoot.querySelectorAll("[data-image=shown]").length < 2) {
    await new Promise(requestAnimationFrame);
  }
  shadowRoot.querySelector("[part=button]").click();
}"""


# When the sign of loading is in the document, and when it is first seen, in milliseconds.
WATCH_SIGN = """
self.sign = [];
requestAnimationFrame(function look(now) {
  const sign = document.querySelector("[part=loading]");
  if (sign && !self.sign.length) self.sign.push(now);
  if (sign && getComputedStyle(sign).opacity > 0) self.sign.push(now);
  if (self.sign.length < 2) requestAnimationFrame(look);
});
"""


def answer_api(gallery, page, **answer):
    """Let the API answer this instead, to whatever is asked."""
    page.route(f"{gallery.config['apiUrl']}/**", lambda route: route.fulfill(**answer))


def configure(gallery, **changes):
    """Publish a page with another configuration beside the real one; return its address."""
    html = page_html((SITE / "index.html").read_text(), gallery.settings())
    for name, value in changes.items():
        before = json.dumps({name: gallery.config[name]})[1:-1]
        assert before in html
        html = html.replace(before, json.dumps({name: value})[1:-1])
    return gallery.publish_page(html)


@pytest.fixture
def blank(open_page):
    """A page to prepare before it goes anywhere; without fades, in which axe sees pale text."""
    return open_page("about:blank", reduced_motion="reduce")


def test_an_empty_gallery_has_a_face(empty, blank, axe):
    blank.goto(empty.page_url)

    assert "No photos yet" in blank.get_by_role("alert").inner_text()
    assert axe(blank) == []


def test_with_a_wrong_key_a_photo_is_shown_and_the_owner_is_told(gallery, blank, axe):
    said = []
    blank.on("console", lambda line: line.type == "warning" and said.append(line.text))
    url = configure(gallery, apiKey="another")

    blank.goto(url)

    blank.wait_for_selector(SHOWN)
    assert blank.get_by_role("alert").count() + blank.locator(".note").count() == 0
    assert len(said) == 1
    assert "key" in said[0]
    assert axe(blank) == []


def test_a_missing_configuration_has_a_face(gallery, blank, axe):
    said = []
    blank.on("console", lambda line: said.append(line.text))
    url = gallery.publish_page((SITE / "index.html").read_text())

    blank.goto(url)

    assert "cannot be reached" in blank.get_by_role("alert").inner_text()
    assert any("apiUrl is missing" in line for line in said)
    assert axe(blank) == []


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
@pytest.mark.parametrize(
    ("lang", "sentence", "crowded"),
    [
        ("de", "Die Galerie ist nicht erreichbar.", "Gerade sind viele Besucher hier."),
        ("ja", "ギャラリーに接続できません。", "ただいまアクセスが集中しています。"),
    ],
)
def test_without_any_photo_each_failure_is_said_in_the_visitor_s_language(
    gallery, blog, blank, status, lang, sentence, crowded
):
    answer_api(gallery, blank, status=status, headers={"Access-Control-Allow-Origin": "*"})
    blank.route("**/catalog.jsonl", lambda route: route.abort())
    html = f'<random-photo lang="{lang}"></random-photo>{gallery.embed}'

    blank.goto(blog.publish(f"/failure-{status}-{lang}", html))

    assert blank.locator("[part=message]").inner_text() == (crowded if status == 429 else sentence)


def test_strings_that_are_no_json_are_left_out_and_the_owner_is_told(gallery, blog, blank):
    said = []
    blank.on("console", lambda line: said.append(line.text))
    html = "<random-photo strings='{another: 1}'></random-photo><random-photo></random-photo>"

    blank.goto(blog.publish("/strings", html + gallery.embed))

    blank.locator(SHOWN).nth(1).wait_for()
    assert blank.get_by_role("button", name="Another photo").count() == 2
    assert any("strings is no JSON" in line for line in said)
    assert blank.errors == []


def test_a_link_to_a_photo_that_is_gone_has_a_face_and_a_way_on(gallery, blank, axe):
    blank.goto(f"{gallery.page_url}#/photos/{'0' * 16}")
    assert "No longer in the gallery" in blank.get_by_role("alert").inner_text()
    assert axe(blank) == []

    blank.get_by_role("button", name="Another photo").click()

    blank.wait_for_selector(SHOWN)
    assert blank.get_by_role("alert").count() == 0


def test_an_api_that_is_down_has_a_face_and_another_try(gallery, blank, axe):
    url = configure(gallery, catalogUrl="")
    answer_api(gallery, blank, status=500, body="oops")
    blank.goto(url)
    assert "cannot be reached" in blank.get_by_role("alert").inner_text()
    assert axe(blank) == []

    blank.unroute_all()
    blank.get_by_role("button", name="Try again").click()

    blank.wait_for_selector(SHOWN)


def test_offline_has_a_face(gallery, blank, axe):
    url = configure(gallery, catalogUrl="")
    blank.route(f"{gallery.config['apiUrl']}/**", lambda route: route.abort())
    blank.add_init_script("Object.defineProperty(navigator, 'onLine', {value: false})")

    blank.goto(url)

    assert "You are offline" in blank.get_by_role("alert").inner_text()
    assert axe(blank) == []


def test_a_photo_that_was_shown_stays_when_the_network_goes(gallery, blank):
    url = configure(gallery, catalogUrl="")
    blank.goto(url)
    blank.wait_for_selector(SHOWN)
    blank.wait_for_load_state("networkidle")
    blank.context.set_offline(True)

    for _ in range(7):
        blank.keyboard.press("ArrowRight")
        blank.wait_for_timeout(150)

    assert "You are offline" in blank.locator(".note").inner_text()


@pytest.mark.parametrize(
    "body", ["<html>not json</html>", pytest.param("null", marks=pytest.mark.deep)]
)
def test_an_answer_that_is_no_json_is_helped_by_the_catalog(gallery, blank, body):
    answer_api(gallery, blank, body=body, headers={"Access-Control-Allow-Origin": "*"})

    blank.goto(gallery.page_url)

    blank.wait_for_selector(SHOWN)
    assert blank.locator("[data-status=stale]").count() == 1


def test_a_slow_api_is_not_awaited_for_ever(gallery, blank):
    blank.route(f"{gallery.config['apiUrl']}/**", lambda route: None)
    hurry = "const wait = AbortSignal.timeout.bind(AbortSignal);"
    hurry += "AbortSignal.timeout = (span) => wait(span / 16)"
    blank.add_init_script(hurry)

    blank.goto(gallery.page_url)

    blank.wait_for_selector("[data-status=stale]")


def test_loading_shows_itself_after_400_ms_and_says_nothing_before(gallery, blank):
    blank.route(f"{gallery.config['apiUrl']}/**", lambda route: None)
    blank.route("**/catalog.jsonl", lambda route: None)
    blank.add_init_script(WATCH_SIGN)

    blank.goto(gallery.page_url)

    there, seen = blank.wait_for_function("() => self.sign.length == 2 && self.sign").json_value()
    assert seen - there >= 390  # to the frame
    assert blank.get_by_role("alert").count() == 0


def test_while_the_api_fails_it_is_left_alone(gallery, blank):
    asked = []
    answer_api(gallery, blank, status=503, headers={"Retry-After": "30"})
    blank.on("request", lambda request: asked.append(request.url))
    blank.goto(gallery.page_url)
    blank.wait_for_selector(SHOWN)

    for _ in range(4):
        blank.keyboard.press("ArrowRight")
        blank.wait_for_timeout(100)

    assert len([url for url in asked if "deck=" in url]) == 1


def test_a_photo_that_does_not_arrive_is_said_and_keeps_its_words(gallery, blank, axe):
    blank.route("**/photos/v*/*", lambda route: route.fulfill(status=404))

    blank.goto(gallery.page_url)

    blank.wait_for_selector('[data-image="broken"]')
    assert "did not arrive" in blank.locator("[part=message]").inner_text()
    assert blank.locator("time").inner_text() == "August 2017"
    assert axe(blank) == []


def test_until_the_photo_arrives_its_placeholder_is_seen(gallery, blank):
    held = []
    blank.route("**/photos/v*/*", lambda route: held.append(route))

    blank.goto(gallery.page_url)

    blank.wait_for_selector("canvas")
    painted = (
        "canvas => canvas.getContext('2d').getImageData(0, 0, 9, 9).data.some((value) => value)"
    )
    assert blank.locator("canvas").evaluate(painted)
    assert blank.locator("time").inner_text() == "August 2017"
    held[0].continue_()
    blank.wait_for_selector(SHOWN)


def test_a_slow_photo_does_not_hold_back_its_words(gallery, blank):
    blank.goto(gallery.page_url)
    blank.wait_for_selector(SHOWN)
    blank.wait_for_load_state("networkidle")
    blank.keyboard.press("ArrowRight")
    blank.route("**/photos/v*/*", lambda route: None)
    for _ in range(2):
        blank.locator(".layer:not([data-leaving])").wait_for()
        blank.wait_for_timeout(500)
        blank.keyboard.press("ArrowRight")

    blank.wait_for_selector('.layer:not([data-leaving]) [data-image="loading"] canvas')


def test_a_browser_that_refuses_storage_still_gets_photos(gallery, blank):
    refuse = (
        "Object.defineProperty(window, 'sessionStorage', {get() { throw new Error('refused') }})"
    )
    blank.add_init_script(refuse)

    blank.goto(gallery.page_url)

    blank.wait_for_selector(SHOWN)
    blank.keyboard.press("ArrowRight")
    blank.locator(".layer").nth(1).wait_for(state="attached")
    assert blank.errors == []


def test_a_photo_without_words_is_shown(gallery, blank, axe):
    photo = {"id": "0" * 16, "src": f"{gallery.base_url}/none.webp", "width": 3, "height": 2}
    photo["srcSet"] = [{name: photo[name] for name in ("src", "width", "height")}]
    answer_api(gallery, blank, json=[photo] * 5, headers={"Access-Control-Allow-Origin": "*"})

    blank.goto(gallery.page_url)

    blank.wait_for_selector('[data-image="broken"]')
    assert blank.locator("[part=caption]").count() == 0
    assert blank.locator("img").get_attribute("alt") == ""


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.deep)])
def test_page_and_embed_are_accessible(gallery, blog, open_page, axe, scheme):
    element = '<random-photo album="odd" loading="eager"></random-photo>'
    elements = f"<h1>A blog</h1>{element * len(ODD)}"
    url = blog.publish("/axe", elements + gallery.embed)

    page = open_page(gallery.page_url, color_scheme=scheme, reduced_motion="reduce")
    embed = open_page(url, color_scheme=scheme, reduced_motion="reduce")
    page.wait_for_selector(SHOWN)
    embed.locator(SHOWN).nth(len(ODD) - 1).wait_for()

    assert axe(page) == []
    assert axe(embed) == []


def test_only_the_visitor_s_own_action_is_announced(gallery, open_page):
    page = open_page(gallery.page_url)
    page.wait_for_selector(SHOWN)
    assert page.get_by_role("status").inner_text() == ""

    page.keyboard.press("ArrowRight")

    page.locator(".layer").nth(1).wait_for(state="attached")
    assert page.get_by_role("status").inner_text().startswith("New photo")


def test_each_photo_seen_for_a_second_is_one_view(gallery, blog, open_page):
    """Not the one further down, nor the one that was gone within the second."""
    before = len(gallery.events("view"))
    below = '<div style="height: 3000px"></div><random-photo loading="eager"></random-photo>'
    url = blog.publish("/views", f"<random-photo></random-photo>{below}{gallery.embed}")
    page = open_page(url, width=640)
    with page.expect_request("**/views?*"):
        page.locator(SHOWN).nth(1).wait_for()

    with page.expect_response("**/views?*"):
        page.locator("random-photo").first.evaluate(CLICK_TWICE)
    page.wait_for_timeout(1200)

    seen = gallery.events("view")[before:]
    assert len(seen) == 2
    assert seen[0] != seen[1]


@pytest.mark.parametrize("how", ["privacy control", pytest.param("off", marks=pytest.mark.deep)])
def test_who_does_not_want_it_is_not_counted(gallery, blog, open_page, how):
    before = len(gallery.events("view"))
    off = ' views="off"' if how == "off" else ""
    control = "Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})"
    url = blog.publish("/unseen", f"<random-photo{off}></random-photo>{gallery.embed}")
    page = open_page(url, script=None if off else control)
    page.wait_for_selector(SHOWN)

    page.wait_for_timeout(1500)

    assert gallery.events("view")[before:] == []
