"""The package for React, as it would be published: packed, and used by a fresh Vite app."""

import json
import shutil
import subprocess
import tarfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.web.gallery import ROOT, Gallery, draw_photos

WEB = ROOT / "web"
MODULES = WEB / "node_modules"
MAIN = """
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RandomPhoto, toSlide, type Photo } from "random-photo";
import { createPhotoClient } from "random-photo/client";
import type {} from "random-photo/jsx";
import { translate } from "random-photo/languages";
import "random-photo/style.css";

const config = CONFIG;
export const slideOf = (photo: Photo) => toSlide(photo);
export const element = <random-photo album="odd" loading="eager" link="none" />;
createPhotoClient(config).next().then((state) => (document.title = state.status));
createRoot(document.querySelector("main")!).render(
  <StrictMode>
    <RandomPhoto {...config} album="odd" label="One more" strings={translate("de")} />
  </StrictMode>,
);
"""
HTML = """<!doctype html>
<html lang="en"><title>App</title><main></main>
<script type="module" src="/main.tsx"></script></html>
"""


@pytest.fixture
def app(tmp_path):
    """A folder with the packed package and what an app of Vite's would install."""
    if not shutil.which("npm") or not MODULES.is_dir():
        pytest.skip("wants Node and web/node_modules; `npm ci` in web/ brings them")
    subprocess.run(
        ["npm", "pack", "--pack-destination", tmp_path], cwd=WEB, check=True, capture_output=True
    )
    modules = tmp_path / "node_modules"
    modules.mkdir()
    with tarfile.open(next(tmp_path.glob("*.tgz"))) as package:
        # Python before 3.11.4 has no filter, and no argument of that name.
        package.extraction_filter = getattr(tarfile, "data_filter", None)
        package.extractall(modules)
    (modules / "package").rename(modules / "random-photo")
    for name in ("react", "react-dom", "scheduler", "vite", "typescript", "@types", "csstype"):
        (modules / name).symlink_to(MODULES / name)
    return tmp_path


@pytest.fixture
def server(app):
    """Serves the app once it is built."""
    handler = partial(SimpleHTTPRequestHandler, directory=app / "dist")
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.deep
def test_publint_and_attw_find_nothing():
    if not MODULES.is_dir():
        pytest.skip("wants web/node_modules; `npm ci` in web/ brings them")
    command = ["npm", "run", "--silent", "check:package"]

    done = subprocess.run(command, cwd=WEB, check=False, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.deep
def test_a_fresh_app_shows_a_photo_from_the_packed_package(
    app, server, web_cloud, open_page, tmp_path_factory
):
    gallery = Gallery(web_cloud, "packed", [server])
    folder = tmp_path_factory.mktemp("few")
    draw_photos(folder, 6)
    gallery.fill(folder)
    gallery.start_function()
    (app / "main.tsx").write_text(MAIN.replace("CONFIG", json.dumps(gallery.config)))
    (app / "index.html").write_text(HTML)
    options = ["--jsx", "react-jsx", "--moduleResolution", "bundler", "--module", "esnext"]
    tsc = ["node", MODULES / "typescript" / "bin" / "tsc", "--noEmit", "--strict", *options]
    subprocess.run([*tsc, "--types", "vite/client", "main.tsx"], cwd=app, check=True)
    vite = ["node", MODULES / "vite" / "bin" / "vite.js", "build", "--logLevel", "error"]
    subprocess.run(vite, cwd=app, check=True)

    page = open_page(server)

    page.wait_for_selector('[data-image="shown"]')
    page.get_by_role("button", name="One more").click()
    page.locator("[part=layer]").nth(1).wait_for(state="attached")
    assert page.title() == "ready"
    assert [error for error in page.errors if "404" not in error] == []  # it has no icon
    gallery.stop_function()
