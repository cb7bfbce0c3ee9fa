"""About a thousand odd files: the test images of Pillow and pillow-heif, from their sources."""

import contextlib
import json
import os
import subprocess
import sys
import tarfile
import threading
import time
from importlib.metadata import version
from pathlib import Path

import psutil
import pytest

from tests.uploader.conftest import ROOT
from uploader.folder.listing import PHOTOS

pytestmark = [pytest.mark.deep, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """A folder of all their test images; the package index is pip's own affair."""
    downloads = tmp_path_factory.mktemp("downloads")
    folder = tmp_path_factory.mktemp("corpus")
    for package in ("pillow", "pillow-heif"):
        wanted = f"{package}=={version(package)}"
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        done = subprocess.run(
            [*command, "--no-binary", package, "--dest", downloads, wanted],
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )
        if done.returncode:
            pytest.skip(f"pip cannot download the sources of {wanted}: is there a network?")
    for archive in downloads.glob("*.tar.gz"):
        with tarfile.open(archive) as packed:
            # Python before 3.11.4 has no filter, and no argument of that name.
            packed.extraction_filter = getattr(tarfile, "data_filter", None)
            packed.extractall(folder, images(packed))
    return folder


def images(packed):
    """The members that lie in a folder of test images."""
    for member in packed.getmembers():
        parts = member.name.lower().split("/")
        if member.isfile() and "images" in parts and parts[1] in ("tests", "test"):
            yield member


def memory(pid):
    """Megabytes of a process and its children, what they share counted once."""
    total = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for one in [process, *process.children()]:
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                total += one.memory_full_info().pss
    return total / 1024**2


def test_each_odd_file_ends_as_uploaded_or_with_a_reason(corpus, bucket):
    most, ended = [0.0], threading.Event()
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "sync", corpus, "--bucket", bucket.name, "--json"],
        cwd=ROOT,
        env=os.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )

    def watch():
        while not ended.is_set():
            most[0] = max(most[0], memory(process.pid))
            time.sleep(0.2)

    watching = threading.Thread(target=watch)
    watching.start()
    out, err = process.communicate(timeout=800)
    ended.set()
    watching.join()

    told = json.loads(out)
    unusable = {one["path"]: one["reason"] for one in told["unusable"]}
    ends = [
        {path for path in told["new"] if path not in unusable},
        {one["path"] for one in told["twice"]},
        set(unusable),
        {one["path"] for one in told["left_alone"]},
    ]
    files = {str(path.relative_to(corpus)) for path in corpus.rglob("[!.]*") if path.is_file()}
    figures = [len(files), *map(len, ends), round(most[0])]
    sys.stdout.write(f"files, uploaded, twice, unusable, left alone, MB: {figures}\n")
    assert (process.returncode, told["failed"]) == (3, []), err
    assert set.union(*ends) == files
    assert sum(map(len, ends)) == len(set.union(*ends))
    assert len(files) > 1000
    assert told["photos"] == len(ends[0]) > 300
    assert all(len(reason) > 10 for reason in unusable.values())
    assert not [path for path in ends[3] if Path(path).suffix.lower() in PHOTOS]
    # Two workers, each with what a picture of 200 megapixels needs: 1,699 MB measured.
    assert most[0] <= 2500, figures
    assert {record["id"] for record in bucket.records()} == {
        name[10:26] for name in bucket.objects() if name.startswith("photos/")
    }
