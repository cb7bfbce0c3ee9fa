"""A catalog that was wiped comes back by one command, from where the public cannot read."""

import json

import pytest

from tests.uploader.conftest import new_bucket, run
from uploader.errors import CatalogError
from uploader.sync.bucket import connect
from uploader.sync.history import KEPT, keep, kept, make_room, restore


@pytest.fixture
def history(cloud):
    return new_bucket(cloud)


@pytest.fixture
def gallery(bucket, folder, picture):
    """A gallery of two photos with captions."""
    picture("a.png")
    picture("b.png", color="blue")
    (folder / "captions.yaml").write_text("a.png: One\nb.png: Two\n")
    assert run("sync", folder, "--bucket", bucket.name, "--source", "stack").returncode == 0
    return bucket


def restored(bucket, history, *words):
    return run("restore", "--bucket", bucket.name, "--history", history.name, *words)


def test_wiped_captions_come_back_by_one_command(gallery, history, folder):
    before = gallery.objects()["catalog.jsonl"]
    make_room(connect(gallery.name), connect(history.name))
    (folder / "captions.yaml").unlink()
    run("sync", folder, "--bucket", gallery.name, "--source", "stack")
    assert gallery.objects()["catalog.jsonl"] != before

    finished = restored(gallery, history)

    assert finished.returncode == 0
    assert finished.stdout.startswith("2 photos as they were.")
    assert gallery.objects()["catalog.jsonl"] == before


def test_a_photo_whose_renditions_are_gone_is_left_out_and_said(gallery, history, folder):
    make_room(connect(gallery.name), connect(history.name))
    (folder / "b.png").unlink()
    run("sync", folder, "--bucket", gallery.name, "--source", "stack")

    finished = restored(gallery, history)

    assert "1 photo left out" in finished.stdout
    assert [record["caption"] for record in gallery.records()] == ["One"]


def test_what_a_restore_replaces_is_kept_as_well(gallery, history):
    bucket, closed = connect(gallery.name), connect(history.name)
    make_room(bucket, closed)
    gallery.bucket.blob("catalog.jsonl").upload_from_string(b'{"catalog":1,"count":0}\n')
    (first,) = kept(closed)

    restore(bucket, closed, first)

    assert len(kept(closed)) == 2
    assert json.loads(restored(gallery, history, "--list", "--json").stdout)["kept"] == kept(closed)


def test_the_newest_thirty_are_kept_and_each_once(history):
    closed = connect(history.name)

    for generation in [*range(1, KEPT + 6), KEPT + 5]:
        keep(closed, b"%d" % generation, generation)

    assert kept(closed) == [str(number) for number in range(6, KEPT + 6)]


def test_a_catalog_that_is_none_is_kept_and_makes_room(gallery, history):
    gallery.bucket.blob("catalog.jsonl").upload_from_string(b"<html>")

    make_room(connect(gallery.name), connect(history.name))

    assert "catalog.jsonl" not in gallery.objects()
    assert list(history.objects().values()) == [b"<html>"]


def test_a_catalog_of_a_later_version_is_left_alone(gallery, history):
    later = b'{"catalog":2,"count":0}\n'
    gallery.bucket.blob("catalog.jsonl").upload_from_string(later)

    with pytest.raises(CatalogError, match="none that this version reads"):
        make_room(connect(gallery.name), connect(history.name))

    assert gallery.objects()["catalog.jsonl"] == later


def test_without_one_it_says_so(gallery, history):
    finished = restored(gallery, history)

    assert finished.returncode != 0
    assert "No catalog at all is kept" in finished.stderr
