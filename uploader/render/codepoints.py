"""What AVIF and HEIF containers say of a picture that Pillow and libheif do not pass on."""

from __future__ import annotations

import struct

__all__ = ["heif_code_points", "is_turned_by_decoder"]

_UNSPECIFIED = 2
_HEAD = 1_000_000  # bytes; the boxes that describe the pictures stand in front of them


def heif_code_points(content: bytes) -> tuple[int, int]:
    """Colour primaries and transfer characteristics (ITU-T H.273); 2 where unspecified."""
    at = content.find(b"colrnclx", 0, _HEAD)
    if at < 0 or len(content) < at + 12:
        return _UNSPECIFIED, _UNSPECIFIED
    primaries, transfer = struct.unpack_from(">HH", content, at + 8)
    return primaries, transfer


def is_turned_by_decoder(content: bytes) -> bool:
    """True where the container has a rotation or a mirroring, which decoders apply."""
    # A box of nine bytes: its length, its name, its value (ISO/IEC 23008-12, 6.5.10 and 6.5.12).
    return any(content.find(b"\0\0\0\x09" + box, 0, _HEAD) >= 0 for box in (b"irot", b"imir"))
