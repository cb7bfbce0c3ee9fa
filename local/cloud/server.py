"""The server as a process: started, found again by its state folder, stopped.

The state folder's `server.json` says which process serves it, and where. It is believed only
when that process answers with the same folder.
"""

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cheroot.wsgi import Server

from local.cloud import guard
from local.cloud.application import Wsgi, running
from local.cloud.errors import ServeError
from local.cloud.services import functions

__all__ = ["fetch", "serve", "start", "status", "stop"]

_FILE = "server.json"
_TIMEOUT = 60.0
_THREADS = 24
_HIGHEST_PORT = 65535
# The uploader keeps 64 connections open, a test client hundreds.
_CONNECTIONS = 1000
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class _Server(Server):
    """One that another may follow at once on the same port, also where the first chose it."""

    def bind(self, *_: Any) -> socket.socket:
        """Bind with SO_REUSEADDR always; raises ServeError."""
        try:
            self.socket = socket.create_server(self.bind_addr, backlog=self.request_queue_size)
        except OSError as error:  # cheroot would keep its text alone
            alone = error.errno == errno.EACCES
            what = "for the administrator alone" if alone else "in use by another program"
            raise _refusal(self.bind_addr[1], what) from None
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.bind_addr = self.socket.getsockname()
        bound: socket.socket = self.socket
        return bound


def status(folder: Path) -> dict[str, Any] | None:
    """Who serves the folder: `pid`, `url`, `state`; None if nobody does."""
    try:
        noted = json.loads((folder / _FILE).read_text())
        answered = json.loads(_get(folder, f"{noted['url']}/_local/status"))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    same = isinstance(answered, dict) and answered.get("state") == str(folder.resolve())
    return answered if same else None


def fetch(folder: Path, path: str) -> bytes:
    """Read one of the local cloud's own addresses; raises ServeError where none is running."""
    found = status(folder)
    if found is None:
        raise ServeError(f"No local cloud is running on {folder}. Start one: python -m local serve")
    return _get(folder, found["url"] + path)


def _get(folder: Path, url: str) -> bytes:
    headers = {"Authorization": f"Bearer {guard.token_of(folder)}"}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 of our own making
    with _DIRECT.open(request, timeout=10) as response:
        body: bytes = response.read()
    return body


def serve(folder: Path, port: int, wrap: Callable[[Wsgi], Wsgi] = lambda app: app) -> None:
    """Serve until SIGTERM or SIGINT; raises ServeError if that cannot be.

    `wrap` may put something around the application, such as faults on purpose.
    """
    _refuse_second(folder)
    folder = folder.resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not 0 <= port < _HIGHEST_PORT:
        raise _refusal(
            port, f"not to be had: 1 to {_HIGHEST_PORT - 1} are, for the function needs one more"
        )
    with running(folder, port) as (cloud, application):
        server = _Server(
            ("127.0.0.1", port), wrap(application), numthreads=_THREADS, request_queue_size=512,
            timeout=300, shutdown_timeout=2,
        )  # fmt: skip
        server.keep_alive_conn_limit = _CONNECTIONS
        server.expiration_interval = 0.1  # seconds until it sees that it shall stop
        server.prepare()
        cloud.port = server.bind_addr[1]
        functions.start_all(cloud)
        ended = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):  # SIGINT may have been ignored at the start
            signal.signal(number, lambda *_: ended.set())
        threading.Thread(target=server.serve, daemon=True).start()
        (folder / _FILE).write_text(json.dumps({"pid": os.getpid(), "url": cloud.url}))
        print(f"The local cloud answers at {cloud.url}", flush=True)  # noqa: T201 a command's output
        ended.wait()
        server.stop()
    (folder / _FILE).unlink(missing_ok=True)


def _refusal(port: int, what: str) -> ServeError:
    return ServeError(f"Port {port} is {what}. Choose another: make up PORT=8490")


def _refuse_second(folder: Path) -> None:
    if found := status(folder):
        raise ServeError(
            f"A local cloud is running already: {found['url']}, process {found['pid']}"
        )


def start(folder: Path, port: int) -> dict[str, Any]:
    """Serve in the background; returns once it answers, raises ServeError if it does not."""
    _refuse_second(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
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
    deadline = time.monotonic() + _TIMEOUT
    while time.monotonic() < deadline:
        if (found := status(folder)) and found["pid"] == process.pid:
            return found
        if process.poll() is not None:
            lines = log.read_text(errors="replace").strip().splitlines()
            reason = lines[-1].removeprefix("error: ") if lines else "It ended at once"
            raise ServeError(reason)
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
    deadline = time.monotonic() + _TIMEOUT
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
