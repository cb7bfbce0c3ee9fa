"""The page that stands for a photo where a link to it is shared.

Messengers and social networks read its head and run no script; a browser goes on to the gallery's
own page by itself. Everything in it is escaped, and nothing in it can run.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Response
from jinja2 import Template

from gallery_api.errors import Problem
from gallery_api.rendering import jpeg_of
from gallery_api.responses import KEPT_BRIEFLY

__all__ = ["preview", "preview_of_nothing"]

_TITLE, _DESCRIPTION = 70, 200  # characters; about what previews show


def preview(record: Mapping[str, Any], base_url: str) -> Response:
    """Return the page of a photo, from its record in the catalog."""
    caption, alt = record.get("caption", ""), record["alt"]
    title = caption or alt or "A photograph"
    text = caption if len(title) > _TITLE else alt if alt != title else ""
    credit = f"Photo: {record['credit']}" if "credit" in record else ""
    facts = (text, record.get("date"), record.get("album"), credit)
    return _page(
        base_url,
        f"#/photos/{record['id']}",
        title=_cut(title, _TITLE),
        description=_cut(" · ".join(fact for fact in facts if fact), _DESCRIPTION),
        alt=_cut(alt or title, _DESCRIPTION),
        image=jpeg_of(record, base_url),
    )


def preview_of_nothing(problem: Problem, base_url: str) -> Response:
    """Return the page that says why there is no photo."""
    response = _page(base_url, "", title=problem.body["title"], description=problem.body["detail"])
    response.status_code = problem.status
    response.headers.update({"Cache-Control": "no-store"} | problem.headers)
    return response


def _page(base_url: str, place: str, **values: Any) -> Response:
    html = _template().render(page=f"{base_url}/site/index.html{place}", **values)
    response = Response(html.encode(errors="replace"), mimetype="text/html")
    response.headers.update({"Cache-Control": KEPT_BRIEFLY, "Vary": "Origin"})
    images = "://".join(urlsplit(base_url)[:2])
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; img-src {images}; base-uri 'none'; form-action 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@cache
def _template() -> Template:
    text = Path(__file__).with_name("preview.html").read_text(encoding="utf-8")
    template: Template = Template(text, autoescape=True)
    return template


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
