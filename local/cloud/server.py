"""The server as a process: started, found again by its state folder, stopped.

The state folder's `server.json` says which process serves it, and where. It is believed only
when that process proves that it has the folder's token; before that, it is sent nothing secret.
A server whose folder is gone, moved, or another server's ends by itself.
"""

import contextlib
import errno
import hmac
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cheroot.wsgi import Server

from local.cloud import guard
from local.cloud.application import Wsgi, running
from local.cloud.errors import ServeError
from local.cloud.services import functions

__all__ = ["Answering", "end", "fetch", "probe", "serve", "start", "status", "stop"]

_FILE = "server.json"
_TIMEOUT = 60.0
_ASK_SECONDS = 5.0  # a local cloud answers at once, unless the machine is very busy
_LOOK_SECONDS = 0.5  # between two looks whether the folder is still this server's
_THREADS = 24
# Half-sent requests of as many clients as there are threads would hold up all others for so long.
_SILENCE_SECONDS = 10
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


@dataclass(frozen=True, kw_only=True)
class Answering:
    """What answers at an address: `pid` and `state` as it says, None where it is no local cloud.

    `ours` where it proved that it has the token of the state folder that was asked about.
    """

    url: str
    pid: int | None = None
    state: str | None = None
    driver: str | None = None
    ours: bool = False


def probe(url: str, folder: Path) -> Answering | None:
    """Who answers at `url` (`http://127.0.0.1:PORT`), without sending a secret; None: nobody."""
    challenge, token = secrets.token_hex(16), guard.token_of(folder)
    request = urllib.request.Request(f"{url}/_local/status?challenge={challenge}")  # noqa: S310 loopback, of our own making
    try:
        with _DIRECT.open(request, timeout=_ASK_SECONDS) as response:
            said = json.loads(response.read())
        pid, state = int(said["pid"]), str(said["state"])
        proof, driver = str(said["proof"]), said["driver"]
    except (urllib.error.HTTPError, TimeoutError, HTTPException):
        return Answering(url=url)
    except OSError as error:
        reason = getattr(error, "reason", error)
        return Answering(url=url) if isinstance(reason, TimeoutError) else None
    except (ValueError, KeyError, TypeError):
        return Answering(url=url)
    expected = guard.proof_of(token, urlsplit(url).port or 80, challenge)
    ours = bool(token) and hmac.compare_digest(proof.encode(), expected.encode())
    return Answering(url=url, pid=pid, state=state, driver=driver, ours=ours)


def status(folder: Path) -> Answering | None:
    """Who serves the folder; None if nobody does."""
    try:
        noted = json.loads((folder / _FILE).read_text())
        found = probe(str(noted["url"]), folder)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if found and found.ours else None


def fetch(folder: Path, path: str) -> bytes:
    """Read one of the local cloud's own addresses; raises ServeError where none is running."""
    found = status(folder)
    if found is None:
        raise ServeError("No gallery runs here. Start it: ./gallery up")
    headers = {"Authorization": f"Bearer {guard.token_of(folder)}"}
    request = urllib.request.Request(found.url + path, headers=headers)  # noqa: S310 loopback, of our own making
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
        raise ServeError(f"{port} is no port. PORT must be 1024 to {_HIGHEST_PORT - 1}.")
    with running(folder, port) as (cloud, application):
        server = _Server(
            ("127.0.0.1", port), wrap(application), numthreads=_THREADS, request_queue_size=512,
            timeout=_SILENCE_SECONDS, shutdown_timeout=2,
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
        while not ended.wait(_LOOK_SECONDS) and _is_ours(folder, cloud.token):
            """A wait without an end would lose a signal that comes just before it."""
        server.stop()
    if _is_ours(folder, cloud.token):
        (folder / _FILE).unlink(missing_ok=True)


def _is_ours(folder: Path, token: str) -> bool:
    """Whether a state folder is still the one of the server with this token and this process."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        noted = json.loads((folder / _FILE).read_text())
        return bool(noted["pid"] == os.getpid() and guard.token_of(folder) == token)
    return False


def _refusal(port: int, what: str) -> ServeError:
    return ServeError(f"Port {port} is {what}. Choose another: ./gallery up --port 8490")


def _refuse_second(folder: Path) -> None:
    if found := status(folder):
        raise ServeError(
            f"A local cloud is running already: {found.url}, process {found.pid}. "
            "To end it: ./gallery stop"
        )


def start(folder: Path, port: int) -> Answering:
    """Serve in the background; returns once it answers, raises ServeError if it does not."""
    _refuse_second(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = folder / "server.log"
    command = [sys.executable, "-m", "local.cloud", str(folder.resolve()), str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd=Path(__file__).parents[2],
        )
    deadline = time.monotonic() + _TIMEOUT
    while time.monotonic() < deadline:
        if (found := status(folder)) and found.pid == process.pid:
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
    if found is None or found.pid is None:
        (folder / _FILE).unlink(missing_ok=True)
        return False
    end(found.pid)
    return True


def end(pid: int) -> None:
    """End a server by its process; raises ServeError where it does not end within a minute."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _TIMEOUT
    while time.monotonic() < deadline:
        if not _alive(pid):
            return
        time.sleep(0.05)
    raise ServeError(f"The local cloud, process {pid}, does not end. End it: kill -9 {pid}")


def _alive(pid: int) -> bool:
    """Whether a process runs. One that ended and that nobody waits for (a zombie) does not."""
    with contextlib.suppress(ChildProcessError):
        if os.waitpid(pid, os.WNOHANG) != (0, 0):
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # Linux; elsewhere process 1 waits for every orphan. The state follows the name in brackets.
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return True
