"""Metadata that other programs wrote into the file, in the formats that people use."""

import shutil
import subprocess

import pillow_heif
import pytest
from PIL import Image

from uploader.folder.boilerplate import without_boilerplate
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


@pytest.mark.parametrize(
    "text",
    [
        *("OLYMPUS DIGITAL CAMERA", "SANYO DIGITAL CAMERA", "KODAK Digital Still Camera"),
        *("KONICA MINOLTA DIGITAL CAMERA", "Digital Camera", "SONY DSC", "Minolta DSC", "SAMSUNG"),
        *("DCF 1.0", "DCIM\\100GOPRO\\G001.JPG", "<Digimax i5, Samsung #1>", "hdrpl", "oznorWO"),
        *("mde_soft", "rhdr", "cof", "Exif_JPEG_PICTURE", "Exif_JPEG_T422", "untitled", "  "),
        *("IMG_1234.JPG", "DSC_0001", "PXL_20230102_03.jpg", "P1010123", "Created with GIMP"),
        *("charset=Ascii", "binary comment", "iClarified", "Created by Imlib", "Scanner", "..."),
        *("LEAD Technologies Inc. V1.01", "CREATOR: gd-jpeg v1.0 (using IJG JPEG v80)"),
        *("(C) by RDC-5300 User", "Copyright 2004", "©", "COPYRIGHT, 2001", "AppleMark"),
        *("DVC 10.1 HDMI", "filter: 0; fileterIntensity: 0.0; filterMask: 0;"),
    ],
)
def test_what_machines_write_into_every_file_is_no_caption(text):
    assert without_boilerplate(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        *("My first digital camera", "Camera obscura in Edinburgh", "Monday on the pier", "Zoë"),
        *("The scanner at the airport", "© 2004 Ann", "Copyright Ann", "Samsung's headquarters"),
        *("Untitled film still #21", "CC-BY-4.0", "P. 12 of the album", "Sony Center, Berlin"),
    ],
)
def test_what_people_write_is(text):
    assert without_boilerplate(text) == text


@needs_exiftool
@pytest.mark.parametrize("tag", ["EXIF:ImageDescription", "IPTC:Caption-Abstract", "XMP-dc:Title"])
def test_it_is_left_out_wherever_it_stands(written, tag):
    read = written("jpg", f"-{tag}=SANYO DIGITAL CAMERA", "-EXIF:Copyright=DCF 1.0")[1]

    assert read.metadata == {}


# By rank: of what is there the first counts.
CAPTIONS = (
    ("-XMP-dc:Description=1", "1"),
    ("-XMP-dc:Title=2", "2"),
    ("-IPTC:Caption-Abstract=4 of IPTC", "4 of IPTC"),
    ("-IPTC:ObjectName=5 of IPTC", "5 of IPTC"),
    ("-EXIF:ImageDescription=6 of Exif", "6 of Exif"),
    ("-EXIF:UserComment=7 “commented”", "7 “commented”"),
    ("-EXIF:XPComment=8 “Windows”", "8 “Windows”"),
    ("-EXIF:XPTitle=9 of Windows", "9 of Windows"),
    ("-File:Comment=10 of the JPEG", "10 of the JPEG"),
)


@needs_exiftool
def test_captions_are_read_from_all_places_by_rank(written):
    for at, (_, caption) in enumerate(CAPTIONS):
        tags = [tag for tag, _ in CAPTIONS[at:]]
        assert written("jpg", *tags)[1].metadata["caption"] == caption.replace("1 ", "1 ")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"ASCII\0\0\0On the pier\0", "On the pier"),
        (b"UNICODE\0" + "Zoë".encode("utf-16-le"), "Zoë"),
        (b"UNICODE\0" + "Zoë".encode("utf-16-be"), "Zoë"),
        (b"JIS\0\0\0\0\0" + "港".encode("iso2022_jp"), "港"),
        (b"\0" * 8 + "Zoë".encode(), "Zoë"),
        (b"no prefix at all", "no prefix at all"),
        (b"UNICODE\0", None),
    ],
)
def test_a_users_comment_is_read_in_every_encoding(tmp_path, value, text):
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = value
    Image.new("RGB", (60, 40)).save(tmp_path / "a.jpg", exif=exif)

    assert inspect((tmp_path / "a.jpg").read_bytes()).metadata.get("caption") == text


@needs_exiftool
def test_quotes_of_windows_survive_in_iptc(written):
    tags = ("-charset", "iptc=cp1252", "-IPTC:Caption-Abstract=“Größe” – 5 € it’s")

    assert written("jpg", *tags)[1].metadata == {"caption": "“Größe” – 5 € it’s"}


TAKEN = "-EXIF:DateTimeOriginal=2017:08:14 23:30:00"


@needs_exiftool
@pytest.mark.parametrize(
    ("tags", "date"),
    [
        ((TAKEN, "-XMP-xmp:CreateDate=2024:03:02 10:11:12"), "2017-08-14T23:30"),
        ((TAKEN, "-XMP-exif:DateTimeOriginal=2017:08:15 06:30:00Z"), "2017-08-14T23:30"),
        (("-XMP-exif:DateTimeOriginal=2017:08:15 06:30:00Z",), "2017-08-15T06:30"),
        (("-EXIF:CreateDate=2016:01:01 10:00:01", "-EXIF:ModifyDate=2020:01:01 10:00:01"),
         "2016-01-01T10:00"),
        (("-EXIF:DateTimeOriginal=1955:06:01 12:00:00",), "1955-06-01"),
        (("-EXIF:DateTimeOriginal=1955:06:01 00:00:00",), "1955-06-01"),
        (("-EXIF:DateTimeOriginal=1955:06:01 12:00:01",), "1955-06-01T12:00"),
        (("-n", "-EXIF:DateTimeOriginal=1955:06:00 00:00:00"), "1955-06"),
        (("-n", "-IPTC:DateCreated=19550600"), "1955-06"),
    ],
)  # fmt: skip
def test_the_day_is_when_it_was_taken_where_it_was_taken(written, tags, date):
    assert written("jpg", *tags)[1].metadata["date"] == date


@needs_exiftool
@pytest.mark.parametrize(
    ("tags", "details"),
    [
        (
            ("Make=FUJIFILM", "Model=X100V", "FocalLength=23", "FNumber=4", "ExposureTime=1/250",
             "ISO=200"),
            "FUJIFILM X100V · 23 mm · ƒ/4 · 1/250 s · ISO 200",
        ),
        (
            ("Make=NIKON CORPORATION", "Model=NIKON D750", "LensModel=50mm f/1.8", "FNumber=1.8",
             "ExposureTime=2.5"),
            "NIKON D750 · 50mm f/1.8 · ƒ/1.8 · 2.5 s",
        ),
        (("Make=Apple", "Model=iPhone 14", "LensModel=iPhone 14 back camera"), "Apple iPhone 14"),
        (("Model=DMC-GX8",), "DMC-GX8"),
        (("ISO=100",), "ISO 100"),
    ],
)  # fmt: skip
def test_details_of_camera_and_exposure_are_one_text(written, tags, details):
    read = written("jpg", *(f"-EXIF:{tag}" for tag in tags))[1]

    assert read.metadata["details"] == details


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
