"""One process of a function: the Functions Framework over an unpacked archive."""

import contextlib
import http.client
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

from local.cloud.errors import BuildFailed

__all__ = ["Process"]

_START_SECONDS = 60.0
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "SSL_CERT_FILE")
_ERROR = re.compile(r"^[\w.]*(Error|Exception|Exit)\b.*")
_WARDEN = str(Path(__file__).with_name("warden.py"))


class Process:
    """Started on a free port of its own; `write` is given every line of its output."""

    def __init__(
        self,
        python: Path,
        folder: Path,
        entry_point: str,
        environment: Mapping[str, str],
        write: Callable[[str], None],
    ) -> None:
        self.port = _free_port()
        self._lines: deque[str] = deque(maxlen=50)
        self._write = write
        command = [str(python), "-m", "functions_framework", "--target", entry_point]
        command += ["--source", str(folder / "main.py"), "--host", "127.0.0.1"]
        self._popen = subprocess.Popen(
            [sys.executable, "-I", _WARDEN, *command, "--port", str(self.port)],
            cwd=folder,
            env=_environment(environment, entry_point, self.port),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The process that holds the function's; they share a process group."""
        return self._popen.pid

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return self._popen.poll() is None

    def wait_until_answering(self) -> None:
        """Return once the framework answers; raises BuildFailed with the reason if it ends."""
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if not self.is_alive:
                self._reader.join(5)
                raise BuildFailed(f"the function did not start: {self._reason()}")
            if _answers(self.port):
                return
            time.sleep(0.05)
        self.stop()
        raise BuildFailed(f"the function did not answer within {_START_SECONDS:.0f} s")

    def stop(self) -> None:
        """Let it end its requests, then end it; returns when it has."""
        with contextlib.suppress(OSError):
            assert self._popen.stdin is not None  # noqa: S101 it was asked for
            self._popen.stdin.close()
        self._popen.wait()
        self._reader.join(5)

    def wait(self) -> None:
        """Return when it has ended."""
        self._popen.wait()

    def _read(self) -> None:
        assert self._popen.stdout is not None  # noqa: S101 it was asked for
        for raw in self._popen.stdout:
            if line := raw.decode(errors="replace").rstrip():
                self._lines.append(line)
                self._write(line)
        self._popen.stdout.close()

    def _reason(self) -> str:
        """The last line that names an error, else the last line."""
        named = [line for line in self._lines if _ERROR.match(line)]
        return (named or list(self._lines) or ["it wrote nothing"])[-1]


def _environment(declared: Mapping[str, str], entry_point: str, port: int) -> dict[str, str]:
    """What the platform sets, and what was declared; nothing of the checkout's."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {
        **inherited,
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        **declared,
        "FUNCTION_TARGET": entry_point,
        "PORT": str(port),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _answers(port: int) -> bool:
    """The framework answers /robots.txt itself, without the function."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/robots.txt")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
