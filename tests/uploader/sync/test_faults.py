"""A crash at every call, and every fault at every call: nothing is lost, and all is bounded."""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import pytest
from google.cloud.exceptions import NotFound

from tests.uploader.conftest import ROOT, new_bucket, png
from uploader.sync.catalog import rendition_names

pytestmark = pytest.mark.deep


@pytest.fixture(scope="module")
def forking(shared_cloud):
    """Run syncs in processes of their own: `forking(folder, bucket, kill=7)`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.uploader.sync.forking"],
        cwd=ROOT,
        env=os.environ | {"STORAGE_EMULATOR_HOST": shared_cloud.url},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def run(folder, bucket, on_start=None, **order):
        order |= {"folder": str(folder), "bucket": bucket.name}
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()
        pid = json.loads(process.stdout.readline())["pid"]
        if on_start:
            on_start(pid)
        return SimpleNamespace(**json.loads(process.stdout.readline()))

    yield run
    process.stdin.close()
    process.wait(30)
    process.stdout.close()


class Scene:
    """A gallery as it was, and the folder as it is now: photos to send, keep and remove."""

    def __init__(self, folder, count, cloud, forking):
        self.cloud, self.forking = cloud, forking
        self.before = folder / "before"
        self.before.mkdir()
        for number in range(3):
            (self.before / f"old-{number}.png").write_bytes(png(f"#ff{number:02x}00"))
        kept = {"kept": "white", "kept-2": "grey", "kept-3": "black", "kept-4": "gold"}
        for name, color in kept.items():
            (self.before / f"{name}.png").write_bytes(png(color))
        self.start = new_bucket(cloud)
        forking(self.before, self.start)
        self.now = folder / "now"
        shutil.copytree(self.before, self.now)
        for number in range(3):
            (self.now / f"old-{number}.png").unlink()
        for number in range(count):
            (self.now / f"new-{number:02}.png").write_bytes(png(f"#00{number * 8:02x}ff"))
        (self.now / "captions.yaml").write_text("kept.png: Kept\nnew-00.png: New\n")
        self.places = iter(folder / f"run-{number}" for number in range(10_000))
        folder, bucket = self.fresh()
        cloud.reset_calls()
        forking(folder, bucket)
        self.calls = sum(cloud.calls().values())
        self.wanted = bucket.objects()

    def fresh(self):
        """A copy of the folder, with the index of then, and of the gallery."""
        folder = next(self.places)
        shutil.copytree(self.now, folder)
        bucket = new_bucket(self.cloud)
        for name, content in self.start.objects().items():
            blob = bucket.bucket.blob(name)
            if name == "catalog.jsonl":
                blob.cache_control = "no-cache"
            else:
                blob.cache_control = "public, max-age=86400"
            kinds = {"webp": "image/webp", "jpg": "image/jpeg"}
            blob.upload_from_string(content, kinds.get(name.rpartition(".")[2], "text/plain"))
        return folder, bucket


@pytest.fixture(scope="module")
def thirty(tmp_path_factory, shared_cloud, forking):
    return Scene(tmp_path_factory.mktemp("thirty"), 15, shared_cloud, forking)


@pytest.fixture(scope="module")
def eight(tmp_path_factory, shared_cloud, forking):
    return Scene(tmp_path_factory.mktemp("eight"), 8, shared_cloud, forking)


def dangling(bucket):
    """What the catalog names and the bucket lacks, while nobody writes the catalog."""
    while True:
        blob = bucket.bucket.get_blob("catalog.jsonl")
        if blob is None:
            return set()
        try:
            lines = blob.download_as_bytes().decode().split("\n")[1:-1]
        except NotFound:
            continue  # another one took its place just now
        names = {name for line in lines for name in rendition_names(json.loads(line))}
        there = {blob.name for blob in bucket.bucket.list_blobs()}
        if bucket.bucket.get_blob("catalog.jsonl").generation == blob.generation:
            return names - there


def test_the_undisturbed_run_makes_about_a_call_for_each_file(thirty):
    assert 30 + 6 + 3 <= thirty.calls <= 51
    assert len(thirty.wanted) == 1 + 2 * 19


def test_killed_before_every_call_the_next_run_ends_with_the_same_bucket(thirty, forking):
    for number in range(1, thirty.calls + 1):
        folder, bucket = thirty.fresh()

        killed = forking(folder, bucket, kill=number)
        lacks = dangling(bucket)
        again = forking(folder, bucket)

        assert killed.code is None, number
        assert lacks == set(), number
        assert again.code == 0, (number, again)
        assert bucket.objects() == thirty.wanted, number


def test_killed_during_every_call_which_may_still_arrive(thirty, forking, shared_cloud):
    """The call is under way when the process dies, and has its effect during the next run."""

    def kill_when_struck(pid):
        while not any(fault["fired"] for fault in shared_cloud.get("/_faults")["faults"]):
            time.sleep(0.005)
        os.kill(pid, signal.SIGKILL)

    for number in range(thirty.calls):
        folder, bucket = thirty.fresh()
        shared_cloud.fault(method="*", after=number, times=1, delay=0.2)

        killed = forking(folder, bucket, on_start=kill_when_struck)
        shared_cloud.clear_faults()
        again = forking(folder, bucket)

        assert killed.code is None, number
        assert dangling(bucket) == set(), number
        assert again.code == 0, (number, again)
        assert bucket.objects() == thirty.wanted, number


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429},
        {"status": 503},
        {"reset": True},
        {"reset": True, "late": True},
        {"cut": 20},
        {"corrupt": True},
        {"delay": 1.5},
    ],
    ids=["429", "503", "reset", "late reset", "cut off", "corrupted", "stall"],
)
def test_a_fault_at_every_call_is_overcome(eight, forking, shared_cloud, fault):
    for number in range(eight.calls):
        folder, bucket = eight.fresh()
        shared_cloud.fault(method="*", after=number, times=1, **fault)

        done = forking(folder, bucket)
        shared_cloud.clear_faults()
        if done.code:
            assert ".png was not sent" in done.out or done.err.count("\n") == 1, (number, done)
            done = forking(folder, bucket)

        assert done.code == 0, (number, done)
        assert dangling(bucket) == set(), number
        assert bucket.objects() == eight.wanted, number


def test_damage_to_every_upload_is_found_by_its_checksum(eight, forking):
    for number in range(1, 2 * 8 + 2):
        folder, bucket = eight.fresh()

        done = forking(folder, bucket, damage=number)

        assert done.code == 0, (number, done)
        assert bucket.objects() == eight.wanted, number


@pytest.mark.parametrize("fault", [{"status": 503}, {"reset": True}, {"delay": 1.5}])
def test_a_service_that_stays_broken_ends_the_run_bounded_with_photos_named(
    eight, forking, shared_cloud, fault
):
    folder, bucket = eight.fresh()
    shared_cloud.fault(method="storage.objects.insert", times=100_000, **fault)
    began = time.monotonic()

    failed = forking(folder, bucket, patience=4.0)
    took = time.monotonic() - began
    shared_cloud.clear_faults()
    again = forking(folder, bucket)

    assert failed.code == 1
    assert [f"new-0{n}.png was not sent" in failed.out for n in range(8)] == [True] * 8
    assert took < 40
    assert again.code == 0
    assert bucket.objects() == eight.wanted


def test_a_bad_line_a_third_of_all_calls_fails(thirty, forking, shared_cloud):
    folder, bucket = thirty.fresh()
    shared_cloud.fault(method="*", share=0.15, status=503)
    shared_cloud.fault(method="*", share=0.15, reset=True)

    done = forking(folder, bucket, patience=30.0)
    shared_cloud.clear_faults()

    assert done.code == 0, done
    assert bucket.objects() == thirty.wanted


def test_killed_and_restarted_all_the_time_the_catalog_never_names_what_is_not_there(
    thirty, forking
):
    """Somebody looks all the while."""
    folder, bucket = thirty.fresh()
    found, stop = [], threading.Event()

    def look():
        while not stop.is_set():
            found.append(dangling(bucket))

    looking = threading.Thread(target=look)
    looking.start()
    for _ in range(8):
        forking(folder, bucket, on_start=kill_soon)
    done = forking(folder, bucket)
    stop.set()
    looking.join()

    assert done.code == 0
    assert set().union(*found) == set()
    assert bucket.objects() == thirty.wanted


def kill_soon(pid):
    """Kill a process within its first second; it may have ended by then."""

    def kill():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    threading.Timer(random.uniform(0.05, 0.6), kill).start()
