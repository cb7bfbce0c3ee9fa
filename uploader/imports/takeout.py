"""Google Takeout: a JSON file beside each photo, under a name that is cut at 46 characters.

`IMG_1.jpg` has `IMG_1.jpg.supplemental-metadata.json`, before 2024 `IMG_1.jpg.json`; `IMG_1(2).jpg`
has its number behind: `IMG_1.jpg.supplemental-metadata(2).json`. An edited copy has the file of its
original. (Observed by many: github.com/ente/ente/pull/4956, immich-go, GooglePhotosTakeoutHelper.)
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from uploader.folder.metadata import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from uploader.folder.metadata import Fields

__all__ = ["NAME", "is_ours", "match"]

NAME = "Google Takeout"
_LONGEST = 46  # characters of a sidecar's name before `.json`
_NUMBERED = re.compile(r"(.*)(\(\d+\))(\.[^.]+)")
_JSON_NUMBER = re.compile(r"\(\d+\)(?=\.json$)")
# An edited copy has the name of its original and a word in the language of the account.
_EDITED = re.compile(r"-[^\d().-]+(?=(\(\d+\))?\.[^.]+$)")


def is_ours(content: Any) -> bool:
    """Whether this is the sidecar of a photo (an album's own `metadata.json` is not)."""
    return isinstance(content, dict) and {"title", "photoTakenTime"} <= content.keys()


def match(
    files: Sequence[tuple[str, Any]], paths: Sequence[str]
) -> Iterator[tuple[str, Fields, str]]:
    """Yield each photo's path with its fields; the album is the folder that it is in already."""
    by_name = {_folded(path[: -len(".json")]): content for path, content in files}
    by_title = {_titled(path, content): content for path, content in reversed(files)}
    for path in paths:
        folder, slash, name = path.rpartition("/")
        original = _EDITED.sub("", name)
        keys = [by_title.get(_folded(path)), by_title.get(_folded(folder + slash + original))]
        keys += [by_name.get(_folded(folder + slash + one)) for one in _sidecars(original)]
        content = next((one for one in keys if one is not None), None)
        if content is not None:
            yield path, _fields(content), ""


def _titled(path: str, content: Any) -> str:
    """The path that a sidecar's photo has, by the title in it and the number of its own name."""
    folder, slash, name = path.rpartition("/")
    stem, dot, suffix = str(content["title"]).rpartition(".")
    number = found[0] if (found := _JSON_NUMBER.search(name)) else ""
    return _folded(folder + slash + (f"{stem}{number}{dot}{suffix}" if dot else suffix + number))


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def _sidecars(name: str) -> Iterator[str]:
    """Yield the names, without `.json`, that the sidecar of a photo may have."""
    number = ""
    if numbered := _NUMBERED.fullmatch(name):
        yield name[:_LONGEST]  # the name may have been so before
        name, number = numbered[1] + numbered[3], numbered[2]
    yield f"{name}.supplemental-metadata"[:_LONGEST] + number
    yield name[:_LONGEST] + number


def _fields(content: dict[str, Any]) -> Fields:
    fields: Fields = {}
    if caption := clean(str(content.get("description") or "")):
        fields["caption"] = caption
    if date := _date(content.get("photoTakenTime")):
        fields["date"] = date
    origin = content.get("googlePhotosOrigin")
    is_partners = isinstance(origin, dict) and "fromPartnerSharing" in origin
    if content.get("trashed") or content.get("archived") or is_partners:
        fields["hidden"] = True
    return fields


def _date(taken: Any) -> str:
    """Return the day in UTC: where the camera was, and so its zone, is not known."""
    try:
        seconds = int(taken["timestamp"])
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}" if seconds else ""
    except (TypeError, KeyError, ValueError, OverflowError, OSError):
        return ""
