"""What docs/front-end.md gives to users of Hugo and Jekyll, built by Hugo and Jekyll."""

import re
import shutil
import subprocess

import pytest

from image_gallery.published import embed_html
from tests.web.gallery import ROOT

SHOWN = '[data-image="shown"]'
DOCS = (ROOT / "docs" / "front-end.md").read_text(encoding="utf-8")


def recipe(generator):
    """The line that the docs give for a site generator."""
    return re.search(
        rf"^\| {generator} \|.*?\| `(<random-photo .*?</random-photo>)` \|", DOCS, re.M
    )[1]


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def layout(gallery, title, content):
    head = f'<meta charset="utf-8"><title>{title}</title><link rel="icon" href="data:,">'
    once = embed_html(gallery.base_url).replace("<random-photo></random-photo>\n", "")
    return f'<!doctype html><html lang="de"><head>{head}{once}</head><body>{content}</body></html>'


def run(*command, cwd):
    subprocess.run(command, cwd=cwd, check=True, capture_output=True, timeout=120)


@pytest.fixture
def seen(blog, open_page):
    """Publish a built page twice and return what each shows: a seed is one photo."""

    def show(name, html):
        sources = []
        for _ in range(2):
            page = open_page(blog.publish_html(f"/{name}", html))
            page.wait_for_selector(SHOWN)
            assert page.locator("[part=button]").inner_text() == "Ein anderes Foto"
            assert page.errors == []
            sources.append(page.locator("img").get_attribute("src"))
        return sources

    return show


def test_a_hugo_shortcode_shows_one_photo_per_post(gallery, seen, tmp_path):
    if not shutil.which("hugo"):
        pytest.skip("no hugo on PATH; on Debian: apt install hugo")
    write(
        tmp_path,
        {
            "config.toml": 'baseURL = "https://blog.example/"\n',
            "layouts/shortcodes/photo.html": recipe("Hugo"),
            "layouts/_default/single.html": layout(gallery, "{{ .Title }}", "{{ .Content }}"),
            "content/post.md": '---\ntitle: "A post"\n---\n\nText.\n\n{{< photo >}}\n',
        },
    )

    run("hugo", "--quiet", cwd=tmp_path)

    html = (tmp_path / "public" / "post" / "index.html").read_text()
    assert '<random-photo seed="/post/">' in html
    assert len(set(seen("hugo", html))) == 1


def test_a_jekyll_include_shows_one_photo_per_post(gallery, seen, tmp_path):
    if not shutil.which("jekyll"):
        pytest.skip("no jekyll on PATH; on Debian: apt install jekyll")
    write(
        tmp_path,
        {
            "_config.yml": "title: Blog\n",
            "_includes/photo.html": recipe("Jekyll"),
            "_layouts/default.html": layout(gallery, "{{ page.title }}", "{{ content }}"),
            "post.md": "---\nlayout: default\ntitle: A post\n---\n\n{% include photo.html %}\n",
        },
    )

    run("jekyll", "build", "--quiet", "--disable-disk-cache", cwd=tmp_path)

    html = (tmp_path / "_site" / "post.html").read_text()
    assert '<random-photo seed="/post.html">' in html
    assert len(set(seen("jekyll", html))) == 1
