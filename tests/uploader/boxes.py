"""Takes HEIC files apart, and puts them together as phones of other makers do."""

import struct


def boxes(content, start=0, end=None):
    """Kinds and places of boxes, as ISO/IEC 14496-12 has them: `(kind, start, end)`."""
    end = len(content) if end is None else end
    while start < end:
        length, kind = struct.unpack_from(">I4s", content, start)
        yield kind, start, start + length
        start += length


def meta_last(content):
    """The same file with `mdat` before `meta`, as Samsung's phones write it.

    All places of pictures move to the front by the length of `meta`.
    """
    top = {kind: content[start:end] for kind, start, end in boxes(content)}
    meta = bytearray(top[b"meta"])
    (start,) = (start for kind, start, _ in boxes(meta, 12) if kind == b"iloc")
    offset, length = meta[start + 12] >> 4, meta[start + 12] & 15
    base, index = meta[start + 13] >> 4, meta[start + 13] & 15
    has_method = meta[start + 8] > 0
    (items,) = struct.unpack_from(">H", meta, start + 14)
    at = start + 16
    for _ in range(items):
        in_file = not (has_method and meta[at + 3] & 15)
        at += 6 if has_method else 4
        has_base = _move(meta, at, base, in_file, len(meta))
        at += base
        (extents,) = struct.unpack_from(">H", meta, at)
        at += 2
        for _ in range(extents):
            at += index if has_method else 0
            _move(meta, at, offset, in_file and not has_base, len(meta))
            at += offset + length
    return top[b"ftyp"] + top[b"mdat"] + bytes(meta)


def _move(meta, at, size, moves, shift):
    """Make a place smaller; tell whether there was one."""
    place = int.from_bytes(meta[at : at + size], "big")
    if place and moves:
        meta[at : at + size] = (place - shift).to_bytes(size, "big")
    return bool(place)
