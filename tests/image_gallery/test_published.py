"""What is written into the published files, letter by letter."""

import json
import re

import pytest

from image_gallery import published

GALLERY = published.Gallery(
    gallery_url="https://photos.example.org/x",
    api_url="https://api.example.org/api",
    api_key="sample-key",
    allowed_origins=["https://blog.example.org"],
    title='Field "notes" & more',
    description="Hills <and> sea",
    home_url="https://example.org/",
    lang="de",
)
BARE = published.Gallery(gallery_url="http://h/b", api_url="http://h:1", api_key="k")
TEMPLATE = (
    '<html lang="en"><title>A photograph</title><!-- gallery -->'
    "connect-src 'self' https: http://127.0.0.1:* http://localhost:*;"
)


def head(gallery):
    return [line.strip() for line in published.page_html(TEMPLATE, gallery).splitlines()]


def test_a_page_is_named_and_previewed():
    image = "https://api.example.org/api/?format=redirect&amp;type=jpeg&amp;seed=today"

    lines = head(GALLERY)

    assert lines[0] == (
        '<html lang="de"><title>Field &quot;notes&quot; &amp; more</title>'
        '<link rel="preconnect" href="https://api.example.org" crossorigin />'
    )
    assert lines[1:-1] == [
        '<link rel="canonical" href="https://photos.example.org/x/site/index.html" />',
        '<meta name="description" content="Hills &lt;and&gt; sea" />',
        '<meta property="og:type" content="website" />',
        '<meta property="og:title" content="Field &quot;notes&quot; &amp; more" />',
        '<meta property="og:description" content="Hills &lt;and&gt; sea" />',
        '<meta property="og:url" content="https://photos.example.org/x/site/index.html" />',
        f'<meta property="og:image" content="{image}&amp;key=sample-key" />',
        '<meta name="twitter:card" content="summary_large_image" />',
    ]
    assert lines[-1].endswith("</script>connect-src 'self' https://api.example.org;")


def test_a_page_of_which_nothing_is_said_keeps_its_own_words():
    lines = head(BARE)

    assert lines[0].startswith('<html lang="en"><title>A photograph</title><link rel="preconnect"')
    assert '<meta property="og:title" content="A photograph" />' in lines
    assert not any("description" in line for line in lines[:-1])


def test_the_configuration_cannot_end_its_script():
    gallery = published.Gallery(
        gallery_url="http://h/b", api_url="http://h:1", api_key="k", title="</script><script>"
    )

    [config] = re.findall(
        r'<script type="application/json" id="gallery">(.*?)</script>', "".join(head(gallery))
    )

    assert json.loads(config) == {
        "apiUrl": "http://h:1",
        "apiKey": "k",
        "catalogUrl": "http://h/b/catalog.jsonl",
        "origins": ["http://h"],
        "lang": "",
        "title": "</script><script>",
        "description": "",
        "homeUrl": "",
    }


@pytest.mark.parametrize("missing", ["<!-- gallery -->", "<title>A photograph</title>", "https:"])
def test_a_template_without_a_place_is_refused(missing):
    with pytest.raises(ValueError, match="once; `make site` writes it"):
        published.page_html(TEMPLATE.replace(missing, ""), GALLERY)


def test_the_embed_begins_with_its_configuration():
    first, rest = published.embed_script("export {};", GALLERY).split("\n")

    assert first == f"const GALLERY_CONFIG = {published.config_json(GALLERY)};"
    assert rest == "export {};"


def test_what_is_pasted_and_allowed():
    html = published.embed_html("https://photos.example.org/x").splitlines()
    policy = published.security_policy("https://a.example/x", "https://b.example/api")

    assert html == [
        "<style>random-photo:not(:defined)"
        "{display:block;min-width:20em;aspect-ratio:3/2;margin-bottom:6em}</style>",
        "<random-photo></random-photo>",
        '<script type="module" src="https://photos.example.org/x/site/embed.js"></script>',
    ]
    assert policy == (
        "script-src https://a.example; img-src https://a.example; "
        "connect-src https://a.example https://b.example"
    )
    assert published.security_policy("https://a.example/x", "https://a.example/y").endswith(
        "connect-src https://a.example"
    )
