"""The list of captions in JSON that the original article had: `metadata.json`."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Any

from uploader.errors import CaptionsError
from uploader.folder.captions import Captions, Entry, decode, read_captions_file
from uploader.folder.dates import parse_date
from uploader.folder.metadata import clean

if TYPE_CHECKING:
    from pathlib import Path

    from uploader.folder.metadata import Fields

__all__ = ["read_metadata"]


def read_metadata(path: Path, shown: str) -> Captions:
    """Read a `metadata.json`: a list of `{"image", "image-date", "image-description"}`."""
    text = decode(read_captions_file(path, shown))
    try:
        listed = json.loads(text)
    except (ValueError, RecursionError):
        if '"image"' not in text:
            return _foreign(shown)
        raise CaptionsError(
            f'{shown} is not a JSON list of {{"image": "IMG_1.jpg", "image-date": "2017-08", '
            '"image-description": "…"}. Mend it, or take it out of the folder.'
        ) from None
    if not _is_ours(listed):
        return _foreign(shown)
    read = Captions()
    for row in listed:
        fields = {
            "caption": clean(str(row.get("image-description") or "")),
            "date": parse_date(str(row.get("image-date") or "")) or "",
        }
        known: Fields = {name: text for name, text in fields.items() if text}
        read.entries.setdefault(unicodedata.normalize("NFC", row["image"]), Entry(known, shown, 0))
    return read


def _is_ours(listed: Any) -> bool:
    rows = listed if isinstance(listed, list) else []
    return bool(rows) and all(isinstance(row, dict) and "image" in row for row in rows)


def _foreign(shown: str) -> Captions:
    """Other programs write files of that name, Google Takeout into every album."""
    expected = '{"image": "IMG_1.jpg", "image-date": "2017-08", "image-description": "…"}'
    return Captions(problems=[f"{shown}: left alone; it is no list of {expected}."])
