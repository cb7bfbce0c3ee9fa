"""The catalog in memory: the file as it was read, and where in it each photo's line begins.

A line is parsed again when its photo is chosen: parsed records would cost several times the memory.
Each line is also parsed once at first, for a catalog of which one line is corrupt is refused whole.
"""

import hashlib
import json
import re
import time
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any

from gallery_api.errors import CatalogUnreadable

__all__ = ["MOST_PHOTOS", "Catalog"]

MOST_PHOTOS = 200_000  # the uploader refuses more
_ID = re.compile(r"[0-9a-f]{16}")
_RECIPE = re.compile(r"[A-Za-z0-9._-]+")
_WORDS = ("source", "alt")
_OPTIONAL = ("caption", "date", "album", "credit", "license", "placeholder")

_Filter = tuple[str | None, str | None]  # album and orientation; None is any


class Catalog:
    """A catalog that was found whole: photos have positions, from 0, in the order of their ids."""

    def __init__(self, text: bytes | bytearray) -> None:
        """Read the file, or raise CatalogUnreadable."""
        self._text = text
        self._starts = array("I")
        self._filters: dict[_Filter, array[int]] = {}
        self.ids = array("Q")  # sorted, as numbers
        self.digest = hashlib.blake2b(text, digest_size=16).digest()
        for start, record in _records(text):
            self._add(start, record)

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, position: int) -> dict[str, Any]:
        record: dict[str, Any] = _parse(self._text, self._starts[position])
        return record

    def find(self, identity: str) -> dict[str, Any] | None:
        """Return the photo of this id, if there is one."""
        if not _ID.fullmatch(identity):
            return None
        number = int(identity, 16)
        position = bisect_left(self.ids, number)
        found = position < len(self) and self.ids[position] == number
        return self[position] if found else None

    def among(self, album: str | None, orientation: str | None) -> Sequence[int]:
        """Return the ascending positions of the photos of this album and orientation."""
        if album is None and orientation is None:
            return range(len(self))
        return self._filters.get((album, orientation), ())

    def albums(self) -> dict[str, int]:
        """Return the albums in alphabetical order, each with its number of photos."""
        counts = {
            album: len(photos)
            for (album, orientation), photos in self._filters.items()
            if album is not None and orientation is None
        }
        return dict(sorted(counts.items()))

    def _add(self, start: int, record: dict[str, Any]) -> None:
        number = int(record["id"], 16)
        if self.ids and self.ids[-1] == number:
            return  # the same picture from another source: the first is served
        position = len(self.ids)
        self.ids.append(number)
        self._starts.append(start)
        orientation, album = _orientation(*record["sizes"][-1]), record.get("album")
        chosen_by: list[_Filter] = [(None, orientation)]
        if album is not None:
            chosen_by += (album, None), (album, orientation)
        for one in chosen_by:
            self._filters.setdefault(one, array("I")).append(position)


def _records(text: bytes | bytearray) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each record with where its line begins; raise at whatever makes the file doubtful."""
    count, start = _count(_parse(text, 0)), text.find(b"\n") + 1
    last, number = ("", ""), 0
    while 0 < start < len(text):
        number += 1
        record = _parse(text, start)
        if not _is_sound(record):
            raise CatalogUnreadable(f"photo {number} of the catalog is malformed")
        if last >= (last := (record["id"], record["source"])):
            raise CatalogUnreadable(f"photo {number} of the catalog is out of order")
        yield start, record
        start = text.find(b"\n", start) + 1
        if number % 64 == 0:
            time.sleep(0)  # lets requests that wait have the interpreter
    if number != count:
        raise CatalogUnreadable(f"the catalog promises {count} photos and holds {number}")


def _parse(text: bytes | bytearray, start: int) -> Any:
    """Read the line that begins there; None is what is no JSON."""
    end = text.find(b"\n", start)
    try:
        return json.loads(text[start : end if end >= 0 else len(text)].decode())
    except (ValueError, RecursionError):
        return None


def _count(head: Any) -> int:
    """Return how many photos the first line promises."""
    version, count = (head.get("catalog"), head.get("count")) if type(head) is dict else (None, 0)
    if version != 1:
        raise CatalogUnreadable(f"the catalog's version is {version!r:.20}, and 1 can be read")
    if type(count) is not int or not 0 <= count <= MOST_PHOTOS:
        raise CatalogUnreadable(f"the catalog's count is no number up to {MOST_PHOTOS}")
    return count


def _is_sound(record: Any) -> bool:
    try:
        widths = [width for width, height in record["sizes"] if _is_size(width, height)]
        return bool(
            _ID.fullmatch(record["id"])
            and _RECIPE.fullmatch(record["recipe"])
            and all(isinstance(record[word], str) for word in _WORDS)
            and all(isinstance(record.get(word, ""), str) for word in _OPTIONAL)
            and widths
            and len(widths) == len(record["sizes"])
            and widths == sorted(set(widths))
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return False


def _is_size(width: Any, height: Any) -> bool:
    return type(width) is int and type(height) is int and width > 0 and height > 0


def _orientation(width: int, height: int) -> str:
    if 0.95 <= width / height <= 1.05:
        return "square"
    return "landscape" if width > height else "portrait"
