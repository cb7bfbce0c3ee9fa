"""Pictures made on the spot, and a local cloud that the tests of a file share."""

import contextlib
import io
import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from cli.app import main
from tests.conftest import LocalCloud

ROOT = Path(__file__).parents[2]


@pytest.fixture
def picture(tmp_path):
    """Make a photo file: `picture("alps/a.jpg", color="red", size=(60, 40), **save)`."""

    def make(name, color="red", size=(60, 40), folder=None, mode="RGB", **save):
        path = (folder or tmp_path / "photos") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new(mode, size, color).save(path, **save)
        return path

    return make


@pytest.fixture
def folder(tmp_path):
    """An empty photo folder."""
    path = tmp_path / "photos"
    path.mkdir()
    return path


@pytest.fixture(scope="module")
def shared_cloud(tmp_path_factory):
    cloud = LocalCloud(tmp_path_factory.mktemp("cloud") / "local")
    cloud.start()
    yield cloud
    cloud.stop()


@pytest.fixture
def cloud(shared_cloud, monkeypatch):
    """The shared local cloud, without faults, and found by the command line."""
    shared_cloud.clear_faults()
    shared_cloud.reset_calls()
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", shared_cloud.url)
    yield shared_cloud
    shared_cloud.clear_faults()


_names = iter(range(1_000_000))


@pytest.fixture
def bucket(cloud):
    """An empty bucket of the local cloud, with what a test wants to see of it."""
    made = new_bucket(cloud)
    yield made
    made.bucket.client.close()


def new_bucket(cloud):
    made = cloud.storage_client().create_bucket(f"gallery-{os.getpid()}-{next(_names)}")

    def objects():
        return {blob.name: blob.download_as_bytes() for blob in made.list_blobs()}

    def records():
        text = made.blob("catalog.jsonl").download_as_bytes().decode()
        return [json.loads(line) for line in text.split("\n")[1:-1]]

    def generations():
        return {blob.name: blob.generation for blob in made.list_blobs()}

    return SimpleNamespace(
        name=made.name,
        objects=objects,
        records=records,
        generations=generations,
        bucket=made,
        cloud=cloud,
    )


def run(*arguments):
    """Run the command line within this process; return what a process would have left."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code
    return SimpleNamespace(returncode=code, stdout=out.getvalue(), stderr=err.getvalue())


def png(color="red", size=(60, 40)):
    """A PNG file's bytes."""
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, "PNG")
    return out.getvalue()
