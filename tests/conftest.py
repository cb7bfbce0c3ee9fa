"""What every folder's tests may ask for."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import settings

# One profile for all: how long an example takes says more of the machine than of the code.
settings.register_profile("all", deadline=None)
settings.load_profile("all")

ROOT = Path(__file__).parents[1]


class LocalCloud:
    """A local cloud of one's own, with faults on purpose: a process, a port, a state folder."""

    def __init__(self, state_dir: Path, *options: str) -> None:
        self.state_dir, self.options = state_dir, options
        self.process = None
        self.port = 0

    def start(self) -> None:
        """Serve; after the first time on the same port."""
        command = [sys.executable, "-m", "tests.local.faulty", "--state", str(self.state_dir)]
        self.state_dir.mkdir(parents=True, exist_ok=True)
        self.output = (self.state_dir / "server.log").open("a+")
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port), *self.options],
            stdout=self.output,
            stderr=self.output,
            cwd=ROOT,
        )
        deadline = time.monotonic() + 60
        while not self._answers():
            assert self.process.poll() is None, (self.state_dir / "server.log").read_text()
            assert time.monotonic() < deadline, "the local cloud did not start"
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            note = json.loads((self.state_dir / "server.json").read_text())
            self.url = note["url"]
            self.port = int(self.url.rpartition(":")[2])
            return note["pid"] == self.process.pid and bool(self.get("/_local/status"))
        except (OSError, ValueError):
            return False

    @property
    def token(self) -> str:
        """What its private methods want."""
        return (self.state_dir / "token").read_text()

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in good order."""
        self._end(signal.SIGTERM)

    def _end(self, number: int) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(30)
        if self.process is not None:
            self.output.close()
        self.process = None

    def call(self, method: str, path: str, body: object = None, **headers: str) -> object:
        """Send JSON with the token, get JSON; raises HTTPError for an error."""
        data = None if body is None else json.dumps(body).encode()
        own = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(self.url + path, data, own | headers, method=method)
        with urllib.request.urlopen(request, timeout=180) as response:
            text = response.read()
        return json.loads(text) if text else None

    def get(self, path: str) -> object:
        """Read JSON."""
        return self.call("GET", path)

    def fault(self, **spec: object) -> None:
        """Set a fault, as `Fault` of `tests/local/faulty.py`."""
        self.call("POST", "/_faults", spec)

    def clear_faults(self) -> None:
        """Unset all faults."""
        self.call("DELETE", "/_faults")

    def calls(self) -> dict[str, int]:
        """How often each method was called."""
        return self.get("/_calls")

    def reset_calls(self) -> None:
        """Count from nothing again."""
        self.call("DELETE", "/_calls")

    def state(self) -> dict:
        """Everything that is kept, but the bytes, as it stands in the records."""
        path = f"file:{self.state_dir / 'records.sqlite'}?mode=ro"
        with closing(sqlite3.connect(path, uri=True)) as records:

            def kept(sql: str) -> dict:
                return {name: json.loads(text) for name, text in records.execute(sql)}

            objects = {name: {} for (name,) in records.execute("SELECT name FROM buckets")}
            for bucket, name, generation, record in records.execute(
                "SELECT bucket, name, generation, record FROM objects ORDER BY bucket, name"
            ):
                objects[bucket][name] = {"generation": str(generation), **json.loads(record)}
            return {
                "driver": self.get("/_local/status")["driver"],
                "buckets": kept("SELECT name, record FROM buckets"),
                "objects": objects,
                "resources": kept(
                    "SELECT collection || '/' || name, record FROM resources"
                    " WHERE collection != 'operations'"
                ),
                "policies": kept("SELECT resource, policy FROM policies"),
            }

    def storage_client(self):
        """google-cloud-storage against it, with its token."""
        from google.cloud import storage
        from google.oauth2.credentials import Credentials

        return storage.Client(
            project="local-project",
            credentials=Credentials(self.token),
            client_options={"api_endpoint": self.url},
        )


@pytest.fixture(autouse=True, scope="session")
def _no_telemetry():
    """google-cloud-storage would read each bucket once more to trace it."""
    os.environ["DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA"] = "true"


@pytest.fixture(autouse=True, scope="session")
def _interruptible():
    """What the tests start would inherit that SIGINT is ignored, as it is behind `&`."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def local_cloud(tmp_path):
    """A local cloud with nothing in it; ends with the test."""
    cloud = LocalCloud(tmp_path / "local")
    cloud.start()
    yield cloud
    cloud.stop()


@pytest.fixture(scope="session")
def browser():
    """Chromium, opened once: Playwright runs one loop a process, and no second beside it."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        pytest.skip("no chromium on PATH; on Debian: apt install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        yield browser
        browser.close()
