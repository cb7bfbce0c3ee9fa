"""Functions: deployed from their archive, replaced, restarted, ended."""

import json
import threading
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest

from local.cloud.errors import BuildFailed
from local.cloud.functions.environment import python_for
from local.cloud.functions.logs import Logs
from local.cloud.functions.supervisor import Revision, Supervisor, _Service
from tests.local.archives import PARENT, archive, ask, declaration, deploy, redeploy, upload


def wait_until(true, seconds=20):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.05)


def test_a_function_runs_from_its_archive_in_its_own_environment(local_cloud):
    upload(local_cloud, "one.zip", archive())

    function = deploy(local_cloud, environmentVariables={"WORD": "hello"})["response"]

    answer = ask(function["serviceConfig"]["uri"])
    del answer["PID"]
    assert answer == {
        "version": "one", "WORD": "hello", "SECRET": None, "PYTHONPATH": None, "K_SERVICE": "hello",
    }  # fmt: skip


def test_a_changed_archive_takes_over_without_a_failed_request(local_cloud):
    upload(local_cloud, "one.zip", archive("one"))
    upload(local_cloud, "two.zip", archive("two"))
    url = deploy(local_cloud)["response"]["serviceConfig"]["uri"]
    seen, failures, done = [], [], threading.Event()

    def load():
        while not done.is_set():
            try:
                seen.append(ask(f"{url}/?sleep=0.02")["version"])
            except OSError as error:
                failures.append(error)

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    changed = redeploy(local_cloud)
    time.sleep(0.5)
    done.set()
    for thread in threads:
        thread.join()

    assert changed["response"]["serviceConfig"]["uri"] == url
    assert failures == []
    assert seen[0] == "one"
    assert seen[-1] == "two"


def test_what_cannot_start_leaves_the_former_one_serving(local_cloud):
    upload(local_cloud, "one.zip", archive("one"))
    upload(local_cloud, "two.zip", archive("two", source="import not_there\n"))
    url = deploy(local_cloud)["response"]["serviceConfig"]["uri"]

    changed = redeploy(local_cloud)

    assert "No module named 'not_there'" in changed["error"]["message"]
    assert "\n" not in changed["error"]["message"]
    assert ask(url)["version"] == "one"
    functions = local_cloud.get(f"{PARENT}/functions/hello")
    assert functions["buildConfig"]["source"]["storageSource"]["object"] == "one.zip"


def test_a_first_deployment_that_fails_leaves_a_function_that_is_mended(local_cloud):
    upload(local_cloud, "one.zip", archive(requirements="flask\n"))
    upload(local_cloud, "two.zip", archive("two"))

    failed = deploy(local_cloud)
    left = local_cloud.get(f"{PARENT}/functions/hello")
    mended = redeploy(local_cloud)["response"]

    assert "does not name functions-framework" in failed["error"]["message"]
    assert left["state"] == "FAILED"
    assert "does not name functions-framework" in left["stateMessages"][0]["message"]
    assert (mended["state"], mended.get("stateMessages")) == ("ACTIVE", None)
    assert ask(mended["serviceConfig"]["uri"])["version"] == "two"


def test_an_archive_that_was_written_without_the_token_is_not_run(local_cloud):
    upload(local_cloud, "one.zip", archive())
    url = f"{local_cloud.url}/upload/storage/v1/b/source/o?uploadType=media&name=one.zip"
    kind = {"Content-Type": "application/zip"}
    urllib.request.urlopen(urllib.request.Request(url, archive("theirs"), kind)).close()

    failed = deploy(local_cloud)

    assert "uploaded without the token" in failed["error"]["message"]


