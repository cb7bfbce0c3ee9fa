"""Metadata that a photo file carries in itself: XMP, else IPTC, else EXIF.

What cannot be read is unknown, for metadata is no reason to lose a photo.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Any

from defusedxml.ElementTree import fromstring
from PIL import Image, IptcImagePlugin

from uploader.folder.dates import parse_date
from uploader.folder.identity import exif_of, png_chunks
from uploader.folder.metadata import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from xml.etree.ElementTree import Element

    from uploader.folder.metadata import Fields

__all__ = ["embedded_metadata"]

# Exif 3.0, by tag: first directory, then the Exif directory.
_DESCRIPTION, _ARTIST, _COPYRIGHT, _DATE_TIME = 0x010E, 0x013B, 0x8298, 0x0132
_EXIF_DIRECTORY, _DATE_TIME_ORIGINAL, _DATE_TIME_DIGITIZED = 0x8769, 0x9003, 0x9004

# IIM 4.2, by record and dataset.
_TITLE, _CAPTION, _BYLINE, _NOTICE = (2, 5), (2, 120), (2, 80), (2, 116)
_CREATED, _CREATED_TIME = (2, 55), (2, 60)

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_IPTC_CORE = "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}"
_PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
_XMP = "{http://ns.adobe.com/xap/1.0/}"
_XMP_RIGHTS = "{http://ns.adobe.com/xap/1.0/rights/}"
_XMP_EXIF = "{http://ns.adobe.com/exif/1.0/}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_LARGEST = 4_000_000  # bytes of one XMP packet

# What cameras write into every photo is no caption.
_CAMERA_TALK = re.compile(
    r"(olympus|minolta|konica|medion|digital|sony|samsung)[\w ]*(camera|dsc)|sony dsc|dcim\\.*"
    r"|exif_jpeg_picture|default|untitled|\W*",
    re.IGNORECASE,
)


def embedded_metadata(image: Image.Image, content: bytes) -> Fields:
    """The fields that a file has, given as opened image and as bytes."""
    found: Fields = {}
    for read in (_from_xmp, _from_iptc, _from_exif):
        try:
            fields = read(image, content)
        except Exception:  # noqa: S112 - parsers of strangers' metadata raise anything
            continue
        for name, value in fields.items():
            if value:
                found.setdefault(name, value)
    return found


def _from_xmp(image: Image.Image, content: bytes) -> Fields:
    packet = _xmp_packet(image, content)
    if not packet or len(packet) > _LARGEST:
        return {}
    facts = _facts(fromstring(packet.strip(b"\0 \r\n\t")))
    return {
        "caption": _caption(facts, _DC + "description", _DC + "title"),
        "alt": _first(facts, _IPTC_CORE + "AltTextAccessibility"),
        "date": _date(facts, _XMP_EXIF + "DateTimeOriginal", _PHOTOSHOP + "DateCreated"),
        "credit": _first(facts, _DC + "creator", _PHOTOSHOP + "Credit"),
        "license": _first(facts, _DC + "rights", _XMP_RIGHTS + "UsageTerms"),
    }


def _xmp_packet(image: Image.Image, content: bytes) -> bytes:
    if image.format == "PNG":
        return next(filter(None, map(_png_xmp, png_chunks(content))), b"")
    packet = image.info.get("xmp") or b""
    return packet if isinstance(packet, bytes) else str(packet).encode()


def _png_xmp(chunk: tuple[bytes, bytes]) -> bytes:
    """XMP in a text chunk of PNG, often behind the picture: keyword, flags, two names, text."""
    kind, payload = chunk
    if kind != b"iTXt" or not payload.startswith(b"XML:com.adobe.xmp\0"):
        return b""
    compressed = payload[18]
    text = payload[20:].split(b"\0", 2)[2]
    return zlib.decompressobj().decompress(text, _LARGEST) if compressed else text


def _facts(root: Element) -> dict[str, str]:
    """Properties of an XMP packet by qualified name; of alternatives the default, of lists all."""
    facts: dict[str, str] = {}
    for description in root.iter(_RDF + "Description"):
        for name, value in description.attrib.items():
            facts.setdefault(name, value)
        for child in description:
            facts.setdefault(child.tag, _value(child))
    return facts


def _value(element: Element) -> str:
    items = list(element.iter(_RDF + "li"))
    if element.find(_RDF + "Alt") is not None:
        items.sort(key=lambda item: item.get(_LANGUAGE) != "x-default")
        return next((item.text for item in items if item.text), "")
    return ", ".join(item.text for item in items if item.text) if items else element.text or ""


def _first(facts: dict[str, str], *names: str) -> str:
    return next(filter(None, (clean(facts.get(name, "")) for name in names)), "")


def _caption(facts: dict[str, str], *names: str) -> str:
    return next(filter(None, (_said(clean(facts.get(name, ""))) for name in names)), "")


def _date(facts: dict[str, str], *names: str) -> str:
    return _earliest_known(facts.get(name, "") for name in (*names, _XMP + "CreateDate"))


def _earliest_known(texts: Iterable[str]) -> str:
    return next(filter(None, map(parse_date, texts)), "") or ""


def _said(caption: str) -> str:
    return "" if _CAMERA_TALK.fullmatch(caption) else caption


def _from_iptc(image: Image.Image, _content: bytes) -> Fields:
    read: Callable[[Image.Image], dict[tuple[int, int], Any] | None] = IptcImagePlugin.getiptcinfo  # type: ignore[assignment]  # its type names file formats
    facts = {name: _joined(value) for name, value in (read(image) or {}).items()}
    created = facts.get(_CREATED, ""), facts.get(_CREATED_TIME, "")
    return {
        "caption": _said(facts.get(_CAPTION, "")) or _said(facts.get(_TITLE, "")),
        "credit": facts.get(_BYLINE, ""),
        "license": facts.get(_NOTICE, ""),
        "date": _iptc_date(*created),
    }


def _joined(value: bytes | list[bytes]) -> str:
    values = value if isinstance(value, list) else [value]
    return ", ".join(filter(None, map(_text, values)))


def _iptc_date(date: str, time: str) -> str:
    day = parse_date(date) or ""
    if day and len(day) == len("2017-08-14") and re.match(r"\d{4}", time):
        return parse_date(f"{day}T{time[:2]}:{time[2:4]}") or day
    return day


def _from_exif(image: Image.Image, content: bytes) -> Fields:
    exif = Image.Exif()
    if image.format == "TIFF":
        exif = image.getexif()
    else:
        exif.load(exif_of(content) or image.info.get("exif") or b"")
    within = exif.get_ifd(_EXIF_DIRECTORY)
    dates = (
        within.get(_DATE_TIME_ORIGINAL),
        within.get(_DATE_TIME_DIGITIZED),
        exif.get(_DATE_TIME),
    )
    return {
        "caption": _said(_text(exif.get(_DESCRIPTION))),
        "credit": _text(exif.get(_ARTIST)),
        "license": _text(exif.get(_COPYRIGHT)),
        "date": _earliest_known(map(_text, dates)),
    }


def _text(value: object) -> str:
    """ASCII by the standards, UTF-8 or Latin-1 in life; of Exif Pillow reads it as Latin-1."""
    if isinstance(value, str):
        value = value.encode("latin-1", "replace")
    if not isinstance(value, bytes):
        return ""
    value = value.split(b"\0")[0]
    try:
        return clean(value.decode())
    except UnicodeDecodeError:
        return clean(value.decode("latin-1"))
