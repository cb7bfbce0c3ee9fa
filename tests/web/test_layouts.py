"""The element in the parents that pages have: it has a width, and moves nothing."""

import pytest

from image_gallery.published import embed_html
from tests.web.gallery import LONG, WATCH_SHIFT

PARENTS = {
    "block": "<div>{}</div>",
    "flex row": '<div style="display:flex">{}<p>text</p></div>',
    "flex row alone": '<div style="display:flex">{}</div>',
    "flex column": '<div style="display:flex;flex-direction:column;align-items:center">{}</div>',
    "flex centred": '<div style="display:flex;justify-content:center">{}</div>',
    "grid centred": '<div style="display:grid;place-items:center">{}</div>',
    "grid auto": '<div style="display:grid;grid-template-columns:auto 1fr">{}<p>text</p></div>',
    "grid halves": '<div style="display:grid;grid-template-columns:1fr 1fr">{}<p>text</p></div>',
    "float": '<div style="float:left">{}</div>',
    "inline-block": '<div style="display:inline-block">{}</div>',
    "fit-content": '<div style="width:fit-content">{}</div>',
    "absolute": '<div style="position:absolute">{}</div>',
    "table cell": "<table><tr><td>{}</td></tr></table>",
    "dialog": "<dialog open>{}</dialog>",
    "center": "<center>{}</center>",
    "inline": "<p>text {} text</p>",
    "carousel": '<div style="display:flex;overflow-x:auto;width:400px">'
    + '<div style="flex:none">{}</div>' * 3
    + "</div>",
}
# On a phone, too; where two halves are narrower than the element's room, it is narrower than that.
CASES = [(900, name) for name in PARENTS] + [
    pytest.param(390, name, marks=pytest.mark.deep) for name in PARENTS if name != "grid halves"
]
STYLE = "<style>body { max-width: 640px; margin: 20px auto; font: 17px/1.6 serif }</style>"
MEASURE = """[...document.querySelectorAll('random-photo')].map((element) => {
  const { width, left, right } = element.getBoundingClientRect();
  const photo = element.shadowRoot?.querySelector("img")?.getBoundingClientRect() ?? {};
  return { width, left, right, photo: photo.width };
})"""
READY = "document.querySelector('random-photo').shadowRoot?.querySelector('[data-image=shown]')"


def publish(gallery, blog, name, parent):
    """Publish a page that has the element in this parent, pasted as the stack says."""
    style, element, script = embed_html(gallery.base_url).splitlines()
    body = parent.replace("{}", element) + f"<p>{LONG}</p>" + script
    return blog.publish(f"/{name.replace(' ', '-')}", body, style + STYLE)


def test_the_snippet_is_short_enough_to_read():
    lines = embed_html("https://a-gallery-photos-0123abc.storage.googleapis.com").splitlines()

    assert len(lines) == 3
    assert max(map(len, lines)) <= 120


@pytest.mark.parametrize(("width", "name"), CASES)
def test_the_element_has_a_width_and_the_page_is_still(gallery, blog, open_page, width, name):
    page = open_page("about:blank", width=width, script=WATCH_SHIFT)
    held = []
    page.route("**/embed.js", lambda route: held.append(route))
    page.goto(publish(gallery, blog, name, PARENTS[name]), wait_until="commit")
    page.wait_for_selector("p >> nth=0")
    page.wait_for_timeout(150)
    held[0].continue_()
    page.wait_for_selector('[data-image="shown"]')
    page.wait_for_timeout(100)

    first = page.evaluate(MEASURE)[0]

    assert first["photo"] >= 100
    assert first["right"] <= width or name == "carousel"
    assert page.evaluate("self.shift") <= 0.02


@pytest.mark.deep
@pytest.mark.parametrize("name", PARENTS)
def test_the_element_has_a_width_in_other_engines(gallery, blog, driver, name):
    driver.size(900, 700)
    driver.go(publish(gallery, blog, name, PARENTS[name]))
    driver.wait(f"!!({READY})")

    first = driver.run(f"return {MEASURE}")[0]

    assert first["photo"] >= 100
    assert first["right"] <= 900


def test_a_narrow_column_holds_it(gallery, blog, open_page):
    """As wide as the column, and no wider; an image with `max-width: 100%` does the same."""
    html = f'<div style="width:180px">{PARENTS["block"]}</div>'
    page = open_page(publish(gallery, blog, "narrow", html))
    page.wait_for_selector('[data-image="shown"]')

    assert page.evaluate(MEASURE)[0]["width"] == 180
