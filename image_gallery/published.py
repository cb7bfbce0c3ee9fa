"""What is published beside the photos: the files of `site/`, with the stack's values in them.

Owns: the page with its configuration, its name and what link previews read; the head of the
embed; the HTML and the policy to paste. Pure functions of text; nothing here knows Pulumi.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

__all__ = [
    "Gallery",
    "config_json",
    "embed_html",
    "embed_script",
    "origin_of",
    "page_html",
    "security_policy",
]

# Where the built page wants what is known at deployment only; see web/src/page/index.html.
_MARK = "<!-- gallery -->"
_TITLE = "<title>A photograph</title>"
_LANGUAGE = '<html lang="en">'
_ANY_API = "connect-src 'self' https: http://127.0.0.1:* http://localhost:*"

# Room for the element before its script has arrived, in one short line: the frame, as wide as the
# parent or as web/src/react/style.css says, and a margin about as high as the words below it. What
# is inside, for pages without a script, is seen in that place.
_ROOM = (
    "random-photo:not(:defined){display:block;min-width:20em;aspect-ratio:3/2;margin-bottom:6em}"
)


@dataclass(frozen=True, kw_only=True)
class Gallery:
    """Where a gallery is, and its owner's settings; an empty one is not set."""

    gallery_url: str
    api_url: str
    api_key: str
    allowed_origins: Sequence[str] = ()
    title: str = ""
    description: str = ""
    home_url: str = ""
    lang: str = ""


def config_json(gallery: Gallery) -> str:
    """Return `config.json`, as tests/contract/site-config.json has it."""
    return json.dumps(_config(gallery), separators=(",", ":"))


def _config(gallery: Gallery) -> dict[str, object]:
    return {
        "apiUrl": gallery.api_url,
        "apiKey": gallery.api_key,
        "catalogUrl": f"{gallery.gallery_url}/catalog.jsonl",
        "origins": [origin_of(gallery.gallery_url), *gallery.allowed_origins],
        "lang": gallery.lang,
    }


def embed_script(script: str, gallery: Gallery) -> str:
    """Return the embed with its configuration in the first line."""
    return f"const GALLERY_CONFIG = {config_json(gallery)};\n{script}"


def page_html(template: str, gallery: Gallery) -> str:
    """Return the page with its configuration, its name, and what link previews read.

    Raises ValueError if the template lacks a place that has to be filled.
    """
    texts = {
        "title": gallery.title,
        "description": gallery.description,
        "homeUrl": gallery.home_url,
    }
    config = json.dumps(_config(gallery) | texts).replace("<", "\\u003c")
    lines = [
        f'<link rel="preconnect" href="{escape(origin_of(gallery.api_url))}" crossorigin />',
        *_preview(gallery),
        f'<script type="application/json" id="gallery">{config}</script>',
    ]
    page = _fill(template, _MARK, "\n    ".join(lines))
    page = _fill(page, _ANY_API, f"connect-src 'self' {escape(origin_of(gallery.api_url))}")
    if gallery.title:
        page = _fill(page, _TITLE, f"<title>{escape(gallery.title)}</title>")
    if gallery.lang:
        page = _fill(page, _LANGUAGE, f'<html lang="{escape(gallery.lang)}">')
    return page


def _preview(gallery: Gallery) -> list[str]:
    """Return the tags that search engines and link previews read; the picture is today's."""
    url = f"{gallery.gallery_url}/site/index.html"
    image = f"{gallery.api_url}/?format=redirect&type=jpeg&seed=today&key={gallery.api_key}"
    tags: Mapping[str, str] = {
        "og:type": "website",
        "og:title": gallery.title or "A photograph",
        "og:description": gallery.description,
        "og:url": url,
        "og:image": image,
    }
    lines = [f'<link rel="canonical" href="{escape(url)}" />']
    if gallery.description:
        lines.append(f'<meta name="description" content="{escape(gallery.description)}" />')
    lines += [
        f'<meta property="{name}" content="{escape(text)}" />'
        for name, text in tags.items()
        if text
    ]
    return [*lines, '<meta name="twitter:card" content="summary_large_image" />']


def _fill(page: str, place: str, text: str) -> str:
    if page.count(place) != 1:
        raise ValueError(f"site/index.html needs {place!r} once; `make site` writes it.")
    return page.replace(place, text)


def origin_of(url: str) -> str:
    """Return scheme, host and port of an address, as a browser's Origin header has them."""
    return "/".join(url.split("/", 3)[:3])


def embed_html(gallery_url: str) -> str:
    """Return the HTML to paste into a page: the room, the element, the script."""
    return (
        f"<style>{_ROOM}</style>\n"
        "<random-photo></random-photo>\n"
        f'<script type="module" src="{gallery_url}/site/embed.js"></script>'
    )


def security_policy(gallery_url: str, api_url: str) -> str:
    """Return what a page with a strict Content-Security-Policy has to allow for the embed."""
    gallery, api = origin_of(gallery_url), origin_of(api_url)
    connect = " ".join(dict.fromkeys((gallery, api)))
    return f"script-src {gallery}; img-src {gallery}; connect-src {connect}"
