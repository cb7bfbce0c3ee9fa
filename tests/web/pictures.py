"""Take the pictures in `docs/pictures/`, of the sample gallery: `python -m tests.web.pictures`.

Wants Chromium on PATH, and a Palatino (Debian: fonts-urw-base35) for the captions.
"""

import json
import shutil
import tempfile
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.conftest import LocalCloud
from tests.web.gallery import ROOT, Blog, Gallery

PICTURES = ROOT / "docs" / "pictures"
STYLE = """<meta name="viewport" content="width=device-width"><style>
:root { color-scheme: light dark }
body { max-width: 42rem; margin: 3rem auto; padding: 0 1rem; font: 1.125rem/1.6 Palatino, serif }
h1 { font-weight: 400 }
random-photo { --random-photo-font: 0.9375rem system-ui; margin-block: 2rem }
</style>"""
POST = """<h1>Notes from the hills</h1>
<p>The rain stopped at noon, and for an hour the whole valley steamed. Here is one from the
archive, a different one each time you come by.</p>
<random-photo photo="{photo}"></random-photo>
<p>Tomorrow the ridge, if the wind allows.</p>"""


def main() -> None:
    """Bring the sample photos into a gallery of its own, and look at it."""
    with tempfile.TemporaryDirectory() as folder:
        cloud, blog = LocalCloud(Path(folder) / "local"), Blog()
        cloud.start()
        gallery = Gallery(cloud, "pictures", [blog.origin])
        gallery.fill(ROOT / "photos")
        gallery.start_function()
        gallery.publish_site()
        try:
            _take_all(gallery, blog)
        finally:
            gallery.stop_function()
            blog.stop()
            cloud.stop()


def _take_all(gallery: Gallery, blog: Blog) -> None:
    ids = _ids_by_caption(gallery)
    mountains, dogs, stream = (
        next(ids[caption] for caption in ids if word in caption)
        for word in ("Aizkorri", "neighbours", "Step")
    )
    post = blog.publish("/", POST.format(photo=stream) + gallery.embed, STYLE)
    shots = {
        "page": (f"{gallery.page_url}#/photos/{mountains}", 1280, 800, "light"),
        "page-dark": (f"{gallery.page_url}#/photos/{dogs}", 1280, 800, "dark"),
        "page-phone": (f"{gallery.page_url}#/photos/{stream}", 390, 844, "light"),
        "page-phone-dark": (f"{gallery.page_url}#/photos/{dogs}", 390, 844, "dark"),
        "embed": (post, 1280, 960, "light"),
        "embed-phone-dark": (post, 390, 844, "dark"),
    }
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        for name, (url, width, height, scheme) in shots.items():
            page = browser.new_page(
                viewport={"width": width, "height": height}, color_scheme=scheme
            )
            page.goto(url)
            page.wait_for_selector('[data-image="shown"]')
            page.wait_for_timeout(1500)  # the fade is over
            page.screenshot(path=PICTURES / f"{name}.jpg", quality=86, type="jpeg")
            page.close()
        browser.close()


def _ids_by_caption(gallery: Gallery) -> dict[str, str]:
    with urllib.request.urlopen(f"{gallery.base_url}/catalog.jsonl") as answer:
        lines = answer.read().decode().splitlines()[1:]
    return {record["caption"]: record["id"] for record in map(json.loads, lines)}


if __name__ == "__main__":
    main()
