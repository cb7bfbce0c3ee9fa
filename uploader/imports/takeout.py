"""Google Takeout: a JSON file beside each photo, under a name that is cut at 46 characters.

`IMG_1.jpg` has `IMG_1.jpg.supplemental-metadata.json`, before 2024 `IMG_1.jpg.json`; `IMG_1(2).jpg`
has its number behind: `IMG_1.jpg.supplemental-metadata(2).json`. An edited copy has the file of its
original. (Observed by many: github.com/ente/ente/pull/4956, immich-go, GooglePhotosTakeoutHelper.)
"""

from __future__ import annotations

import re
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
# As Google names an edited copy in English, German, French, Spanish, Italian, Portuguese, Dutch.
_EDITED = re.compile(
    r"-(edited|bearbeitet|modifié|editado|ha editado|modificato|bewerkt)(?=(\(\d+\))?\.[^.]+$)"
)


def is_ours(content: Any) -> bool:
    """Whether this is the sidecar of a photo (an album's own `metadata.json` is not)."""
    return isinstance(content, dict) and {"title", "photoTakenTime"} <= content.keys()


def match(
    files: Sequence[tuple[str, Any]], paths: Sequence[str]
) -> Iterator[tuple[str, Fields, str]]:
    """Yield each photo's path with its fields; the album is the folder that it is in already."""
    by_name = {path[: -len(".json")]: content for path, content in files}
    for path in paths:
        folder, _, name = path.rpartition("/")
        for sidecar in _sidecars(_EDITED.sub("", name)):
            content = by_name.get(f"{folder}/{sidecar}" if folder else sidecar)
            if content is not None:
                yield path, _fields(content), ""
                break


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
    if content.get("trashed"):
        fields["hidden"] = True
    return fields


def _date(taken: Any) -> str:
    """Return the day in UTC: where the camera was, and so its zone, is not known."""
    try:
        return f"{datetime.fromtimestamp(int(taken['timestamp']), UTC):%Y-%m-%d}"
    except (TypeError, KeyError, ValueError, OverflowError, OSError):
        return ""
