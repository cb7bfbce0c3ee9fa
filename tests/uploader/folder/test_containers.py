"""What a file's container says is read by its structure, wherever in the file it stands."""

import io
import struct

import pillow_heif
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.uploader.boxes import boxes, meta_last
from uploader.folder.containers import (
    exif_of,
    jpeg_segments,
    png_chunks,
    primary_properties,
    riff_chunks,
)


def saved(kind, size=(120, 80), color="red", **save):
    pillow_heif.register_heif_opener()
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, kind, **save)
    return out.getvalue()


def turned(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes()


HEIC = saved("HEIF", exif=turned(6))


def kinds(content):
    return {each.kind for each in primary_properties(content)}


def test_the_properties_of_a_heic_are_those_of_its_picture():
    found = dict(primary_properties(HEIC))

    assert found.keys() >= {b"hvcC", b"ispe", b"irot"}
    assert struct.unpack_from(">II", found[b"ispe"], 4)[1] >= 80


def test_a_heic_whose_description_comes_last_is_read_as_well():
    content = meta_last(HEIC)

    assert content.index(b"meta") > content.index(b"mdat")
    assert primary_properties(content) == primary_properties(HEIC)


def test_a_box_that_says_its_length_in_eight_bytes_is_passed():
    """As Samsung writes `mdat`: 1, its kind, then the length."""
    large = struct.pack(">I4sQ", 1, b"free", 16 + 1_200_000) + bytes(1_200_000)
    (_, _, end) = next(boxes(HEIC))

    assert kinds(HEIC[:end] + large + HEIC[end:]) == kinds(HEIC)


def test_what_a_picture_shows_is_no_property():
    """Bytes that look like a box, in front of the real ones."""
    decoy = b"\0\0\0\x09imir\1" + b"\0\0\0\x13colrnclx\0\x09\0\x10\0\x09\x80"
    (_, _, end) = next(boxes(HEIC))
    free = struct.pack(">I4s", 8 + len(decoy), b"free") + decoy

    assert kinds(HEIC[:end] + free + HEIC[end:]) == kinds(HEIC)


def test_the_properties_of_another_item_do_not_count():
    """Two pictures in one file, of which the second is the file's."""
    file = pillow_heif.from_pillow(Image.new("RGB", (64, 48), "blue"))
    file.add_from_pillow(Image.new("RGB", (120, 80), "red"))
    out = io.BytesIO()
    file.save(out, primary_index=1)

    size = dict(primary_properties(out.getvalue()))[b"ispe"]
    assert pillow_heif.open_heif(out.getvalue()).size == (120, 80)
    assert struct.unpack_from(">II", size, 4) == (120, 80)


def test_avif_is_the_same_container():
    (colour,) = (one for kind, one in primary_properties(saved("AVIF")) if kind == b"colr")

    assert colour[:4] == b"nclx"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_exif_block_is_found(kind):
    assert exif_of(saved(kind, exif=turned(6))).removeprefix(b"Exif\0\0")[:2] in (b"MM", b"II")
    assert exif_of(saved(kind)) == b""


@given(st.integers(0, 400), st.binary(max_size=60), st.sampled_from(["HEIF", "AVIF", "JPEG"]))
def test_a_malformed_file_is_read_as_far_as_it_goes(at, noise, kind):
    content = {"HEIF": HEIC, "AVIF": AVIF, "JPEG": JPEG}[kind]
    broken = content[:at] + noise + content[at + len(noise) :]

    assert isinstance(primary_properties(broken), list)
    assert isinstance(exif_of(broken), bytes)
    for read in (jpeg_segments, png_chunks, riff_chunks):
        try:
            assert sum(1 for _ in read(broken)) <= len(broken)
        except struct.error:
            continue


AVIF, JPEG = saved("AVIF"), saved("JPEG", exif=turned(6))
