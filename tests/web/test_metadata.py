"""Caption, date, credit and licence, on page and embed, at every width."""

import pytest

SHOWN = '[data-image="shown"]'
WIDTHS = [160, 200, 320, 390, 640, 844, 1280, 2560]
LONG = "A caption that goes on and on. " * 160  # 5,000 characters
PHOTO = {
    "id": "00000000000000aa",
    "width": 600,
    "height": 400,
    "alt": "",
    "caption": LONG,
    "date": "1999-12-31",
    "credit": "Somebody with a Rather-Long Double-Barrelled Name",
    "license": "CC-BY-SA-4.0",
    "details": "FUJIFILM X100V · 23 mm · ƒ/4 · 1/250 s · ISO 200",
}

# Whether each fact lies, whole, within the box of everything that could hide it.
SEEN = """facts => [...facts.children].filter(fact => {
  const box = fact.getBoundingClientRect();
  if (!box.width || !box.height || box.left < -1 || box.right > innerWidth + 1) return true;
  for (let above = fact.parentNode; above instanceof Element; above = above.parentNode) {
    const { overflowY } = getComputedStyle(above);
    const hides = overflowY !== "visible" && above !== document.documentElement;
    const outer = above.getBoundingClientRect();
    if (hides && (box.bottom > outer.bottom + 1 || box.top < outer.top - 1)) return true;
  }
  return false;
}).map(fact => fact.getAttribute("part"))"""


def photo(gallery, size=(480, 320), **changes):
    """A photo of the API, with the address of a real rendition, stretched to this size."""
    record = gallery.photos()[0]
    width, _ = record["sizes"][-1]
    src = f"{gallery.base_url}/photos/{record['recipe']}/{record['id']}-{width}.webp"
    rendition = {"src": src, "width": size[0], "height": size[1]}
    return {**PHOTO, **rendition, "srcSet": [rendition], **changes}


@pytest.fixture
def answer(gallery, open_page):
    """Open a page for which the API always gives this photo."""

    def open_with(url, width, height=800, **changes):
        page = open_page("about:blank", width=width, height=height)
        page.route(
            f"{gallery.config['apiUrl']}/?*",
            lambda route: route.fulfill(
                json=[photo(gallery, **changes)] * 5, headers={"Access-Control-Allow-Origin": "*"}
            ),
        )
        page.goto(url)
        page.wait_for_selector(SHOWN)
        return page

    return open_with


@pytest.mark.parametrize("width", WIDTHS)
def test_facts_are_seen_on_the_page_whatever_the_caption(gallery, answer, width):
    page = answer(gallery.page_url, width)

    assert page.locator("[part=facts]").evaluate(SEEN) == []
    facts = page.locator("[part=facts]").bounding_box()
    assert facts["y"] + facts["height"] <= 801


@pytest.mark.parametrize("width", WIDTHS)
def test_facts_are_seen_in_the_embed_whatever_the_caption(gallery, blog, answer, width):
    style = f"<style>body {{ margin: 0 }} random-photo {{ width: {width}px }}</style>"
    html = f"<random-photo></random-photo>{gallery.embed}"

    page = answer(blog.publish("/facts", html, style), width, 1600)

    assert page.locator("[part=facts]").evaluate(SEEN) == []
    button = page.locator("[part=button]").bounding_box()
    words = page.locator("[part=words]").bounding_box()
    if width < 256:
        assert button["y"] >= words["y"] + words["height"]
    else:
        assert button["x"] >= words["x"] + words["width"]


def test_on_a_phone_held_sideways_the_photo_has_the_height_and_facts_are_seen(gallery, answer):
    page = answer(gallery.page_url, 844, 390, size=(1600, 1067))

    assert page.locator("[part=facts]").evaluate(SEEN) == []
    box = page.locator(".picture").last.bounding_box()
    assert box["height"] == 390 or box["width"] == pytest.approx(844 - 208, abs=1)


def test_a_long_caption_folds_and_more_opens_it(gallery, blog, answer):
    page = answer(blog.publish("/fold", f"<random-photo></random-photo>{gallery.embed}"), 640)
    caption = page.locator("[part=caption]")
    folded = caption.bounding_box()["height"]
    before = page.locator("[part=below]").bounding_box()["height"]

    page.get_by_role("button", name="more").click()
    page.get_by_role("button", name="less").wait_for()

    assert caption.bounding_box()["height"] > 10 * folded
    page.get_by_role("button", name="less").click()
    page.get_by_role("button", name="more").wait_for()
    assert page.locator("[part=below]").bounding_box()["height"] == before


def test_a_short_caption_does_not_fold(gallery, answer):
    page = answer(gallery.page_url, 1280, caption="Short")

    assert page.get_by_role("button", name="more").count() == 0


