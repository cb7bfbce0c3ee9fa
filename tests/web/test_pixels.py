"""The placeholder leaves no trace: each sample photo with and without it, pixel by pixel."""

import io
from math import ceil, floor

import pytest
from PIL import Image, ImageChops

from tests.web.gallery import ROOT, Gallery

SIZES = [(320, 568), (390, 844), (768, 1024), (1024, 768), (1280, 800), (1920, 1080)]
# Three pixels to one have phones and tablets.
CASES = [(*size, ratio) for size in SIZES for ratio in (1, 1.5, 3) if ratio < 3 or size[0] < 1000]
STILL = "*, *::before { animation: none !important; transition: none !important }"
PAGE, EMBED = "document", "document.querySelector('random-photo').shadowRoot"


@pytest.fixture(scope="module")
def samples(web_cloud, blog):
    gallery = Gallery(web_cloud, "samples", [blog.origin])
    gallery.fill(ROOT / "photos")
    gallery.start_function()
    gallery.publish_site()
    yield gallery
    gallery.stop_function()


def picture(page):
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def add_rule(page, scope, rule):
    """Add a rule to the page, or to its element's shadow root."""
    page.evaluate(
        f"""rule => {{
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(rule);
          {scope}.adoptedStyleSheets = [...{scope}.adoptedStyleSheets, sheet];
        }}""",
        rule,
    )


def difference(one, other, region=None):
    """The box in which two pictures differ, in pixels; None where they do not."""
    return ImageChops.difference(one.crop(region), other.crop(region)).getbbox()


def box_of_photo(page, ratio, margin):
    """The box that the photo is painted in, in whole pixels, and so many around it."""
    # The image's own ratio, fitted into its element: whatever the style sheet makes of that.
    sides = page.locator("img").last.evaluate(
        """image => {
          const { left, top, width, height } = image.getBoundingClientRect();
          const ratio = image.naturalWidth / image.naturalHeight;
          const wide = Math.min(width, height * ratio), high = wide / ratio;
          const x = left + (width - wide) / 2, y = top + (height - high) / 2;
          return [x, y, x + wide, y + high];
        }"""
    )
    left, top, right, bottom = (side * ratio for side in sides)
    return (
        floor(left) - margin, floor(top) - margin, ceil(right) + margin, ceil(bottom) + margin
    )  # fmt: skip


def beside(page, ratio, without, placeholder):
    """Where the placeholder is seen beside the photo that lies over it.

    A pixel and a half at the photo's edge may differ: Chromium draws what lies over a canvas on a
    layer of its own, a fraction of a pixel apart, and the photo's own edge with it.
    """
    edge = box_of_photo(page, ratio, ceil(1.5 * ratio))
    around = box_of_photo(page, ratio, ceil(6 * ratio))
    found = difference(without, placeholder, around)
    if found is None:
        return None
    found = [found[side] + around[side % 2] for side in range(4)]
    within = found[0] >= edge[0] and found[1] >= edge[1] and found[2] <= edge[2]
    return None if within and found[3] <= edge[3] else (found, edge)


@pytest.mark.deep
@pytest.mark.parametrize(("width", "height", "ratio"), CASES)
def test_no_pixel_of_the_placeholder_is_seen(samples, blog, open_page, width, height, ratio):
    """On page and embed, all nine photos: beside the photo while it fades in, and after."""
    size = {"width": width, "height": height, "device_scale_factor": ratio}
    html = '<random-photo photo="{}"></random-photo>' + samples.embed
    page, embed = open_page("about:blank", **size), open_page("about:blank", **size)
    traces = []

    for photo in samples.photos():
        page.goto("about:blank")
        page.goto(f"{samples.page_url}#/photos/{photo['id']}")
        embed.goto(blog.publish(f"/{photo['id']}", html.format(photo["id"])))
        for shown, scope in ((page, PAGE), (embed, EMBED)):
            shown.wait_for_selector('[data-image="shown"]')
            add_rule(shown, scope, STILL)
            assert shown.locator("canvas").count() == 1
            after = picture(shown)
            add_rule(shown, scope, "canvas { display: none }")
            without = picture(shown)
            add_rule(shown, scope, "canvas { display: block; visibility: visible !important }")
            if difference(after, without):
                traces.append(("after", photo["caption"], scope))
            if trace := beside(shown, ratio, without, picture(shown)):
                traces.append(("beside", photo["caption"], scope, *trace))

    assert traces == []
