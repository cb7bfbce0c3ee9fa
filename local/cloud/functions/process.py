"""One process of a function: the launcher over an unpacked archive."""

import contextlib
import os
import re
import socket
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

from local.cloud.errors import BuildFailed

__all__ = ["Process", "command", "environment"]

_START_SECONDS = 60.0
# LD_LIBRARY_PATH: some interpreters find their own library by nothing else.
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "SSL_CERT_FILE", "LD_LIBRARY_PATH")
_ERROR = re.compile(r"^[\w.]*(Error|Exception|Exit)\b.*")
_LAUNCHER = Path(__file__).with_name("launcher.py")
_READY = "The function is loaded."  # the launcher writes it


class Process:
    """Started on a socket that is open already; `write` is given every line of its output."""

    def __init__(
        self,
        command: list[str],
        listener: socket.socket,
        folder: Path,
        environment: Mapping[str, str],
        write: Callable[[str], None],
    ) -> None:
        self._lines: deque[str] = deque(maxlen=50)
        self._write = write
        self._ready = threading.Event()
        self._popen = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_until_ready(self) -> None:
        """Return once the function is loaded; raises BuildFailed with the reason if it ends."""
        is_ready = self._ready.wait(_START_SECONDS)
        if self._popen.poll() is None and is_ready:
            return
        reason = self._reason()
        self.stop()
        if not is_ready:
            raise BuildFailed(f"the function was not loaded within {_START_SECONDS:.0f} s")
        raise BuildFailed(f"the function did not start: {reason}")

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
            line = raw.decode(errors="replace").rstrip()
            if line == _READY and not self._ready.is_set():
                self._ready.set()
            elif line:
                self._lines.append(line)
                self._write(line)
        self._popen.stdout.close()
        self._popen.wait()
        self._ready.set()  # it never will be: nobody has to wait for it

    def _reason(self) -> str:
        """The last line that names an error, else the last line."""
        self._reader.join(5)
        named = [line for line in self._lines if _ERROR.match(line)]
        return (named or list(self._lines) or ["it wrote nothing"])[-1]


def command(
    python: Path, listener: socket.socket, closed: Path, target: str, source: Path
) -> list[str]:
    """What serves a function; `-P` keeps this folder's modules out of its way."""
    port = str(listener.getsockname()[1])
    arguments = [listener.fileno(), port, closed, target, source / "main.py"]
    return [str(python), "-PsBu", str(_LAUNCHER), *map(str, arguments)]


def environment(declared: Mapping[str, str], entry_point: str, port: int) -> dict[str, str]:
    """What the platform sets, and what was declared; nothing of the checkout's."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {**inherited, **declared, "FUNCTION_TARGET": entry_point, "PORT": str(port)}