@pytest.mark.deep
def test_what_needs_a_network_says_so_where_there_is_none(monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(BuildFailed, match=r"pip could not install .* Is there a network\?"):
        python_for(b"functions-framework==0.0.0.2\n", print)


@pytest.mark.deep
def test_a_deployment_that_was_cut_short_has_failed(local_cloud):
    upload(local_cloud, "one.zip", archive(source="import time\ntime.sleep(30)\n"))
    path = f"{PARENT}/functions?functionId=hello"
    body = declaration("one.zip")
    operation = local_cloud.call("POST", path, body)  # ten seconds later it is still at it

    local_cloud.kill()
    local_cloud.start()

    failed = local_cloud.get(f"/cloudfunctions/v2/{operation['name']}")
    assert "done" not in operation
    assert "stopped meanwhile" in failed["error"]["message"]
    assert local_cloud.get(f"{PARENT}/functions/hello")["state"] == "FAILED"


def test_a_crashed_function_is_started_again(local_cloud):
    upload(local_cloud, "one.zip", archive())
    url = deploy(local_cloud)["response"]["serviceConfig"]["uri"]

    with pytest.raises(ConnectionError):
        ask(f"{url}/?die=1")

    assert ask(url)["version"] == "one"


def test_functions_survive_a_killed_local_cloud(local_cloud):
    upload(local_cloud, "one.zip", archive())
    url = deploy(local_cloud)["response"]["serviceConfig"]["uri"]
    pid = ask(url)["PID"]

    local_cloud.kill()
    wait_until(lambda: not Path(f"/proc/{pid}").exists())
    local_cloud.start()

    assert ask(url)["version"] == "one"
    assert ask(url)["PID"] != pid


def test_stopping_ends_every_process_and_frees_the_ports(local_cloud):
    upload(local_cloud, "one.zip", archive())
    url = deploy(local_cloud)["response"]["serviceConfig"]["uri"]
    pid = ask(url)["PID"]

    local_cloud.stop()

    assert not Path(f"/proc/{pid}").exists()
    with pytest.raises(OSError, match="refused"):
        ask(url)


def test_output_is_kept_as_log_lines(local_cloud):
    upload(local_cloud, "one.zip", archive())
    ask(deploy(local_cloud)["response"]["serviceConfig"]["uri"])

    own = {"Authorization": f"Bearer {local_cloud.token}"}
    logs = urllib.request.Request(f"{local_cloud.url}/_local/logs?function=hello", headers=own)
    with urllib.request.urlopen(logs) as answer:
        entries = [json.loads(line) for line in answer]

    hits = [entry for entry in entries if entry.get("jsonPayload", {}).get("event") == "hit"]
    assert hits[0]["severity"] == "INFO"
    assert hits[0]["jsonPayload"] == {"message": "hit", "event": "hit"}
    assert hits[0]["timestamp"] < datetime.now(UTC).isoformat()


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path):
    (tmp_path / "logs.jsonl").mkdir()

    Logs(tmp_path / "logs.jsonl").write("hello", "a line")


def test_the_pause_before_a_start_grows_and_shrinks_again_after_health(monkeypatch, tmp_path):
    """Eleven lives of no length, one of more than an hour, one more; then nobody wants it."""
    pauses, lives, now = [], [*[0.0] * 11, 4000.0, 0.0], [0.0]

    class Life:
        def wait(self):
            now[0] += lives.pop(0)
            service.is_wanted = bool(lives)

    def sleep(seconds):
        pauses.append(seconds)
        now[0] += seconds

    functions, service = Supervisor(tmp_path, lambda: 0), _Service(None)
    service.process = Life()
    monkeypatch.setattr(functions, "_start", lambda *_: Life())
    monkeypatch.setattr("local.cloud.functions.supervisor.time.sleep", sleep)
    monkeypatch.setattr("local.cloud.functions.supervisor.time.monotonic", lambda: now[0])
    revision = Revision(function="hello", folder=tmp_path, entry_point="x", environment=dict)

    functions._watch(revision, service, service.process)

    assert pauses[:9] == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6]
    assert pauses[9:] == [30.0, 30.0, 0.1]
