"""What the containers of photos hold: segments of JPEG, chunks of PNG and RIFF, boxes of ISO-BMFF.

One bounded reader for each, by the lengths that the format states; nothing is searched for. What is
malformed ends the reading: a reader yields what came before, and an error says that more was
promised. All that asks what a file says of its picture asks here.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "PNG",
    "SOS",
    "Property",
    "exif_of",
    "is_jpeg",
    "is_webp",
    "jpeg_segments",
    "png_chunks",
    "primary_properties",
    "riff_chunks",
]

PNG = b"\x89PNG\r\n\x1a\n"
SOS, _EOI = 0xDA, 0xD9
_STANDALONE = (0x01, 0xD8)  # markers of JPEG without a length
# ITU-T T.81, annex B: a marker within a scan is 0xFF and neither stuffing nor a restart.
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def is_jpeg(content: bytes) -> bool:
    """True for what begins as a JPEG does."""
    return content.startswith(b"\xff\xd8\xff")


def is_webp(content: bytes) -> bool:
    """True for what begins as a WebP file does."""
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def jpeg_segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Markers and what belongs to them, up to the end of the picture.

    A scan brings its compressed data. struct.error where the file ends within a length.
    """
    at = 2
    while found := _NEXT_MARKER.search(content, at):
        marker, at = content[found.start() + 1], found.end()
        if marker in _STANDALONE:
            continue
        if marker == _EOI:
            return
        (length,) = struct.unpack_from(">H", content, at)
        end = at + length
        if marker == SOS:
            following = _NEXT_MARKER.search(content, end)
            end = following.start() if following else len(content)
        yield marker, content[at + 2 : end]
        at = end


def png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a PNG file, by kind and content; struct.error where it is cut off."""
    at, kind = len(PNG), b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", content, at)
        yield kind, content[at + 8 : at + 8 + length]
        at += 12 + length


def riff_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a RIFF file, such as WebP, by kind and content."""
    at = 12
    while at + 8 <= len(content):
        kind, length = struct.unpack_from("<4sI", content, at)
        yield kind, content[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def exif_of(content: bytes) -> bytes:
    """The Exif block of a JPEG, PNG or WebP file, wherever in the file it stands; empty if none."""
    try:
        return next(_exif_blocks(content), b"")
    except struct.error:
        return b""


def _exif_blocks(content: bytes) -> Iterator[bytes]:
    if is_jpeg(content):
        segments = jpeg_segments(content)
        return (s for marker, s in segments if marker == 0xE1 and s.startswith(b"Exif\0\0"))
    if content.startswith(PNG):
        return (chunk for kind, chunk in png_chunks(content) if kind == b"eXIf")
    if is_webp(content):
        return (chunk for kind, chunk in riff_chunks(content) if kind == b"EXIF")
    return iter(())


class Property(NamedTuple):
    """One property of a picture in HEIC or AVIF: the kind of its box, and what is in it."""

    kind: bytes
    content: bytes


class _Box(NamedTuple):
    kind: bytes
    start: int
    """Of what is in it, behind its length and kind."""
    end: int


def _boxes(content: bytes, start: int, end: int) -> Iterator[_Box]:
    """The boxes of ISO-BMFF (ISO/IEC 14496-12, 4.2) between two offsets."""
    while start + 8 <= end:
        length, kind = struct.unpack_from(">I4s", content, start)
        head = 8
        if length == 1 and start + 16 <= end:
            (length,) = struct.unpack_from(">Q", content, start + 8)
            head = 16
        stop = end if length == 0 else start + length
        if (length and length < head) or stop > end:
            return
        yield _Box(kind, start + head, stop)
        start = stop


def _within(content: bytes, box: _Box | None, kind: bytes, skip: int = 0) -> _Box | None:
    """The first box of a kind in another; `skip` bytes stand before its boxes."""
    if box is None:
        return None
    return next((b for b in _boxes(content, box.start + skip, box.end) if b.kind == kind), None)


def primary_properties(content: bytes) -> list[Property]:
    """The properties of the picture that a HEIC or AVIF file is about (ISO/IEC 23008-12, 9.3).

    Thumbnails, tiles, depth and gain maps have properties of their own, which do not count. The
    description may stand anywhere in the file, also behind the picture. Empty where there is none.
    """
    try:
        return _primary_properties(content)
    except struct.error:
        return []


def _primary_properties(content: bytes) -> list[Property]:
    whole = _Box(b"", 0, len(content))
    if content[4:8] != b"ftyp" or not (meta := _within(content, whole, b"meta")):
        return []
    # `meta`, `pitm` and `ipma` begin with a version and flags.
    primary = _within(content, meta, b"pitm", 4)
    described = _within(content, meta, b"iprp", 4)
    values = _within(content, described, b"ipco")
    owners = _within(content, described, b"ipma")
    if not (primary and values and owners):
        return []
    is_long = content[primary.start] > 0
    (item,) = struct.unpack_from(">I" if is_long else ">H", content, primary.start + 4)
    properties = list(_boxes(content, values.start, values.end))
    numbers = _associated(content, owners, item)
    chosen = [properties[number - 1] for number in numbers if 0 < number <= len(properties)]
    return [Property(box.kind, content[box.start : box.end]) for box in chosen]


def _associated(content: bytes, owners: _Box, item: int) -> list[int]:
    """Which properties an item has, counted from 1, in their order."""
    version, flags = content[owners.start], content[owners.start + 3]
    (count,) = struct.unpack_from(">I", content, owners.start + 4)
    at = owners.start + 8
    name, width = (">I", 4) if version else (">H", 2)
    number, mask, step = (">H", 0x7FFF, 2) if flags & 1 else (">B", 0x7F, 1)
    for _ in range(count):
        if at >= owners.end:
            return []
        (owner,) = struct.unpack_from(name, content, at)
        size = content[at + width]
        at += width + 1
        if owner == item:
            read = (struct.unpack_from(number, content, at + i * step)[0] for i in range(size))
            return [one & mask for one in read]
        at += size * step
    return []
