"""Ctrl-C ends a sync within three seconds, at any moment, with one line and nothing begun."""

import os
import signal
import subprocess
import sys
import time

import pytest
from PIL import Image

from tests.uploader.conftest import ROOT


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


def at_once(_process, _cloud):
    """While its modules are loaded."""
    time.sleep(0.2)


def while_inspecting(process, _cloud):
    """A worker is there, and nothing has been printed."""
    wait_for(lambda: subprocess.run(["pgrep", "-P", str(process.pid)], check=False).returncode == 0)


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
        [sys.executable, "-m", "uploader", "sync", photos, "--bucket", bucket.name],
        cwd=ROOT,
        env=os.environ | {"STORAGE_EMULATOR_HOST": cloud.url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    moment(process, cloud)

    began = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does, to the workers as well
    _, said = process.communicate(timeout=60)

    assert time.monotonic() - began < 3
    assert process.returncode in (130, -signal.SIGINT)
    assert said in ("", "Stopped. Run the same again to go on.\n")
    wait_for(lambda: subprocess.run(["pgrep", "-g", str(process.pid)], check=False).returncode)
