"""`./gallery up|destroy|outputs`: what they refuse, and what they find out by themselves."""

import errno
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local.cloud import server
from local.cloud.errors import ServeError
from local.runner import commands
from local.runner.errors import RunnerError
from local.runner.stack import read_configuration

ROOT = Path(__file__).parents[2]
ENGINE = {"User-Agent": "Pulumi/3.0"}


def run(*words):
    return subprocess.run(
        [sys.executable, "-m", "cli", *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
    )


@pytest.mark.parametrize("served", [True, False])
def test_destroy_refuses_what_the_engine_made(local_cloud, served):
    local_cloud.call("POST", "/storage/v1/b?project=p", {"name": "theirs"}, **ENGINE)
    if not served:
        local_cloud.stop()

    with pytest.raises(RunnerError, match="pulumi destroy -s local --run-program"):
        commands.destroy(ROOT, state=local_cloud.state_dir)

    assert (local_cloud.state_dir / "records.sqlite").exists()


def test_destroy_takes_all_away(local_cloud):
    local_cloud.call("POST", "/storage/v1/b?project=p", {"name": "mine"})

    assert commands.destroy(ROOT, state=local_cloud.state_dir) == 0

    assert not local_cloud.state_dir.exists()
    assert local_cloud.process.wait(30) == 0


@pytest.mark.parametrize("name", ["records.sqlite", "runner-local.json", "server.json"])
def test_destroy_works_where_a_file_is_damaged(tmp_path, name):
    state = tmp_path / "state"
    state.mkdir()
    (state / name).write_bytes(b"\0nonsense" * 100)

    commands.destroy(ROOT, state=state)

    assert not state.exists()


def test_damaged_records_say_make_destroy(tmp_path):
    (tmp_path / "records.sqlite").write_bytes(b"\0nonsense" * 1000)

    refused = run("serve", "--port", "0", "--state", str(tmp_path))

    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "./gallery destroy" in refused.stderr


@pytest.mark.parametrize("port", ["99999", "65535", "-1"])
def test_a_port_that_is_not_to_be_had_is_one_line(tmp_path, port):
    refused = run("up", f"--port={port}", "--state", str(tmp_path / "state"))

    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert f"{port} is no port. PORT must be 1024 to 65534." in refused.stderr


def test_a_port_for_the_administrator_alone_is_one_line(tmp_path, monkeypatch):
    """As root any port may be had, so the refusal is the system's own error, made here."""

    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("local.cloud.server.socket.create_server", refuse)

    with pytest.raises(ServeError, match="Port 80 is for the administrator alone"):
        server.serve(tmp_path / "state", 80)


def test_what_was_started_deaf_to_ctrl_c_ends_by_it(tmp_path):
    """As a shell starts what stands before `&`."""
    state = tmp_path / "state"
    deaf = subprocess.Popen(
        ["sh", "-c", 'trap "" INT; exec "$@"', "sh", sys.executable, "-m", "cli", "serve",
         "--port", "0", "--state", str(state)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with deaf:
        assert "answers at" in deaf.stdout.readline()

        deaf.send_signal(signal.SIGINT)

        assert deaf.wait(30) == 0


def test_without_a_port_it_is_that_of_the_gallery_that_runs(local_cloud):
    config = read_configuration(ROOT, "local", state=local_cloud.state_dir)
    fresh = read_configuration(ROOT, "local", state=local_cloud.state_dir / "none")

    assert config["gcp:storageCustomEndpoint"] == f"{local_cloud.url}/storage/v1/"
    assert fresh["gcp:storageCustomEndpoint"] == "http://127.0.0.1:8480/storage/v1/"


def test_one_output_is_printed_bare_and_an_unknown_one_is_refused(tmp_path):
    made = {"apiUrl": ["http://127.0.0.1:1", False], "apiKey": ["the-key", True]}
    (tmp_path / "outputs-local.json").write_text(json.dumps(made))

    bare, key, other = (
        run(*words, "--state", str(tmp_path))
        for words in (("outputs", "apiKey"), ("key",), ("outputs", "other"))
    )

    assert (bare.stdout, bare.returncode) == (key.stdout, key.returncode) == ("the-key\n", 0)
    assert other.returncode == 1
    assert "There are: apiUrl, apiKey" in other.stderr


def test_outputs_leave_out_what_leads_nowhere_and_say_how_to_see_the_key(tmp_path):
    made = {"apiKey": ["hush", True], "siteUrl": ["http://x", False], "dashboardUrl": ["y", False]}
    (tmp_path / "outputs-local.json").write_text(json.dumps(made))

    shown = run("outputs", "--state", str(tmp_path)).stdout
    data = run("outputs", "--json", "--show-secrets", "--state", str(tmp_path)).stdout

    assert "hush" not in shown
    assert "dashboardUrl" not in shown
    assert "./gallery outputs --show-secrets" in shown
    assert json.loads(data)["apiKey"] == "hush"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"apiUrl": 3}'])
def test_outputs_that_were_cut_short_are_one_line(tmp_path, text):
    (tmp_path / "outputs-local.json").write_text(text)

    refused = run("outputs", "--state", str(tmp_path))

    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "./gallery up" in refused.stderr


def test_the_token_is_printed_for_the_engine(local_cloud):
    shown = run("token", "--state", str(local_cloud.state_dir))

    assert shown.stdout.strip() == local_cloud.token
    local_cloud.stop()
    assert run("token", "--state", str(local_cloud.state_dir)).returncode == 1
