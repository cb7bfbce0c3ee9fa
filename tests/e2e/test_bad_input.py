"""Whatever is wrong is one line that names it, and a second run mends what was left."""

import re
import shutil
import socket

import pytest

from tests.e2e.gallery import Gallery


@pytest.fixture(scope="module")
def gallery(tmp_path_factory):
    gallery = Gallery(tmp_path_factory.mktemp("checkout") / "gallery")
    for photo in list((gallery.folder / "photos").rglob("*.jpg"))[1:]:
        photo.unlink()
    (gallery.folder / "photos" / "captions.yaml").unlink()
    yield gallery
    gallery.make("destroy", check=False)


def failure(gallery, **variables):
    """Run `make up`, expect it to fail, return what it says of that."""
    finished = gallery.make("up", check=False, **variables)
    assert finished.returncode != 0
    assert "Traceback" not in finished.stdout + finished.stderr
    (line,) = [line for line in finished.stderr.splitlines() if line.startswith("error: ")]
    return line


def nothing_is_left(gallery):
    return not gallery.state_dir.exists()


def test_a_wrong_setting_is_refused_before_anything_is_made(gallery):
    stack = gallery.folder / "Pulumi.local.yaml"
    original = stack.read_text()
    stack.write_text(original.replace("config:", "config:\n  memory: lots", 1))

    line = failure(gallery)

    stack.write_text(original)
    assert "memory is 'lots'" in line
    assert nothing_is_left(gallery)


def test_an_unknown_setting_is_refused_with_those_that_there_are(gallery):
    stack = gallery.folder / "Pulumi.local.yaml"
    original = stack.read_text()
    stack.write_text(original.replace("config:", "config:\n  memmory: 1Gi", 1))

    line = failure(gallery)

    stack.write_text(original)
    assert re.search("memmory is no setting.*memory", line)
    assert nothing_is_left(gallery)


def test_a_port_in_use_is_named_with_another_to_use(gallery):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        taken.settimeout(10)
        port = taken.getsockname()[1]
        gallery.port, kept = port, gallery.port
        line = failure(gallery)
        gallery.port = kept

    assert str(port) in line
    assert "./gallery up --port" in line


def test_a_photo_folder_that_is_missing_or_empty_is_named(gallery):
    photos, away = gallery.folder / "photos", gallery.folder / "away"
    photos.rename(away)
    assert "photos: is not there" in failure(gallery)

    photos.mkdir()
    assert "photos holds no photo" in failure(gallery)

    shutil.rmtree(photos)
    away.rename(photos)


def test_what_cannot_be_shown_is_named_and_the_rest_is(gallery):
    """After the failures above the same command makes the gallery."""
    photos = gallery.folder / "photos"
    whole = next(photos.rglob("*.jpg"))
    (photos / "cut.jpg").write_bytes(whole.read_bytes()[:20000])
    (photos / "no-image.jpg").write_bytes(b"no image at all")
    (photos / "captions.yaml").write_text("lost.jpg: No such photo\ncut.jpg: {date: Tuesday}\n")

    finished = gallery.make("up", check=False)

    said = finished.stdout + finished.stderr
    assert finished.returncode == 0  # what is named is no error of make's
    assert "make: ***" not in said
    assert "Traceback" not in said
    assert gallery.outputs["photoCount"] == 1
    for thing in ("cut.jpg is cut off", "no-image.jpg", "lost.jpg", "Tuesday"):
        assert thing in said, said

    for name in ("cut.jpg", "no-image.jpg"):
        (photos / name).unlink()
    (photos / "captions.yaml").write_text("")  # gone, it would hide nothing any more
    assert gallery.make("up").returncode == 0
