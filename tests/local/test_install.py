"""Setting up works on anybody's machine, and says in one line why it does not."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.install import pip_environment, reason_of

ROOT = Path(__file__).parents[2]


@pytest.fixture
def checkout(tmp_path):
    """A checkout that wants nothing but an environment."""
    folder = tmp_path / "a checkout"
    (folder / "local").mkdir(parents=True)
    shutil.copy(ROOT / "local" / "install.py", folder / "local")
    (folder / "requirements.txt").write_text("")
    return folder


def command(checkout):
    return [sys.executable, "-I", str(checkout / "local" / "install.py"), "requirements.txt"]


def install(checkout, **variables):
    return subprocess.run(
        command(checkout),
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def runs(checkout):
    """Whether the environment has pip, of its own folder."""
    python = str(checkout / ".venv" / "bin" / "python")
    ask = f"'{python}' -I -c 'import pip, sys; print(sys.prefix)'"
    told = subprocess.run(["sh", "-c", ask], capture_output=True, text=True, check=False)
    return told.stdout.strip() == str(checkout / ".venv")


def test_it_is_made_once(checkout):
    first, second = install(checkout), install(checkout)

    assert (first.returncode, second.returncode) == (0, 0)
    assert "Installing requirements.txt" in first.stderr
    assert (second.stdout, second.stderr) == ("", "")
    assert runs(checkout)


def dangle(checkout):
    for path in (checkout / ".venv" / "bin").glob("python*"):
        path.unlink()
        path.symlink_to("/nowhere/python3.9")


def halve(checkout):
    for path in (checkout / ".venv").glob("lib/*/site-packages/pip"):
        shutil.rmtree(path)


@pytest.mark.parametrize("harm", [dangle, pytest.param(halve, marks=pytest.mark.deep)])
def test_one_that_is_no_good_is_made_anew(checkout, harm):
    install(checkout)
    harm(checkout)
    assert not runs(checkout)

    again = install(checkout)

    assert again.returncode == 0
    assert runs(checkout)


@pytest.mark.deep
def test_one_of_a_checkout_that_moved_is_made_anew(checkout):
    install(checkout)
    moved = checkout.rename(checkout.with_name("moved"))

    assert install(moved).returncode == 0

    assert str(moved) in (moved / ".venv" / "bin" / "pip").read_text()


def test_of_two_at_once_one_waits(checkout):
    processes = [subprocess.Popen(command(checkout), stderr=subprocess.PIPE) for _ in range(2)]
    told = [process.communicate(timeout=120)[1].decode() for process in processes]

    assert [process.returncode for process in processes] == [0, 0]
    assert sum("waiting for it" in text for text in told) == 1
    assert runs(checkout)


def test_settings_of_other_installations_do_not_reach_it(checkout):
    config = checkout / "pip.conf"
    config.write_text("[install]\nuser = true\n")
    hostile = {"PIP_USER": "1", "PIP_CONFIG_FILE": str(config), "PYTHONSAFEPATH": "1",
               "PYTHONHOME": "/nowhere", "PIP_TARGET": "/nowhere"}  # fmt: skip

    assert install(checkout, **hostile).returncode == 0
    assert pip_environment(hostile) == {"PIP_USER": "0", "PIP_CONFIG_FILE": str(config)}


@pytest.mark.skipif(os.getuid() == 0, reason="nothing is read-only to root")
def test_a_checkout_that_is_read_only_is_one_line(checkout):
    checkout.chmod(0o500)
    refused = install(checkout)
    checkout.chmod(0o700)

    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1


def test_a_failure_is_told_by_pips_own_reason(checkout):
    (checkout / "requirements.txt").write_text("flask==3.1.0\n")  # without its hash

    refused = install(checkout)

    assert refused.returncode == 1
    last = refused.stderr.strip().splitlines()[-1]
    assert "--require-hashes mode" in last
    assert "network" not in last


UNREACHABLE = "ERROR: Could not find a version that satisfies x (from versions: none)\n"


@pytest.mark.parametrize(
    ("output", "variables", "words"),
    [
        (UNREACHABLE, {}, "Is there a network?"),
        (UNREACHABLE, {"HTTPS_PROXY": "http://127.0.0.1:9"}, "http://127.0.0.1:9 (HTTPS_PROXY)"),
        ("ERROR: [Errno 28] No space left on device\n", {}, "No space is left"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES\n", {}, "DO NOT MATCH"),
        ("", {}, "no reason given"),
    ],
)
def test_a_reason_is_one_line(output, variables, words):
    reason = reason_of(f"Looking in links\n{output}", variables) if output else reason_of("", {})

    assert words in reason
    assert "\n" not in reason


def test_a_lock_ends_with_its_holder(checkout):
    holder = subprocess.Popen(command(checkout), stderr=subprocess.DEVNULL)
    time.sleep(0.3)  # into its work; whenever it is killed, the next is not kept waiting
    holder.kill()
    holder.wait()

    assert install(checkout).returncode == 0
    assert runs(checkout)
