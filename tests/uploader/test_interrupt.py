"""Ctrl-C ends a sync within three seconds, at any moment, with one line and nothing begun."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from PIL import Image

from tests.uploader.conftest import ROOT, run


@pytest.fixture
def photos(folder):
    for number in range(12):
        image = Image.effect_noise((900, 600), 60 + number).convert("RGB")
        image.save(folder / f"{number}.jpg", quality=80)
    return folder


def wait_for(what):
    deadline = time.monotonic() + 60
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def members(group):
    """The processes that are still in a group; it may end while it is asked about."""
    found = []
    for pid in psutil.pids():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            found += [pid] if os.getpgid(pid) == group else []
    return found


def runs(process):
    """Tell whether a process is there, and no mere entry of one that ended."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def at_once(_process, _cloud):
    """While its modules are loaded."""
    time.sleep(0.2)


def while_inspecting(process, _cloud):
    """A worker is there, and nothing has been printed."""
    wait_for(psutil.Process(process.pid).children)


def while_rendering(process, _cloud):
    """The plan has been printed."""
    process.stdout.readline()


def while_sending(_process, cloud):
    """Calls are under way that take longer than anybody waits."""
    wait_for(lambda: cloud.calls().get("storage.objects.insert", 0) > 3)


@pytest.mark.parametrize(
    "moment", [at_once, while_inspecting, while_rendering, while_sending], ids=lambda m: m.__name__
)
def test_ctrl_c_ends_a_sync_cleanly(photos, bucket, cloud, moment):
    cloud.fault(method="storage.objects.insert", delay=15, times=1000)
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "sync", photos, "--bucket", bucket.name],
        cwd=ROOT,
        env=os.environ | {"STORAGE_EMULATOR_HOST": cloud.url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    moment(process, cloud)

    workers = psutil.Process(process.pid).children()
    began = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    _, said = process.communicate(timeout=60)

    assert time.monotonic() - began < 3
    assert process.returncode in (130, -signal.SIGINT)
    assert said in ("", "Stopped. The same command goes on where this one ended.\n")
    wait_for(lambda: not members(process.pid) and not any(map(runs, workers)))


def test_after_kill_9_only_what_was_not_finished_is_rendered_again(photos, bucket, cloud):
    """As after an empty battery: what was learnt is on disk, what was sent is not sent again."""
    command = [sys.executable, "-m", "cli", "sync", photos, "--bucket", bucket.name]
    environment = os.environ | {"STORAGE_EMULATOR_HOST": cloud.url}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
    ) as process:
        wait_for(lambda: len(finished(bucket)) >= 4)
        process.kill()

    done = finished(bucket)
    planned = run("plan", photos, "--bucket", bucket.name, "--json")

    # The last of them may have been sent, and not yet written down.
    assert json.loads(planned.stdout)["to_send"]["photos"] <= 12 - len(done) + 2
    assert run("sync", photos, "--bucket", bucket.name).returncode == 0
    assert len(bucket.records()) == 12


def finished(bucket):
    """The ids of photos whose last file is there."""
    return {blob.name[10:26] for blob in bucket.bucket.list_blobs() if blob.name.endswith(".jpg")}


def test_a_sync_reads_no_bucket_behind_our_back(photos, bucket, cloud):
    """The client would read it for traces, which costs a permission that nobody has."""
    name = "DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA"
    environment = {key: value for key, value in os.environ.items() if key != name}
    cloud.reset_calls()

    subprocess.run(
        [sys.executable, "-m", "cli", "sync", photos, "--bucket", bucket.name],
        cwd=ROOT,
        env=environment | {"STORAGE_EMULATOR_HOST": cloud.url},
        stdout=subprocess.DEVNULL,
        timeout=120,
        check=True,
    )

    sent = 12 * 4 + 1  # three renditions and a JPEG of each, and the catalog
    assert cloud.calls() == {
        "storage.objects.getMedia": 2,  # the catalog, for the name of the source and for the plan
        "storage.objects.list": 1,
        "storage.objects.insert": sent,
    }
