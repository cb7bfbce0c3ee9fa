"""The credit in a rendition: Exif Artist and Copyright, put in or taken out of a finished file.

Of WebP and JPEG files as `renditions.py` writes them; the picture is not encoded again.
"""

from __future__ import annotations

import hashlib
import struct
from functools import lru_cache

from PIL import Image

from uploader.folder.containers import jpeg_segments, riff_chunks

__all__ = ["credit_digest", "exif_of_credit", "with_exif"]

_ARTIST, _COPYRIGHT = 0x013B, 0x8298
_HAS_EXIF = 0x08
_APP0, _APP1 = 0xE0, 0xE1


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
    chunks = riff_chunks(content)
    picture = b"".join(_chunk(*one) for one in chunks if one[0] not in (b"VP8X", b"EXIF"))
    if exif:
        # The frame header of VP8 (RFC 6386, 9.1) has width and height behind its start code.
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", picture, 8 + 6))
        canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        extended = _chunk(b"VP8X", struct.pack("<B3x", _HAS_EXIF) + canvas)
        picture = extended + picture + _chunk(b"EXIF", exif)
    return struct.pack("<4sI4s", b"RIFF", 4 + len(picture), b"WEBP") + picture


def _chunk(kind: bytes, payload: bytes) -> bytes:
    return struct.pack("<4sI", kind, len(payload)) + payload + b"\0" * (len(payload) % 2)


def _jpeg(content: bytes, exif: bytes) -> bytes:
    at, head = 2, content[:2]
    for marker, payload in jpeg_segments(content):
        if marker not in (_APP0, _APP1):
            break
        if marker == _APP0:
            head += _segment(marker, payload)
        at += 4 + len(payload)
    if exif:
        head += _segment(_APP1, b"Exif\0\0" + exif)
    return head + content[at:]


def _segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, 2 + len(payload)) + payload