def test_licences_are_written_as_people_write_them_and_lead_to_their_text(gallery, answer):
    for spdx, name, path in (
        ("CC-BY-4.0", "CC BY 4.0", "licenses/by/4.0/"),
        ("CC0-1.0", "CC0 1.0", "publicdomain/zero/1.0/"),
    ):
        page = answer(gallery.page_url, 1280, license=spdx)
        link = page.get_by_role("link", name=name)
        assert link.get_attribute("href") == f"https://creativecommons.org/{path}"


def test_a_credit_from_right_to_left_keeps_its_place(gallery, answer):
    """Date, dot, credit, dot, licence from left to right, though the credit reads the other way."""
    page = answer(gallery.page_url, 1280, caption="غروب", credit="ليلى حسن", details=None)

    lefts = page.locator("[part=facts] > *").evaluate_all(
        "all => all.map(fact => fact.getBoundingClientRect().left)"
    )
    dots = page.locator("[part=credit]").evaluate(
        "credit => { const range = document.createRange(); range.selectNodeContents(credit);"
        " return range.getBoundingClientRect().left - credit.getBoundingClientRect().left }"
    )

    assert lefts == sorted(lefts)
    assert dots > 5  # the dot stands before the name


@pytest.mark.parametrize(
    ("lang", "date", "button"),
    [
        ("de", "31. Dezember 1999", "Ein anderes Foto"),
        ("fr-CA", "31 décembre 1999", "Une autre photo"),
        ("es", "31 de diciembre de 1999", "Otra foto"),
        ("it", "31 dicembre 1999", "Un’altra foto"),
        ("pt", "31 de dezembro de 1999", "Outra foto"),
        ("nl", "31 december 1999", "Nog een foto"),
        ("ja", "1999年12月31日", "別の写真"),
    ],
)
def test_the_embed_speaks_the_page_s_language(gallery, blog, answer, lang, date, button):
    """Though the gallery's configuration says another."""
    url = blog.publish(f"/{lang}", f"<random-photo></random-photo>{gallery.embed}")
    html, headers = blog.pages[f"/{lang}"]
    blog.pages[f"/{lang}"] = (html.replace('lang="en"', f'lang="{lang}"'), headers)

    page = answer(url, 640)

    assert page.locator("time").inner_text() == date
    assert page.locator("[part=button]").inner_text() == button


def test_another_language_is_given_by_an_attribute(gallery, blog, answer):
    words = '{"another": "Ett foto till"}'
    html = f"<random-photo lang='sv' strings='{words}'></random-photo>{gallery.embed}"

    page = answer(blog.publish("/sv", html), 640)

    assert page.locator("[part=button]").inner_text() == "Ett foto till"
    assert page.locator("time").inner_text() == "31 december 1999"


@pytest.mark.parametrize(("width", "height"), [(120, 90), (100, 600), (2400, 400)])
def test_small_and_extreme_photos_fit(gallery, answer, width, height):
    page = answer(gallery.page_url, 390, 844, size=(width, height))

    box = page.locator(".picture").last.bounding_box()

    assert box["width"] <= min(width, 390) + 0.1
    assert box["width"] / box["height"] == pytest.approx(width / height, rel=0.02)


def test_a_panorama_begins_as_high_as_the_screen_and_can_be_moved(gallery, answer):
    page = answer(gallery.page_url, 390, 844, size=(2400, 400))
    page.locator(".picture").last.click()
    page.wait_for_selector("dialog[open] .stage[data-zoomed=true]")

    stage = page.locator("dialog .stage").bounding_box()
    sheet = page.locator("dialog .sheet").bounding_box()
    assert sheet["height"] >= stage["height"] - 1
    assert sheet["x"] == pytest.approx(stage["x"], abs=1)
    page.mouse.move(300, 400)
    page.mouse.down()
    page.mouse.move(100, 400, steps=4)
    page.mouse.up()
    page.wait_for_function(
        "x => Math.abs(document.querySelector('dialog .sheet').getBoundingClientRect().x - x) < 2",
        arg=sheet["x"] - 200,
    )


def test_printing_shows_the_photo_with_its_metadata_alone(gallery, answer):
    page = answer(gallery.page_url, 1280)

    page.emulate_media(media="print")

    assert page.locator("[part=facts]").is_visible()
    assert page.locator(".picture").last.is_visible()
    assert not page.get_by_role("button", name="Another photo").is_visible()
    assert not page.locator("nav").is_visible()
    folded = page.locator("[part=caption]")
    assert folded.evaluate("e => e.scrollHeight - e.clientHeight") <= 1
