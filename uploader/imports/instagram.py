"""Instagram's export in JSON: one list of posts, each with its pictures and its text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from uploader.folder.metadata import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from uploader.folder.metadata import Fields

__all__ = ["NAME", "is_ours", "match"]

NAME = "Instagram"


def is_ours(content: Any) -> bool:
    """Whether this is a list of posts."""
    posts = content if isinstance(content, list) else [content]
    return bool(posts) and all(isinstance(post, dict) and _media(post) for post in posts)


def match(
    files: Sequence[tuple[str, Any]], paths: Sequence[str]
) -> Iterator[tuple[str, Fields, str]]:
    """Yield each picture's path with its fields; a path may lie deeper than the export says."""
    by_address: dict[str, Fields] = {}
    for _, content in files:
        for post in content if isinstance(content, list) else [content]:
            for medium in _media(post):
                by_address[medium["uri"]] = _fields(post, medium)
    for path in paths:
        parts = path.split("/")
        tails = ("/".join(parts[start:]) for start in range(len(parts)))
        if address := next((tail for tail in tails if tail in by_address), None):
            yield path, by_address[address], ""


def _media(post: dict[str, Any]) -> list[dict[str, Any]]:
    media = post.get("media")
    found = media if isinstance(media, list) else []
    return [one for one in found if isinstance(one, dict) and isinstance(one.get("uri"), str)]


def _fields(post: dict[str, Any], medium: dict[str, Any]) -> Fields:
    fields: Fields = {}
    if caption := _text(medium.get("title")) or _text(post.get("title")):
        fields["caption"] = caption
    taken = medium.get("creation_timestamp") or post.get("creation_timestamp")
    if isinstance(taken, int) and 0 < taken < 1 << 33:
        fields["date"] = f"{datetime.fromtimestamp(taken, UTC):%Y-%m-%d}"
    return fields


def _text(value: Any) -> str:
    """Return a text; Instagram writes each byte of its UTF-8 as a character of Latin-1."""
    text = str(value or "")
    try:
        return clean(text.encode("latin-1").decode())
    except UnicodeError:
        return clean(text)
