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
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from gallery_api.errors import CatalogUnreadable, Problem
from gallery_api.rendering import OPTIONAL

__all__ = ["Catalog"]

_T = TypeVar("_T")
_ID = re.compile("[0-9a-f]{16}")
_RECIPE = re.compile("[A-Za-z0-9][A-Za-z0-9._-]*")  # a part of a path, and never ".."
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d))?)?)?")
_LONGEST_SIDE = 1 << 31  # pixels; more than any picture has, and still exact as a float
_Filter = tuple[str | None, str | None]  # album and orientation; None is any


class Catalog:
    """A catalog found to be whole; a photo's position, from 0, is its rank among the sorted ids."""

    def __init__(self, text: bytes | bytearray) -> None:
        """Read the file, or raise CatalogUnreadable."""
        self._text = text
        self._starts = array("I")
        self._dates = array("Q")  # as YYYYMMDDhhmm, zeros for what is unknown
        self._filters: dict[_Filter, array[int]] = {}
        self._fingerprints: dict[_Filter, bytes] = {}
        self._newest_first: dict[_Filter, list[int]] = {}
        self.ids = array("Q")  # as numbers
        self.rendered: dict[int, str] = {}  # room for what a caller makes of the photos
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

    def fingerprint(self, album: str | None, orientation: str | None) -> bytes:
        """Return 16 bytes that depend on which photos have these, and on nothing else."""
        return _remembered(self._fingerprints, (album, orientation), self._digest_ids)

    def newest_first(self, album: str | None, orientation: str | None) -> list[int]:
        """Return the same positions by date: newest first, undated last, then by id."""
        if not self.among(album, orientation):
            return []  # not remembered: an album that is not there may have any name
        return _remembered(self._newest_first, (album, orientation), self._sort_by_date)

    def age_rank(self, position: int) -> tuple[int, int]:
        """Return what `newest_first` sorts by: the date, negative, and the id, as numbers."""
        return -self._dates[position], self.ids[position]

    def albums(self) -> list[tuple[str, int]]:
        """Return the albums in alphabetical order, each with its number of photos."""
        found = self._filters.items()
        return sorted((album, len(photos)) for (album, o), photos in found if album and not o)

    def _digest_ids(self, chosen: _Filter) -> bytes:
        ids = array("Q", (self.ids[position] for position in self.among(*chosen)))
        return hashlib.blake2b(ids.tobytes(), digest_size=16).digest()

    def _sort_by_date(self, chosen: _Filter) -> list[int]:
        return sorted(self.among(*chosen), key=self.age_rank)

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
        self._dates.append(_as_number(record.get("date", "")))


def _remembered(cache: dict[_Filter, _T], chosen: _Filter, make: Callable[[_Filter], _T]) -> _T:
    """Make what belongs to a filter once; threads that do so at the same time make the same."""
    if chosen not in cache:
        cache[chosen] = make(chosen)
    return cache[chosen]


def _as_number(date: str) -> int:
    """Return YYYYMMDDhhmm; a date that is none is 0, so it counts as unknown."""
    parts = _DATE.fullmatch(date)
    return int("".join((part or "").zfill(2) for part in parts.groups())) if parts else 0


def _records(text: bytes | bytearray) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each record with where its line begins; raise at whatever makes the file doubtful."""
    head, last, number = _parse(text, 0), ("", ""), 0
    if not isinstance(head, dict) or head.get("catalog") != 1:
        raise CatalogUnreadable("the catalog is not of version 1, the one that is read here")
    start = text.find(b"\n") + 1
    while 0 < start < len(text):
        record, number = _parse(text, start), number + 1
        if not _is_valid(record):
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


def _is_valid(record: Any) -> bool:
    try:
        texts = [record["source"], record["alt"], *(record.get(name, "") for name in OPTIONAL)]
        sizes = [*record["sizes"], record.get("jpeg", [1, 1])]
        sides = [side for width, height in sizes for side in (width, height)]
        widths = [width for width, _ in record["sizes"]]
        return bool(
            _ID.fullmatch(record["id"])
            and _RECIPE.fullmatch(record["recipe"])
            and all(type(text) is str for text in texts)
            and all(type(side) is int and 0 < side < _LONGEST_SIDE for side in sides)
            and widths == sorted(set(widths)) != []
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return False
