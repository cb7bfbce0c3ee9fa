"""What leaves the machine: nothing of the file but the picture, and the credit."""

import json
import shutil
import subprocess

import pillow_heif
import pytest
from PIL import Image

from uploader.render.credit import exif_of_credit, with_exif
from uploader.render.renditions import render

pytestmark = pytest.mark.skipif(
    not shutil.which("exiftool"), reason="exiftool (libimage-exiftool-perl) is not installed"
)

SECRETS = (
    "-EXIF:GPSLatitude=47.5",
    "-EXIF:GPSLatitudeRef=N",
    "-EXIF:ImageDescription=secret",
    "-EXIF:Make=secret",
    "-EXIF:Artist=secret",
    "-EXIF:SerialNumber=secret",
    "-XMP-dc:Description=secret",
    "-XMP-exif:GPSLatitude=47.5",
    "-XMP-dc:Creator=secret",
    "-IPTC:Caption-Abstract=secret",
    "-Comment=secret",
)
# What exiftool works out by itself, and what every WebP file has.
_ALWAYS = ("SourceFile", "ExifTool:", "System:", "File:", "Composite:", "RIFF:", "JFIF:")


@pytest.fixture(params=["jpg", "png", "webp", "gif", "tiff", "avif", "heic"], scope="module")
def telling(request, tmp_path_factory):
    """A photo in each format, with as many secrets as it takes."""
    pillow_heif.register_heif_opener()
    path = tmp_path_factory.mktemp("telling") / f"a.{request.param}"
    Image.effect_noise((900, 60), 60).convert("RGB").save(path)
    command = ["exiftool", "-q", "-m", "-overwrite_original", *SECRETS, path]
    subprocess.run(command, check=False, capture_output=True, timeout=60)
    assert b"secret" in path.read_bytes()
    return path.read_bytes()


def seen(folder, files):
    """All that exiftool finds in files, by group and name."""
    paths = [folder / f"{number}.{content[:3].hex()}" for number, content in enumerate(files)]
    for path, content in zip(paths, files, strict=True):
        path.write_bytes(content)
    command = ["exiftool", "-a", "-u", "-U", "-G0:1", "-json", "-ee", *paths]
    told = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
    return [
        {name: value for name, value in one.items() if not name.startswith(_ALWAYS)}
        for one in json.loads(told)
    ]


def test_exiftool_finds_nothing_in_any_rendition_of_any_format(telling, tmp_path):
    made = render(telling)
    files = [*made.files, made.jpeg]

    assert len(files) == 4
    assert seen(tmp_path, files) == [{}] * 4
    assert b"secret" not in b"".join(files)


def test_exiftool_finds_the_credit_and_nothing_else_where_there_is_one(telling, tmp_path):
    made = render(telling)
    exif = exif_of_credit("Zoë", "CC-BY-4.0")
    files = [with_exif(content, exif) for content in (*made.files, made.jpeg)]

    for found in seen(tmp_path, files):
        assert {name.split(":")[-1]: value for name, value in found.items()} == {
            "Artist": "Zoë",
            "Copyright": "Zoë, CC-BY-4.0",
        }
