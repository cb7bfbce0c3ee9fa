"""Flickr's data export: `photo_<id>.json` for each photo, whose file has the id in its name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from uploader.folder.boilerplate import without_boilerplate
from uploader.folder.dates import parse_date
from uploader.folder.metadata import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from uploader.folder.metadata import Fields

__all__ = ["NAME", "is_ours", "match"]

NAME = "Flickr"
_ID = re.compile(r"(?<!\d)(\d{6,})(?=_)|_(\d{6,})(?=_|\.)")
_LICENSES = {  # what Flickr calls them → SPDX; Flickr's are of version 2.0
    "Attribution License": "CC-BY-2.0",
    "Attribution-NoDerivs License": "CC-BY-ND-2.0",
    "Attribution-NonCommercial License": "CC-BY-NC-2.0",
    "Attribution-NonCommercial-NoDerivs License": "CC-BY-NC-ND-2.0",
    "Attribution-NonCommercial-ShareAlike License": "CC-BY-NC-SA-2.0",
    "Attribution-ShareAlike License": "CC-BY-SA-2.0",
    "Public Domain Dedication (CC0)": "CC0-1.0",
    "Public Domain Work": "PDM-1.0",
    "Public Domain Mark": "PDM-1.0",
}
_LICENSES |= {  # since 2025 in version 4.0 as well
    f"{name} 4.0": code.replace("2.0", "4.0")
    for name, code in _LICENSES.items()
    if code.startswith("CC-BY")
}


def is_ours(content: Any) -> bool:
    """Whether this is the file of a photo."""
    return isinstance(content, dict) and {"id", "name", "date_taken"} <= content.keys()


def match(
    files: Sequence[tuple[str, Any]], paths: Sequence[str]
) -> Iterator[tuple[str, Fields, str]]:
    """Yield each photo's path with its fields and its first album."""
    by_id = {str(content["id"]): content for _, content in files}
    for path in paths:
        name = path.rpartition("/")[2]
        ids = (one or other for one, other in _ID.findall(name))
        content = next((by_id[id_] for id_ in ids if id_ in by_id), None)
        if content is not None:
            yield path, _fields(content), _album(content)


def _fields(content: dict[str, Any]) -> Fields:
    fields: Fields = {}
    title, description = (clean(str(content.get(name) or "")) for name in ("name", "description"))
    if caption := description or without_boilerplate(title):
        fields["caption"] = caption
    if date := parse_date(str(content.get("date_taken") or "")):
        fields["date"] = date
    if license_ := _LICENSES.get(str(content.get("license"))):
        fields["license"] = license_
    if content.get("privacy", "public") != "public":
        fields["hidden"] = True  # what was private there must not be public here
    return fields


def _album(content: dict[str, Any]) -> str:
    albums = content.get("albums")
    first = albums[0] if isinstance(albums, list) and albums else {}
    title = clean(str(first.get("title") or "")) if isinstance(first, dict) else ""
    return re.sub(r"[/\\]|^\.+", "-", title)
