"""Which picture a file holds: the first 16 hex digits of SHA-256 over what decides how it looks.

For JPEG, PNG and WebP that is the compressed image data, the orientation and the colour profile,
but no captions: one that another program writes into the file keeps the photo's address. For all
other formats it is the whole file. The rule has a version, for changing it changes every address.
"""

from __future__ import annotations

import hashlib
import re
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["RULE", "exif_of", "identify", "orientation_of", "png_chunks"]

RULE = 1

_Parts = tuple[bytes, bytes, list[bytes]]  # Exif block, colour profile, image data
_ORIENTATION = 0x0112

# JPEG, ITU-T T.81 annex B: a marker within the scan is 0xFF and neither stuffing nor a restart.
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_SOS, _EOI = 0xDA, 0xD9
_PICTURE_MARKERS = frozenset((*range(0xC0, 0xD0), 0xDB, 0xDC, 0xDD, 0xDE, 0xEE)) - {0xC8}

# PNG, third edition, and its animation: what decides how the first frame looks.
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_PICTURE = frozenset((b"IHDR", b"PLTE", b"IDAT", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"cICP"))
# WebP container: VP8X only repeats the canvas, and says whether there is metadata.
_WEBP_PICTURE = frozenset((b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"))


def identify(content: bytes) -> str:
    """Hash what decides how a file's picture looks: 16 hex digits.

    A file that is malformed goes by all of its bytes.
    """
    name, parts = _parsed(content) or (b"file", (b"", b"", [content]))
    return _digest(name, *parts)


def exif_of(content: bytes) -> bytes:
    """The Exif block of a JPEG, PNG or WebP file, wherever in the file it stands; empty if none."""
    found = _parsed(content)
    return found[1][0] if found else b""


def _parsed(content: bytes) -> tuple[bytes, _Parts] | None:
    for name, fits, parts_of in _RULES:
        if fits(content):
            try:
                return name, parts_of(content)
            except (ValueError, IndexError, struct.error):
                return None
    return None


def _digest(kind: bytes, exif: bytes, profile: bytes, data: list[bytes]) -> str:
    digest = hashlib.sha256(b"picture %d %s %d\0" % (RULE, kind, orientation_of(exif)))
    for part in (profile, *data):
        digest.update(struct.pack(">Q", len(part)))
        digest.update(part)
    return digest.hexdigest()[:16]


def orientation_of(exif: bytes) -> int:
    """The orientation 1–8 that an Exif block states in its first directory.

    1 where it states none.
    """
    tiff = exif.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        return _orientation_in(tiff, order)
    except struct.error:
        return 1


def _orientation_in(tiff: bytes, order: str) -> int:
    (start,) = struct.unpack_from(order + "I", tiff, 4)
    (entries,) = struct.unpack_from(order + "H", tiff, start)
    for at in range(start + 2, start + 2 + 12 * entries, 12):
        tag, _kind, _count, value = struct.unpack_from(order + "HHIH", tiff, at)
        if tag == _ORIENTATION:
            return value if 1 <= value <= 8 else 1
    return 1


def _jpeg(content: bytes) -> _Parts:
    exif, profile, data = b"", [], []
    for marker, payload in _jpeg_segments(content):
        if marker == 0xE1 and payload.startswith(b"Exif\0\0"):
            exif = exif or payload
        elif marker == 0xE2 and payload.startswith(b"ICC_PROFILE\0"):
            profile.append(payload)
        elif marker in _PICTURE_MARKERS or marker == _SOS:
            data.append(bytes((marker,)) + payload)
    if not data:
        raise ValueError
    return exif, b"".join(chunk[14:] for chunk in sorted(profile)), data


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Markers and what belongs to them; a scan brings its compressed data."""
    at = 2
    while at < len(content):
        found = _NEXT_MARKER.search(content, at)
        if found is None or content[found.start() + 1] == _EOI:
            return
        marker, at = content[found.start() + 1], found.end()
        if marker in (0x01, 0xD8):
            continue
        (length,) = struct.unpack_from(">H", content, at)
        end = at + length
        if marker == _SOS:
            following = _NEXT_MARKER.search(content, end)
            end = following.start() if following else len(content)
        yield marker, content[at + 2 : end]
        at = end


def _png(content: bytes) -> _Parts:
    exif, profile, data, pixels = b"", b"", [], []
    for kind, payload in png_chunks(content):
        if kind == b"eXIf":
            exif = payload
        elif kind == b"iCCP":
            profile = payload
        elif kind == b"IDAT":
            pixels.append(payload)
        elif kind in _PNG_PICTURE:
            data.append(kind + payload)
    return exif, profile, [*sorted(data), b"".join(pixels)]


def png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a PNG file, by kind and content; struct.error where it is cut off."""
    at, kind = len(_PNG), b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", content, at)
        yield kind, content[at + 8 : at + 8 + length]
        at += 12 + length


def _webp(content: bytes) -> _Parts:
    exif, profile, data = b"", b"", []
    at = 12
    while at + 8 <= len(content):
        kind, length = struct.unpack_from("<4sI", content, at)
        payload = content[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
        if kind == b"EXIF":
            exif = payload
        elif kind == b"ICCP":
            profile = payload
        elif kind in _WEBP_PICTURE:
            data.append(kind + payload)
    if not data:
        raise ValueError
    return exif, profile, data


_Rule = tuple[bytes, "Callable[[bytes], bool]", "Callable[[bytes], _Parts]"]
_RULES: tuple[_Rule, ...] = (
    (b"jpeg", lambda content: content.startswith(b"\xff\xd8\xff"), _jpeg),
    (b"png", lambda content: content.startswith(_PNG), _png),
    (b"webp", lambda content: content[:4] == b"RIFF" and content[8:12] == b"WEBP", _webp),
)
