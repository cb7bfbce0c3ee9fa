"""Which picture a file holds: the first 16 hex digits of SHA-256 over what decides how it looks.

For JPEG, PNG and WebP that is the compressed image data, the orientation and the colour profile,
but no captions: one that another program writes into the file keeps the photo's address. For all
other formats it is the whole file. The rule has a version, for changing it changes every address.
"""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING

from uploader.folder.containers import (
    PNG,
    SOS,
    is_jpeg,
    is_webp,
    jpeg_segments,
    png_chunks,
    riff_chunks,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["RULE", "identify", "orientation_of"]

RULE = 1

_Parts = tuple[bytes, bytes, list[bytes]]  # Exif block, colour profile, image data
_ORIENTATION = 0x0112
# JPEG: all frame headers but the reserved one, tables, lines, restarts, hierarchy, and Adobe's.
_PICTURE_MARKERS = frozenset((*range(0xC0, 0xD0), 0xDB, 0xDC, 0xDD, 0xDE, 0xEE)) - {0xC8}

# PNG, third edition, and its animation: what decides how the first frame looks.
_PNG_PICTURE = frozenset((b"IHDR", b"PLTE", b"IDAT", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"cICP"))
# WebP container: VP8X only repeats the canvas, and says whether there is metadata.
_WEBP_PICTURE = frozenset((b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"))


def identify(content: bytes) -> str:
    """Hash what decides how a file's picture looks: 16 hex digits.

    A file that is malformed goes by all of its bytes.
    """
    name, parts = _parsed(content) or (b"file", (b"", b"", [content]))
    return _digest(name, *parts)


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
    for marker, payload in jpeg_segments(content):
        if marker == 0xE1 and payload.startswith(b"Exif\0\0"):
            exif = exif or payload
        elif marker == 0xE2 and payload.startswith(b"ICC_PROFILE\0"):
            profile.append(payload)
        elif marker in _PICTURE_MARKERS or marker == SOS:
            data.append(bytes((marker,)) + payload)
    if not data:
        raise ValueError
    return exif, b"".join(chunk[14:] for chunk in sorted(profile)), data


def _png(content: bytes) -> _Parts:
    exif, profile, data, pixels = b"", b"", [], []
    for kind, payload in png_chunks(content):
        if kind == b"eXIf":
            exif = exif or payload
        elif kind == b"iCCP":
            profile = payload
        elif kind == b"IDAT":
            pixels.append(payload)
        elif kind in _PNG_PICTURE:
            data.append(kind + payload)
    return exif, profile, [*sorted(data), b"".join(pixels)]


def _webp(content: bytes) -> _Parts:
    exif, profile, data = b"", b"", []
    for kind, payload in riff_chunks(content):
        if kind == b"EXIF":
            exif = exif or payload
        elif kind == b"ICCP":
            profile = payload
        elif kind in _WEBP_PICTURE:
            data.append(kind + payload)
    if not data:
        raise ValueError
    return exif, profile, data


_Rule = tuple[bytes, "Callable[[bytes], bool]", "Callable[[bytes], _Parts]"]
_RULES: tuple[_Rule, ...] = (
    (b"jpeg", is_jpeg, _jpeg),
    (b"png", lambda content: content.startswith(PNG), _png),
    (b"webp", is_webp, _webp),
)
