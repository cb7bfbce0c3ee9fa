"""Metadata that a photo file carries in itself, or in an XMP sidecar: XMP, else IPTC, else EXIF.

What cannot be read is unknown, for metadata is no reason to lose a photo.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from PIL import Image, IptcImagePlugin

from uploader.errors import Unusable
from uploader.folder.boilerplate import without_boilerplate
from uploader.folder.dates import parse_date
from uploader.folder.exif import Exif, decoded
from uploader.folder.files import read_regular
from uploader.folder.xmp import LARGEST, Xmp, packet_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from uploader.folder.metadata import Fields

__all__ = ["embedded_metadata", "sidecar_metadata"]

# IIM 4.2, by record and dataset.
_TITLE, _CAPTION, _BYLINE, _NOTICE = (2, 5), (2, 120), (2, 80), (2, 116)
_CREATED, _CREATED_TIME = (2, 55), (2, 60)

# Scanners and programs write midnight or noon where they know the day alone.
_NO_TIME = re.compile(r"[T ](00|12):00:00\b.*")
_UTC = re.compile(r".*(Z|[+-]00:?00)\s*")

_Date = tuple[int, str]
"""How much a date is worth, 0 most, and its text."""
_TAKEN, _TAKEN_ELSEWHERE, _DIGITIZED, _MODIFIED = range(4)


def embedded_metadata(image: Image.Image, content: bytes) -> Fields:
    """The fields that a file has, given as opened image and as bytes."""
    read = (_read(one, image, content) for one in (_from_xmp, _from_iptc, _from_exif))
    fields, dates = _merged(read)
    comment = image.info.get("comment") if image.format == "JPEG" else None
    if caption := without_boilerplate(decoded(comment)):
        fields.setdefault("caption", caption)
    return fields | _first_date(dates)


def sidecar_metadata(path: Path) -> Fields:
    """The fields of an XMP file beside a photo, as Lightroom and darktable write it."""
    try:
        packet, _, _ = read_regular(path, LARGEST)
        fields, dates = _merged([_of_xmp(Xmp(packet))])
    except (Unusable, OSError, ValueError, SyntaxError):
        return {}
    return fields | _first_date(dates)


_Found = tuple[dict[str, str], list[_Date]]


def _read(
    read: Callable[[Image.Image, bytes], _Found], image: Image.Image, content: bytes
) -> _Found:
    try:
        return read(image, content)
    except Exception:  # parsers of strangers' metadata raise anything
        return {}, []


def _merged(read: Iterable[_Found]) -> tuple[Fields, list[_Date]]:
    """Each field from the first that has it, what machines wrote left out; and all dates."""
    fields: Fields = {}
    dates: list[_Date] = []
    for found, found_dates in read:
        dates += found_dates
        for name, text in found.items():
            if known := without_boilerplate(text):
                fields.setdefault(name, known)
    return fields, dates


def _first_date(dates: list[_Date]) -> Fields:
    """The date that is worth most; of equals the first."""
    for _, text in sorted(dates, key=lambda date: date[0]):
        if date := parse_date(_NO_TIME.sub("", text)):
            return {"date": date}
    return {}


def _first(*texts: str) -> str:
    return next(filter(None, map(without_boilerplate, texts)), "")


def _from_xmp(image: Image.Image, content: bytes) -> _Found:
    return _of_xmp(Xmp(packet_of(image, content)))


def _of_xmp(xmp: Xmp) -> _Found:
    get = xmp.get
    fields = {
        "caption": _first(get("dc:description"), get("dc:title"), get("exif:UserComment")),
        "alt": get("Iptc4xmpCore:AltTextAccessibility"),
        "credit": _first(get("dc:creator"), get("photoshop:Credit")),
        "license": _first(get("dc:rights"), get("xmpRights:UsageTerms")),
    }
    taken = (get("exif:DateTimeOriginal"), get("photoshop:DateCreated"))
    # In UTC the day may be another than it was where the photo was taken: Exif's is local.
    dates = [(_TAKEN_ELSEWHERE if _UTC.fullmatch(text) else _TAKEN, text) for text in taken]
    return fields, [*dates, (_DIGITIZED, get("xmp:CreateDate"))]


def _from_iptc(image: Image.Image, _content: bytes) -> _Found:
    read: Callable[[Image.Image], dict[tuple[int, int], Any] | None] = IptcImagePlugin.getiptcinfo  # type: ignore[assignment]  # its type names file formats
    facts = {name: _joined(value) for name, value in (read(image) or {}).items()}
    created = _iptc_date(facts.get(_CREATED, ""), facts.get(_CREATED_TIME, ""))
    fields = {
        "caption": _first(facts.get(_CAPTION, ""), facts.get(_TITLE, "")),
        "credit": facts.get(_BYLINE, ""),
        "license": facts.get(_NOTICE, ""),
    }
    return fields, [(_TAKEN, created)]


def _joined(value: bytes | list[bytes]) -> str:
    values = value if isinstance(value, list) else [value]
    return ", ".join(filter(None, map(decoded, values)))


def _iptc_date(date: str, time: str) -> str:
    day = parse_date(date) or ""
    if len(day) == len("2017-08-14") and re.match(r"\d{4}", time):
        return f"{day}T{time[:2]}:{time[2:4]}:{time[4:6] or '00'}"
    return day


def _from_exif(image: Image.Image, content: bytes) -> _Found:
    exif = Exif(image, content)
    text = exif.text
    fields = {
        "caption": _first(*map(text, ("description", "comment", "xp_comment", "xp_title"))),
        "credit": text("artist"),
        "license": text("copyright"),
        "details": exif.details(),
    }
    ranked = ((_TAKEN, "taken"), (_DIGITIZED, "digitized"), (_MODIFIED, "modified"))
    return fields, [(rank, text(name)) for rank, name in ranked]
