"""Which files share an id, and which must not: a golden table."""

import io
import json
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from uploader.folder.identity import identify, orientation_of

SAMPLES = Path(__file__).parents[3] / "photos"
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def made(kind, color="red", **save):
    out = io.BytesIO()
    image = Image.new("RGB", (64, 48), color)
    image.paste("blue", (0, 0, 20, 20))
    image.save(out, kind, **save)
    return out.getvalue()


def exif(orientation=None, words=None):
    block = Image.Exif()
    if orientation:
        block[0x0112] = orientation
    if words:
        block[0x010E] = words
    return block.tobytes()


def segment(marker, payload):
    return bytes((0xFF, marker)) + struct.pack(">H", len(payload) + 2) + payload


def with_segment(jpeg, marker, payload):
    return jpeg[:2] + segment(marker, payload) + jpeg[2:]


def chunk(kind, payload):
    return (
        struct.pack(">I", len(payload))
        + kind
        + payload
        + struct.pack(">I", zlib.crc32(kind + payload))
    )


def with_chunk(png, kind, payload, *, late=False):
    at = png.index(b"IEND") - 4 if late else 33
    return png[:at] + chunk(kind, payload) + png[at:]


def in_chunks(png, size):
    """The same PNG with its image data in smaller chunks."""
    at = png.index(b"IDAT") - 4
    (length,) = struct.unpack(">I", png[at : at + 4])
    data, rest = png[at + 8 : at + 8 + length], png[at + 12 + length :]
    parts = [chunk(b"IDAT", data[i : i + size]) for i in range(0, length, size)]
    return png[:at] + b"".join(parts) + rest


JPEG, PNG = made("JPEG", quality=90), made("PNG")
WEBP = made("WEBP", lossless=True)

SHARE = {
    "JPEG, comment": (JPEG, with_segment(JPEG, 0xFE, b"On the pier")),
    "JPEG, XMP": (JPEG, with_segment(JPEG, 0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>")),
    "JPEG, IPTC": (JPEG, with_segment(JPEG, 0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\0")),
    "JPEG, words in Exif": (JPEG, made("JPEG", quality=90, exif=exif(words="Out"))),
    "JPEG, upright said and unsaid": (JPEG, made("JPEG", quality=90, exif=exif(1))),
    "JPEG, impossible orientation": (JPEG, made("JPEG", quality=90, exif=exif(9))),
    "JPEG, other words, same turn": (
        made("JPEG", quality=90, exif=exif(6)),
        made("JPEG", quality=90, exif=exif(6, "Out")),
    ),
    "JPEG, something behind the picture": (JPEG, JPEG + b"a motion video"),
    "JPEG, Exif without end": (JPEG, with_segment(JPEG, 0xE1, b"Exif\0\0II*\0\xff\xff\xff\xff")),
    "PNG, text": (PNG, with_chunk(PNG, b"tEXt", b"Title\0Out")),
    "PNG, text behind the picture": (PNG, with_chunk(PNG, b"tEXt", b"Title\0Out", late=True)),
    "PNG, time": (PNG, with_chunk(PNG, b"tIME", b"\x07\xe1\x08\x0e\x12\x03\x00")),
    "PNG, cut into other chunks": (PNG, in_chunks(PNG, 10)),
    "WebP, words in Exif": (WEBP, made("WEBP", lossless=True, exif=exif(words="Out"))),
    "WebP, XMP": (WEBP, made("WEBP", lossless=True, xmp=b"<x/>")),
}

DIFFER = {
    "another picture": (JPEG, made("JPEG", "green", quality=90)),
    "another quality": (JPEG, made("JPEG", quality=80)),
    "another format": (PNG, WEBP),
    "JPEG, turned": (JPEG, made("JPEG", quality=90, exif=exif(6))),
    "JPEG, turned the other way": (
        made("JPEG", quality=90, exif=exif(6)),
        made("JPEG", quality=90, exif=exif(8)),
    ),
    "JPEG, colour profile": (JPEG, made("JPEG", quality=90, icc_profile=SRGB)),
    "JPEG, colour transform": (JPEG, with_segment(JPEG, 0xEE, b"Adobe\0\x64\0\0\0\0\x00")),
    "PNG, turned": (PNG, made("PNG", exif=exif(6))),
    "PNG, turned behind the picture": (PNG, with_chunk(PNG, b"eXIf", exif(6)[6:], late=True)),
    "PNG, colour profile": (PNG, made("PNG", icc_profile=SRGB)),
    "PNG, gamma": (PNG, with_chunk(PNG, b"gAMA", b"\0\0\xb1\x8f")),
    "WebP, turned": (WEBP, made("WEBP", lossless=True, exif=exif(6))),
    "WebP, colour profile": (WEBP, made("WEBP", lossless=True, icc_profile=SRGB)),
    "GIF, comment": (made("GIF"), made("GIF", comment=b"Out")),
    "TIFF, words": (made("TIFF"), made("TIFF", tiffinfo={270: "Out"})),
    "JPEG, cut off": (JPEG, JPEG[:-200]),
    "no image": (b"one", b"other"),
}


@pytest.mark.parametrize("files", SHARE.values(), ids=SHARE)
def test_words_do_not_change_the_id(files):
    one, other = files

    assert one != other
    assert identify(one) == identify(other)


@pytest.mark.parametrize("files", DIFFER.values(), ids=DIFFER)
def test_whatever_changes_the_look_changes_the_id(files):
    one, other = files

    assert identify(one) != identify(other)


def test_the_rule_has_not_changed_unnoticed():
    """Another id is another address: links break, and counts begin anew."""
    golden = json.loads((Path(__file__).parent / "identities.json").read_text())

    assert {path: identify((SAMPLES / path).read_bytes()) for path in golden} == golden


@given(
    st.binary(max_size=200), st.sampled_from([b"", JPEG[:30], PNG[:60], WEBP[:30], b"\xff\xd8\xff"])
)
def test_every_file_has_an_id(rest, start):
    assert len(identify(start + rest)) == 16
    assert 1 <= orientation_of(b"Exif\0\0" + rest) <= 8
