"""The credit in a rendition: Exif Artist and Copyright, put in or taken out of a finished file.

Of WebP and JPEG files as `renditions.py` writes them; the picture is not encoded again.
"""

from __future__ import annotations

import hashlib
import struct
from functools import lru_cache

from PIL import Image

__all__ = ["credit_digest", "exif_of_credit", "with_exif"]

_ARTIST, _COPYRIGHT = 0x013B, 0x8298
_HAS_EXIF = 0x08
_APP0, _APP1 = b"\xff\xe0", b"\xff\xe1"


@lru_cache(maxsize=1000)  # a gallery has few credits and many photos
def exif_of_credit(credit: str, license_: str) -> bytes:
    """An Exif block with Artist and Copyright, or nothing where there is no credit."""
    if not credit:
        return b""
    exif = Image.Exif()
    exif[_ARTIST] = credit.encode()
    exif[_COPYRIGHT] = (f"{credit}, {license_}" if license_ else credit).encode()
    return exif.tobytes().removeprefix(b"Exif\0\0")


def credit_digest(credit: str, license_: str) -> str:
    """Twelve hex digits by which the bucket's listing tells whose credit a file carries."""
    exif = exif_of_credit(credit, license_)
    return hashlib.sha256(exif).hexdigest()[:12] if exif else ""


def with_exif(content: bytes, exif: bytes) -> bytes:
    """The same picture with this Exif block and no other; an empty one takes it out."""
    return _webp(content, exif) if content[:4] == b"RIFF" else _jpeg(content, exif)


def _webp(content: bytes, exif: bytes) -> bytes:
    at, picture = 12, b""
    while at + 8 <= len(content):
        kind, length = struct.unpack_from("<4sI", content, at)
        end = at + 8 + length + length % 2
        if kind not in (b"VP8X", b"EXIF"):
            picture += content[at:end]
        at = end
    if exif:
        # The frame header of VP8 (RFC 6386, 9.1) has width and height behind its start code.
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", picture, 8 + 6))
        canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        extended = struct.pack("<4sIB3x", b"VP8X", 10, _HAS_EXIF) + canvas
        chunk = struct.pack("<4sI", b"EXIF", len(exif)) + exif + b"\0" * (len(exif) % 2)
        picture = extended + picture + chunk
    return struct.pack("<4sI4s", b"RIFF", 4 + len(picture), b"WEBP") + picture


def _jpeg(content: bytes, exif: bytes) -> bytes:
    at, head = 2, content[:2]
    while content[at : at + 2] in (_APP0, _APP1):
        (length,) = struct.unpack_from(">H", content, at + 2)
        if content[at : at + 2] == _APP0:
            head += content[at : at + 2 + length]
        at += 2 + length
    if exif:
        block = b"Exif\0\0" + exif
        head += _APP1 + struct.pack(">H", 2 + len(block)) + block
    return head + content[at:]
