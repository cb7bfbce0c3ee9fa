"""Metadata that other programs wrote into the file, in the formats that people use."""

import shutil
import subprocess

import pillow_heif
import pytest
from PIL import Image

from uploader.render.renditions import inspect

needs_exiftool = pytest.mark.skipif(
    not shutil.which("exiftool"), reason="exiftool (libimage-exiftool-perl) is not installed"
)
ALL = ("jpg", "png", "webp", "tiff", "avif", "heic")


@pytest.fixture
def written(tmp_path):
    """A photo into which exiftool wrote: `written("jpg", "-XMP-dc:Title=Out")`."""
    pillow_heif.register_heif_opener()

    def write(suffix, *tags):
        path = tmp_path / f"a.{suffix}"
        Image.effect_noise((90, 60), 60).convert("RGB").save(path)
        before = inspect(path.read_bytes()).id
        command = ["exiftool", "-q", "-overwrite_original", *tags, path]
        subprocess.run(command, check=True, timeout=60)
        return before, inspect(path.read_bytes())

    return write


XMP = (
    "-XMP-dc:Description=Zoë on the pier",
    "-XMP-dc:Title=Title",
    "-XMP-iptcCore:AltTextAccessibility=A child on a pier",
    "-XMP-dc:Creator=Ann",
    "-XMP-dc:Creator=Bob",
    "-XMP-dc:Rights=CC-BY-4.0",
    "-XMP-photoshop:DateCreated=2017:08:14 18:03:00",
)
EXIF = (
    "-EXIF:ImageDescription=Exif says",
    "-EXIF:Artist=Ärtist",
    "-EXIF:Copyright=All rights reserved",
    "-EXIF:DateTimeOriginal=2018:01:02 03:04:05",
)
IPTC = (
    *("-charset", "iptc=Latin1"),
    "-IPTC:Caption-Abstract=Zoë, says IPTC",
    "-IPTC:By-line=Ann",
    "-IPTC:CopyrightNotice=CC0-1.0",
    "-IPTC:DateCreated=2019:05:06",
    "-IPTC:TimeCreated=10:11:12+02:00",
)


@needs_exiftool
@pytest.mark.parametrize("suffix", ALL)
def test_xmp_is_read_from_every_format(written, suffix):
    assert written(suffix, *XMP)[1].metadata == {
        "caption": "Zoë on the pier",
        "alt": "A child on a pier",
        "date": "2017-08-14T18:03",
        "credit": "Ann, Bob",
        "license": "CC-BY-4.0",
    }


@needs_exiftool
@pytest.mark.parametrize("suffix", ALL)
def test_exif_is_read_from_every_format(written, suffix):
    assert written(suffix, *EXIF)[1].metadata == {
        "caption": "Exif says",
        "date": "2018-01-02T03:04",
        "credit": "Ärtist",
        "license": "All rights reserved",
    }


@needs_exiftool
@pytest.mark.parametrize("suffix", ["jpg", "tiff"])
def test_iptc_is_read_where_it_can_be(written, suffix):
    assert written(suffix, *IPTC)[1].metadata == {
        "caption": "Zoë, says IPTC",
        "date": "2019-05-06T10:11",
        "credit": "Ann",
        "license": "CC0-1.0",
    }


@needs_exiftool
def test_xmp_comes_before_iptc_and_iptc_before_exif(written):
    metadata = written("jpg", "-XMP-dc:Title=Out", *IPTC, *EXIF)[1].metadata

    assert metadata == {
        "caption": "Out",
        "date": "2019-05-06T10:11",
        "credit": "Ann",
        "license": "CC0-1.0",
    }


@needs_exiftool
@pytest.mark.parametrize("suffix", ["jpg", "png", "webp"])
def test_words_written_by_another_program_keep_the_id(written, suffix):
    before, after = written(suffix, *XMP, *EXIF)

    assert after.id == before


@needs_exiftool
@pytest.mark.parametrize(
    "talk", ["OLYMPUS DIGITAL CAMERA", "SONY DSC", "DCIM\\100GOPRO\\G001.JPG", "untitled", "  "]
)
def test_what_cameras_write_into_every_photo_is_no_caption(written, talk):
    assert written("jpg", f"-EXIF:ImageDescription={talk}")[1].metadata.get("caption") is None


def test_a_clock_that_was_never_set_is_no_date(tmp_path):
    path = tmp_path / "a.jpg"
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "0000:00:00 00:00:00"
    Image.new("RGB", (60, 40)).save(path, exif=exif)

    assert inspect(path.read_bytes()).metadata == {}


@pytest.mark.parametrize(
    "packet",
    [
        b"<not xml",
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><x>&a;</x>',
        b"\xff\xfe\x00",
        b"<x>" * 100_000,
    ],
)
def test_xmp_that_is_none_or_hostile_is_left_out(tmp_path, packet):
    path = tmp_path / "a.webp"
    Image.new("RGB", (60, 40)).save(path, xmp=packet)

    assert inspect(path.read_bytes()).metadata == {}
