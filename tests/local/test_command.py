"""`./gallery`: what it says, and how it ends."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest


def run(*words):
    return subprocess.run(
        [sys.executable, "-m", "cli", *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=Path(__file__).parents[2],
    )


@pytest.fixture
def state(tmp_path):
    yield str(tmp_path / "state")
    run("stop", "--state", str(tmp_path / "state"))


def test_it_serves_in_the_background_until_it_is_stopped(state):
    started = run("serve", "--background", "--port", "0", "--state", state)
    running = run("status", "--state", state)
    stopped = run("stop", "--state", state)
    after = run("status", "--state", state)

    assert (started.returncode, started.stderr) == (0, "")
    url = started.stdout.split()[-1]
    assert url in running.stdout
    assert running.returncode == 0
    assert (stopped.stdout, stopped.returncode) == ("Stopped.\n", 0)
    assert (after.stdout, after.returncode) == ("Not running.\n", 1)


def test_stopping_nothing_is_no_error(state):
    assert run("stop", "--state", state).returncode == 0


@pytest.mark.parametrize("background", [[], ["--background"]])
def test_a_port_in_use_is_one_line(state, background):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        refused = run("serve", "--port", port, "--state", state, *background)

    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert f"Port {port} is in use" in refused.stderr


def test_one_that_is_running_already_is_one_line(state):
    run("serve", "--background", "--port", "0", "--state", state)

    refused = run("serve", "--background", "--port", "0", "--state", state)

    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "running already" in refused.stderr


def test_a_note_of_a_killed_one_is_not_believed(local_cloud):
    local_cloud.kill()
    assert run("status", "--state", str(local_cloud.state_dir)).returncode == 1
    assert (local_cloud.state_dir / "server.json").exists()
    local_cloud.start()
    assert run("status", "--state", str(local_cloud.state_dir)).returncode == 0


def test_logs_of_nothing_say_what_to_start(state):
    refused = run("logs", "--state", state)
    assert refused.returncode == 1
    assert "./gallery up" in refused.stderr
