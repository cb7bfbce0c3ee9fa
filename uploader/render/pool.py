"""A few worker processes, so that a decoder that crashes, hangs or wants all memory costs one file.

Each worker is a pool of its own: what one of them dies of cannot stall the others. What a worker
dies of is trouble of this moment, and no fault of the photo.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from multiprocessing import Pipe
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Self

from uploader.errors import Stopped, Unusable, UploaderError
from uploader.render.renditions import WIDTHS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from pathlib import Path

    from uploader.folder.files import Stamp
    from uploader.render.renditions import Inspection, Rendered

__all__ = ["Pool"]

_TIMEOUT = 120.0  # seconds for one file; 200 megapixels take up to 13 (2026-11)
_GRACE = 10.0  # seconds for a worker to start in
_CALLS = 200  # files, before a new process takes the place of one that decoders left in a bad state
_BASE_MEMORY = 400_000_000  # bytes of a worker with its libraries and threads
_BYTES_PER_PIXEL = 16  # of 200 megapixels WebP needs 15.5, AVIF 9, TIFF 7.6, JPEG 1 (2026-11)
_OPENED_MEMORY = 8 * 200_000_000  # bytes; of WebP two canvases are allocated before it is decoded
_STOPPED = "Stopped before all was done. Run the same again to go on."


class Pool:
    """As many worker processes as there are cores, each started when first needed."""

    def __init__(self, count: int | None = None, timeout: float = _TIMEOUT) -> None:
        self.count = count or os.cpu_count() or 1
        self._timeout = timeout
        self._workers = [_Worker() for _ in range(self.count)]
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._memory = _Memory(_physical_memory() // 2)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.stop(for_good=True)

    def inspect(self, path: Path, file_size: int) -> tuple[Inspection, Stamp]:
        """Identify a file, and tell its stamp when it was read; Unusable with the reason.

        Safe from many threads, as `render` is.
        """
        memory = _BASE_MEMORY + 2 * file_size
        found: tuple[Inspection, Stamp] = self._run(
            memory, "inspect", {"path": str(path)}, extra=_OPENED_MEMORY
        )
        return found

    def render(
        self, path: Path, id_: str, size: tuple[int, int], *, widest: int = WIDTHS[-1]
    ) -> Rendered:
        """Make the renditions of a picture of this size; Unusable with the reason."""
        memory = _BASE_MEMORY + _BYTES_PER_PIXEL * size[0] * size[1]
        arguments = {"path": str(path), "id_": id_, "widest": widest}
        made: Rendered = self._run(memory, "render", arguments)
        return made

    def _run(self, memory: int, name: str, arguments: dict[str, object], *, extra: int = 0) -> Any:
        limit = min(memory + extra, _physical_memory() * 9 // 10)
        worker = self._idle.get()
        try:
            with self._memory.held(memory):
                return worker.run(name, arguments | {"memory": limit}, self._timeout)
        finally:
            self._idle.put(worker)


class _Memory:
    """Lets as many large pictures be decoded at once as the machine has memory for."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._used = 0
        self._changed = threading.Condition()

    @contextmanager
    def held(self, amount: int) -> Iterator[None]:
        """Wait until so many bytes are free, or nobody else holds any."""
        with self._changed:
            self._changed.wait_for(lambda: not self._used or self._used + amount <= self._total)
            self._used += amount
        try:
            yield
        finally:
            with self._changed:
                self._used -= amount
                self._changed.notify_all()


def _physical_memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


class _Worker:
    """One worker process; a new one takes the place of one that died or was too slow."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection[Any, Any] | None = None
        self._calls = 0
        self._stopped = False
        self._starting = threading.Lock()

    def run(self, name: str, arguments: dict[str, object], timeout: float) -> Any:
        """The result of a call in the worker process; Unusable with the reason."""
        connection, limit = self._started(timeout)
        reason = "makes the decoder crash"
        try:
            connection.send((name, arguments))
            if connection.poll(limit):
                result = connection.recv()
                if isinstance(result, Unusable):
                    raise result
                return result
            reason = f"takes longer than {timeout:.0f} s to decode"
        except (EOFError, OSError):
            pass  # the process is gone
        self.stop()
        if self._stopped:
            raise Stopped(_STOPPED)
        raise Unusable(reason, transient=True)

    def _started(self, timeout: float) -> tuple[Connection[Any, Any], float]:
        """The connection to a process that is there, and how long its next call may take."""
        if self._calls >= _CALLS:
            self.stop()
        with self._starting:
            if self._stopped:
                raise Stopped(_STOPPED)
            if self._connection is None:
                self._process, self._connection = _start()
                self._calls = 0
                timeout += _GRACE
            self._calls += 1
            return self._connection, timeout

    def stop(self, *, for_good: bool = False) -> None:
        """End the process, whatever it is doing; a call that waits for it ends as well."""
        with self._starting:
            self._stopped = self._stopped or for_good
            process, self._process, self._connection = self._process, None, None
        if process is not None:
            process.kill()  # it has nothing to finish
            process.wait()


def _start() -> tuple[subprocess.Popen[bytes], Connection[Any, Any]]:
    """A fresh interpreter that imports what it needs, and not the main program.

    That may be Pulumi's, which would declare all its resources again. Threads of this process
    cannot be copied. In a session of its own, for Ctrl-C is for the parent, which ends it.
    """
    try:
        ours, its = Pipe()
        with its:
            command = [sys.executable, "-P", "-m", "uploader.render.worker", str(its.fileno())]
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=2,  # what a decoder prints must not get into the command's output
                env=os.environ | {"PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))},
                pass_fds=[its.fileno()],
                start_new_session=True,
            )
    except OSError as error:
        raise UploaderError(
            f"No process can be started to decode photos ({error.strerror}). "
            "End other programs, or allow more processes and open files: ulimit -u -n"
        ) from error
    return process, ours
