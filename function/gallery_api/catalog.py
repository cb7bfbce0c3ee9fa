"""The catalog in memory: the file as it was read, and where in it each photo's line begins.

A line is parsed when its photo is chosen (records in memory would take several times the room), and
once at first: a catalog of which one line is corrupt is refused whole.
"""

import hashlib
import json
import re
import time
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any

from gallery_api.errors import CatalogUnreadable, Problem

__all__ = ["Catalog"]

_ID = re.compile("[0-9a-f]{16}")
_RECIPE = re.compile("[A-Za-z0-9._-]+")
_WORDS = ("caption", "date", "album", "credit", "license", "placeholder")


class Catalog:
    """A catalog found to be whole; a photo's position, from 0, is its rank among the sorted ids."""

    def __init__(self, text: bytes | bytearray) -> None:
        """Read the file, or raise CatalogUnreadable."""
        self._text = text
        self._starts = array("I")
        self._filters: dict[tuple[str | None, str | None], array[int]] = {}
        self.ids = array("Q")  # as numbers
        self.rendered: dict[int, str] = {}  # room for what a caller makes of the photos
        self.digest = hashlib.blake2b(text, digest_size=16).digest()
        for start, record in _records(text):
            self._add(start, record)

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, position: int) -> dict[str, Any]:
        record: dict[str, Any] = _parse(self._text, self._starts[position])
        return record

    def find(self, identity: str) -> int:
        """Return the position of the photo of this id, or raise the problem `no-such-photo`."""
        number = int(identity, 16) if _ID.fullmatch(identity) else -1
        position = bisect_left(self.ids, number)
        if self.ids[position : position + 1].tolist() != [number]:
            raise Problem("no-such-photo", "It is not, or no more, in this gallery.")
        return position

    def among(self, album: str | None, orientation: str | None) -> Sequence[int]:
        """Return the ascending positions of the photos that have these; None is any."""
        if album is None and orientation is None:
            return range(len(self))
        return self._filters.get((album, orientation), ())

    def albums(self) -> list[tuple[str, int]]:
        """Return the albums in alphabetical order, each with its number of photos."""
        found = self._filters.items()
        return sorted((album, len(photos)) for (album, o), photos in found if album and not o)

    def _add(self, start: int, record: dict[str, Any]) -> None:
        number, album = int(record["id"], 16), record.get("album")
        if self.ids and self.ids[-1] == number:
            return  # the same picture from another source: the first is served
        width, height = record["sizes"][-1]
        shape = "landscape" if width > 1.05 * height else "portrait"
        orientation = "square" if 0.95 <= width / height <= 1.05 else shape
        for key in {(None, orientation), (album, None), (album, orientation)} - {(None, None)}:
            self._filters.setdefault(key, array("I")).append(len(self.ids))
        self.ids.append(number)
        self._starts.append(start)


def _records(text: bytes | bytearray) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each record with where its line begins; raise at whatever makes the file doubtful."""
    head, last, number = _parse(text, 0), ("", ""), 0
    if not isinstance(head, dict) or head.get("catalog") != 1:
        raise CatalogUnreadable("the catalog is not of version 1, the one that is read here")
    start = text.find(b"\n") + 1
    while 0 < start < len(text):
        record, number = _parse(text, start), number + 1
        if not _is_sound(record):
            raise CatalogUnreadable(f"photo {number} of the catalog is malformed")
        if last >= (last := (record["id"], record["source"])):
            raise CatalogUnreadable(f"photo {number} of the catalog is out of order")
        yield start, record
        start = text.find(b"\n", start) + 1
        if number % 64 == 0:
            time.sleep(0)  # lets requests that wait have the interpreter
    if number != head.get("count"):
        raise CatalogUnreadable(f"the catalog holds {number} photos, not as many as it promises")


def _parse(text: bytes | bytearray, start: int) -> Any:
    """Read the line that begins there; None is what is no JSON."""
    end = text.find(b"\n", start)
    try:
        return json.loads(text[start : end if end >= 0 else len(text)].decode())
    except (ValueError, RecursionError):
        return None


def _is_sound(record: Any) -> bool:
    try:
        words = [record["source"], record["alt"], *(record.get(word, "") for word in _WORDS)]
        sides = [side for width, height in record["sizes"] for side in (width, height)]
        return bool(
            _ID.fullmatch(record["id"])
            and _RECIPE.fullmatch(record["recipe"])
            and all(type(word) is str for word in words)
            and all(type(side) is int and side > 0 for side in sides)
            and sides[::2] == sorted(set(sides[::2])) != []
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return False
