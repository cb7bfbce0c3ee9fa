"""The functions that run: deployed, replaced without a broken connection, restarted, ended."""

import contextlib
import io
import shutil
import socket
import threading
import time
import uuid
import zipfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from local.cloud.errors import BuildFailed
from local.cloud.functions.environment import python_for
from local.cloud.functions.logs import Logs
from local.cloud.functions.process import Process, command, environment

__all__ = ["Revision", "Supervisor"]

# Between two starts of one that ends by itself; after an hour of health it starts from the first.
_SHORTEST_PAUSE, _LONGEST_PAUSE, _HEALTHY_SECONDS = 0.1, 30.0, 3600.0
_PORTS = 200
_BACKLOG = 128


@dataclass(frozen=True, kw_only=True)
class Revision:
    """What a process is made of; `environment` is asked anew at each start."""

    function: str
    folder: Path
    entry_point: str
    environment: Callable[[], Mapping[str, str]]


class _Service:
    """A function's socket, which stays open, and the process that answers on it."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.process: Process | None = None
        self.lock = threading.Lock()
        self.is_wanted = True

    @property
    def port(self) -> int:
        """Where the function answers."""
        return int(self.listener.getsockname()[1])


class Supervisor:
    """Every function of a local cloud, by name, on the ports after `first_port()`."""

    def __init__(self, folder: Path, first_port: Callable[[], int]) -> None:
        self.folder = folder / "functions"
        self.logs = Logs(folder / "logs.jsonl")
        self._first_port = first_port
        self._services: dict[str, _Service] = {}
        self._lock = threading.Lock()

    def unpack(self, archive: bytes) -> Path:
        """The archive as a folder; raises BuildFailed if it is none or lacks a file."""
        folder = self.folder / uuid.uuid4().hex
        try:
            with zipfile.ZipFile(io.BytesIO(archive)) as content:
                content.extractall(folder)
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
            raise BuildFailed(f"the archive cannot be unpacked: {error}") from error
        for name in ("main.py", "requirements.txt"):
            if not (folder / name).is_file():
                raise BuildFailed(f"the archive has no {name} at its root")
        return folder

    def reserve(self, function: str, port: int | None = None) -> int:
        """Open the function's port, the one that it had or the first that is free.

        Raises BuildFailed where none can be had.
        """
        with self._lock:
            if function in self._services:
                return self._services[function].port
            first = self._first_port()
            for candidate in [port] if port else range(first, min(first + _PORTS, 65536)):
                with contextlib.suppress(OSError):
                    listener = socket.create_server(("127.0.0.1", candidate), backlog=_BACKLOG)
                    self._services[function] = _Service(listener)
                    return candidate
        raise BuildFailed(f"port {port} is in use by another program" if port else "no free port")

    def port(self, function: str) -> int | None:
        """The function's port, if there is such a function."""
        service = self._services.get(function)
        return service.port if service else None

    def deploy(self, revision: Revision) -> None:
        """Start the revision on the function's socket, then end the former one.

        Raises BuildFailed with the reason; the former one then serves on.
        """
        service = self._services[revision.function]
        with service.lock:
            process = self._start(revision, service)
            former, service.process = service.process, process
        watch = (revision, service, process)
        threading.Thread(target=self._watch, args=watch, daemon=True).start()
        if former:
            former.stop()

    def _start(self, revision: Revision, service: _Service) -> Process:
        def say(line: str) -> None:
            self.logs.write(revision.function, line)

        python = python_for((revision.folder / "requirements.txt").read_bytes(), say)
        closed = self._closed(revision.function)
        arguments = command(python, service.listener, closed, revision.entry_point, revision.folder)
        variables = environment(revision.environment(), revision.entry_point, service.port)
        process = Process(arguments, service.listener, revision.folder, variables, say)
        process.wait_until_ready()
        return process

    def _watch(self, revision: Revision, service: _Service, process: Process) -> None:
        """Start the revision again when its process ends by itself; longer pauses each time."""
        pause, started = _SHORTEST_PAUSE, time.monotonic()
        process.wait()
        while service.is_wanted and service.process is process:
            self.logs.write(revision.function, "The function's process ended; starting it again")
            if time.monotonic() - started > _HEALTHY_SECONDS:
                pause = _SHORTEST_PAUSE
            time.sleep(pause)
            pause, started = min(pause * 2, _LONGEST_PAUSE), time.monotonic()
            with service.lock, contextlib.suppress(BuildFailed):
                if service.is_wanted and service.process is process:
                    process = service.process = self._start(revision, service)
            process.wait()

    def set_open(self, function: str, is_open: bool) -> None:
        """Whether everybody may call it; the launcher looks for the file at each request."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if is_open:
            self._closed(function).unlink(missing_ok=True)
        else:
            self._closed(function).touch()

    def _closed(self, function: str) -> Path:
        return (self.folder / f"{function}.closed").resolve()

    def remove(self, function: str) -> None:
        """End the function and free its port."""
        with self._lock:
            service = self._services.pop(function, None)
        self._closed(function).unlink(missing_ok=True)
        if service:
            service.is_wanted = False
            service.listener.close()
            with service.lock:
                if service.process:
                    service.process.stop()

    def sweep(self, kept: set[str]) -> None:
        """Remove every unpacked archive but those named."""
        for folder in self.folder.glob("*/"):
            if folder.name not in kept:
                shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """End every function."""
        with ThreadPoolExecutor() as pool:
            list(pool.map(self.remove, list(self._services)))
