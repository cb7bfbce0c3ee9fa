"""The server as a process: started, found again by its state folder, stopped.

The state folder's `server.json` says which process serves it, and where. It is believed only
when that process answers with the same folder.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from local.cloud.application import running
from local.cloud.errors import ServeError

__all__ = ["fetch", "serve", "start", "status", "stop"]

_FILE = "server.json"
_PATIENCE = 60.0


def status(folder: Path) -> dict[str, Any] | None:
    """Who serves the folder: `pid`, `url`, `state`; None if nobody does."""
    try:
        noted = json.loads((folder / _FILE).read_text())
        answered = json.loads(_get(f"{noted['url']}/_local/status"))
    except (OSError, ValueError, KeyError):
        return None
    same = isinstance(answered, dict) and answered.get("state") == str(folder.resolve())
    return answered if same else None


def fetch(folder: Path, path: str) -> bytes:
    """Read one of the local cloud's own addresses; raises ServeError where none is running."""
    found = status(folder)
    if found is None:
        raise ServeError(f"No local cloud is running on {folder}. Start one: python -m local serve")
    return _get(found["url"] + path)


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as response:  # noqa: S310 of our own making
        body: bytes = response.read()
    return body


def serve(folder: Path, port: int) -> None:
    """Serve until SIGTERM or SIGINT; raises ServeError if that cannot be."""
    if found := status(folder):
        raise ServeError(
            f"A local cloud is running already: {found['url']}, process {found['pid']}"
        )
    folder = folder.resolve()
    with running(folder, port) as server:
        note = {"pid": os.getpid(), "url": f"http://127.0.0.1:{server.server_port}"}
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
        (folder / _FILE).write_text(json.dumps(note))
        print(f"The local cloud answers at {note['url']}", flush=True)  # noqa: T201 a command's output
        server.serve_forever(poll_interval=0.05)
    (folder / _FILE).unlink(missing_ok=True)


def start(folder: Path, port: int) -> dict[str, Any]:
    """Serve in the background; returns once it answers, raises ServeError if it does not."""
    if found := status(folder):
        raise ServeError(
            f"A local cloud is running already: {found['url']}, process {found['pid']}"
        )
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "server.log"
    command = [sys.executable, "-m", "local", "serve", "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--state", str(folder.resolve())],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd=Path(__file__).parents[2],
        )
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if (found := status(folder)) and found["pid"] == process.pid:
            return found
        if process.poll() is not None:
            lines = log.read_text(errors="replace").strip().splitlines()
            raise ServeError(lines[-1] if lines else "The local cloud ended at once")
        time.sleep(0.05)
    process.terminate()
    raise ServeError(f"The local cloud did not answer within a minute; see {log}")


def stop(folder: Path) -> bool:
    """End the server and all it started; False if none was running."""
    found = status(folder)
    if found is None:
        (folder / _FILE).unlink(missing_ok=True)
        return False
    os.kill(found["pid"], signal.SIGTERM)
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if not _alive(found["pid"]):
            return True
        time.sleep(0.05)
    raise ServeError(f"The local cloud, process {found['pid']}, does not end")


def _alive(pid: int) -> bool:
    try:
        if os.waitpid(pid, os.WNOHANG) != (0, 0):
            return False
    except ChildProcessError:
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
