"""The functions that run: deployed, replaced without a failed request, restarted, ended."""

import contextlib
import io
import shutil
import threading
import time
import uuid
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from localcloud.errors import BuildFailed
from localcloud.runtime.environment import python_for
from localcloud.runtime.logs import Logs
from localcloud.runtime.process import Process
from localcloud.runtime.proxy import Loop, Proxy

__all__ = ["Revision", "Supervisor"]

_LONGEST_PAUSE = 30.0
_PORTS = 200


@dataclass(frozen=True, kw_only=True)
class Revision:
    """What a process is made of."""

    function: str
    folder: Path
    entry_point: str
    environment: Callable[[], Mapping[str, str]] = field(repr=False)
    timeout: float = 60.0


@dataclass
class _Service:
    """A function's port, and the process behind it."""

    proxy: Proxy
    port: int
    process: Process | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    is_wanted: bool = True


class Supervisor:
    """Every function of a local cloud, by name."""

    def __init__(self, folder: Path, first_port: Callable[[], int]) -> None:
        self.folder = folder / "functions"
        self._first_port = first_port
        self._services: dict[str, _Service] = {}
        self._lock = threading.Lock()
        self._loop = Loop()
        self.logs = Logs(folder / "logs.jsonl")

    def unpack(self, archive: bytes) -> Path:
        """The archive as a folder; raises BuildFailed if it is none or lacks a main.py."""
        folder = self.folder / uuid.uuid4().hex
        try:
            with zipfile.ZipFile(io.BytesIO(archive)) as content:
                content.extractall(folder)
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
            raise BuildFailed(f"the archive cannot be unpacked: {error}") from error
        if not (folder / "main.py").is_file():
            raise BuildFailed("the archive has no main.py at its root")
        return folder

    def reserve(self, function: str, port: int | None = None) -> int:
        """Open the function's port, the one that it had or the first that is free.

        Raises BuildFailed where none can be had.
        """
        with self._lock:
            if function in self._services:
                return self._services[function].port
            first = self._first_port()
            candidates = [port] if port else range(first, min(first + _PORTS, 65536))
            taken = {service.port for service in self._services.values()}
            for candidate in candidates:
                proxy = Proxy(timeout=60.0)
                with contextlib.suppress(OSError):
                    if candidate in taken:
                        continue
                    self._loop.run(proxy.listen(candidate))
                    self._services[function] = _Service(proxy, candidate)
                    return candidate
        raise BuildFailed(f"port {port} is in use by another program" if port else "no free port")

    def reserved(self, function: str) -> int | None:
        """The function's port, if there is such a function."""
        service = self._services.get(function)
        return service.port if service else None

    def deploy(self, revision: Revision) -> None:
        """Start the revision, hand it the requests, then end the former one.

        Raises BuildFailed with the reason; the former one then serves on.
        """
        service = self._services[revision.function]
        with service.lock:
            process = self._start(revision)
            former, service.process = service.process, process
            service.proxy.timeout = revision.timeout
            self._loop.run(service.proxy.switch(process.port))
            threading.Thread(
                target=self._watch, args=(revision, service, process), daemon=True
            ).start()
            if former:
                former.stop()

    def _start(self, revision: Revision) -> Process:
        say = self._writer(revision.function)
        requirements = revision.folder / "requirements.txt"
        if not requirements.is_file():
            raise BuildFailed("the archive has no requirements.txt at its root")
        python = python_for(requirements.read_bytes(), say)
        environment = revision.environment()
        process = Process(python, revision.folder, revision.entry_point, environment, say)
        process.wait_until_answering()
        return process

    def _writer(self, function: str) -> Callable[[str], None]:
        return lambda line: self.logs.write(function, line)

    def _watch(self, revision: Revision, service: _Service, process: Process) -> None:
        """Start the revision again when its process ends by itself; longer pauses each time."""
        pause = 0.1
        process.wait()
        while service.is_wanted and service.process is process:
            self.logs.write(revision.function, "The function's process ended; starting it again")
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
            with service.lock, contextlib.suppress(BuildFailed):
                if service.is_wanted and service.process is process:
                    process = service.process = self._start(revision)
                    self._loop.run(service.proxy.switch(process.port))
            process.wait()

    def set_open(self, function: str, is_open: bool) -> None:
        """Whether everybody may call it."""
        if service := self._services.get(function):
            service.proxy.is_open = is_open

    def remove(self, function: str) -> None:
        """End the function and free its port."""
        with self._lock:
            service = self._services.pop(function, None)
        if service:
            service.is_wanted = False
            self._loop.run(service.proxy.close())
            with service.lock:
                if service.process:
                    service.process.stop()

    def sweep(self, kept: set[str]) -> None:
        """Remove every unpacked archive but those named."""
        for folder in self.folder.glob("*"):
            if folder.name not in kept:
                shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """End every function."""
        enders = [threading.Thread(target=self.remove, args=(name,)) for name in self._services]
        for ender in enders:
            ender.start()
        for ender in enders:
            ender.join()
        self._loop.close()
