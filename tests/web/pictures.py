"""Take the pictures in `docs/pictures/`, of the sample gallery: `python -m tests.web.pictures`.

Wants Chromium on PATH, and a Palatino (Debian: fonts-urw-base35) for the captions.
"""

import json
import shutil
import tempfile
import urllib.request
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from tests.conftest import LocalCloud
from tests.web.gallery import ROOT, Blog, Gallery

PICTURES = ROOT / "docs" / "pictures"
WORDS = {
    "title": "Notes from the hills",
    "description": "Photographs from walks around Zegama, and from the kitchen table.",
    "home_url": "https://blog.example/",
}
STYLE = """<meta name="viewport" content="width=device-width"><style>
:root { color-scheme: light dark }
body { max-width: 40rem; margin: 2.5rem auto; padding: 0 1rem; font: 1.125rem/1.6 Palatino, P052 }
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
        gallery.publish_site(**WORDS)
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
    modes = {
        "page": (f"#/photos/{mountains}", f"#/photos/{dogs}"),
        "all": ("#/all", "#/all"),
        "large": (f"#/large/{stream}", f"#/large/{mountains}"),
    }
    shots = {
        f"{mode}{device}{scheme}": (gallery.page_url + places[bool(scheme)], *size, scheme[1:])
        for mode, places in modes.items()
        for device, size in (("", (1280, 800)), ("-phone", (390, 844)))
        for scheme in ("", "-dark")
    }
    shots |= {
        "embed": (post, 672, 860, "light"),
        "embed-dark": (post, 672, 860, "dark"),
        "embed-narrow": (post, 352, 760, "light"),
        "embed-narrow-dark": (post, 352, 760, "dark"),
    }
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        for name, (url, width, height, scheme) in shots.items():
            _take(browser, name, url, {"width": width, "height": height}, scheme or "light")
        browser.close()


def _take(
    browser: Browser, name: str, url: str, size: ViewportSize, scheme: Literal["light", "dark"]
) -> None:
    # A phone has more pixels; and no arrows, for it has fingers.
    phone = size["width"] < 600
    page = browser.new_page(
        viewport=size,
        color_scheme=scheme,
        device_scale_factor=2 if phone else 1,
        has_touch=phone,
        is_mobile=phone,
    )
    page.goto(url)
    page.wait_for_selector('[data-image="shown"], img[data-shown]')
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1500)  # the fade is over
    page.screenshot(path=PICTURES / f"{name}.jpg", quality=82, type="jpeg")
    page.close()


def _ids_by_caption(gallery: Gallery) -> dict[str, str]:
    with urllib.request.urlopen(f"{gallery.base_url}/catalog.jsonl") as answer:
        lines = answer.read().decode().splitlines()[1:]
    return {record["caption"]: record["id"] for record in map(json.loads, lines)}


if __name__ == "__main__":
    main()
