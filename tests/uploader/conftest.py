"""Pictures made on the spot, and a local cloud that the tests of a file share."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

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
    cloud = LocalCloud(tmp_path_factory.mktemp("cloud") / "localcloud")
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
    return new_bucket(cloud)


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
        name=made.name, objects=objects, records=records, generations=generations, bucket=made
    )


def run(*arguments, timeout=120, **environment):
    """Run the command line; return the finished process."""
    return subprocess.run(
        [sys.executable, "-m", "uploader", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def png(color="red", size=(60, 40)):
    """A PNG file's bytes."""
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, "PNG")
    return out.getvalue()
