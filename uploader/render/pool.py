"""A few worker processes, so that a decoder that crashes, hangs or wants all memory costs one file.

Each worker is a pool of its own: what one of them dies of cannot stall the others. What a worker
dies of is trouble of this moment, and no fault of the photo.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
from concurrent.futures import FIRST_EXCEPTION, CancelledError, ThreadPoolExecutor, wait
from concurrent.futures import TimeoutError as Timeout
from contextlib import contextmanager
from multiprocessing.context import SpawnContext, SpawnProcess
from queue import SimpleQueue
from types import ModuleType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from pebble import CONSTS, ProcessPool

from uploader.errors import Stopped, Unusable, UploaderError
from uploader.render.renditions import WIDTHS
from uploader.render.worker import inspect_file, render_file, set_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from pebble import ProcessFuture

    from uploader.render.renditions import Rendered
    from uploader.render.worker import Found

__all__ = ["Pool", "attempt_all", "run_all"]

_TIMEOUT = 120.0  # seconds for one file; 200 megapixels take up to 13 (2026-11)
_GRACE = 10.0  # seconds for a worker to start in
_CTRL_C = 0.5  # seconds until it is looked for again
# What a machine says on which no process can be started; it is no fault of the photo.
_NO_SEMAPHORES = (errno.EACCES, errno.EROFS, errno.ENOENT, errno.ENOSYS)
_TASKS = 200  # files, before a new process takes the place of one that decoders left in a bad state
_BASE_MEMORY = 400_000_000  # bytes of a worker with its libraries and threads
_BYTES_PER_PIXEL = 16  # of 200 megapixels WebP needs 15.5, AVIF 9, TIFF 7.6, JPEG 1 (2026-11)
_OPENED_MEMORY = 8 * 200_000_000  # bytes; of WebP two canvases are allocated before it is decoded
T = TypeVar("T")

CONSTS.term_timeout = 0.2  # seconds from SIGTERM to SIGKILL; workers have nothing to finish


def run_all(do: Callable[[T], None], things: Iterable[T], width: int) -> None:
    """Call `do` with each thing, at most `width` at once.

    The first exception stops what has not begun, and is raised without waiting for the rest.
    """
    threads = ThreadPoolExecutor(width)
    try:
        pending = {threads.submit(do, thing) for thing in things}
        while pending:
            # Not for ever: Ctrl-C just before a lock is waited for is seen when the wait ends.
            done, pending = wait(pending, timeout=_CTRL_C, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
    finally:
        threads.shutdown(wait=sys.exc_info()[0] is None, cancel_futures=True)


def attempt_all(
    do: Callable[[T], None],
    things: Iterable[T],
    width: int,
    give_up: Callable[[T, Unusable], None],
    is_last: Callable[[T], bool],
) -> None:
    """As `run_all`; what was in trouble before, or is now, has its turn alone and last."""
    waiting = list(things)
    last = [thing for thing in waiting if is_last(thing)]

    def attempt(thing: T) -> None:
        try:
            do(thing)
        except Unusable as error:
            if error.transient:
                last.append(thing)
            else:
                give_up(thing, error)

    def attempt_again(thing: T) -> None:
        try:
            do(thing)
        except Unusable as error:
            give_up(thing, error)

    run_all(attempt, [thing for thing in waiting if not is_last(thing)], width)
    run_all(attempt_again, last, 1)


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

    def inspect(self, path: Path, file_size: int) -> Found:
        """Identify a file; Unusable with the reason. Safe from many threads."""
        memory = _BASE_MEMORY + 2 * file_size
        found: Found = self._run(memory, inspect_file, str(path), extra=_OPENED_MEMORY)
        return found

    def render(
        self, path: Path, id_: str, size: tuple[int, int], *, widest: int = WIDTHS[-1]
    ) -> Rendered:
        """Make the renditions of a picture of this size; Unusable with the reason."""
        memory = _BASE_MEMORY + _BYTES_PER_PIXEL * size[0] * size[1]
        made: Rendered = self._run(memory, render_file, str(path), id_, widest=widest)
        return made

    def _run(
        self,
        memory: int,
        do: Callable[..., Any],
        *args: object,
        extra: int = 0,
        **options: object,
    ) -> Any:
        limit = min(memory + extra, _physical_memory() * 9 // 10)
        worker = self._idle.get()
        try:
            with self._memory.held(memory):
                return worker.run(do, args, options | {"memory": limit}, self._timeout)
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
        self._pool: ProcessPool | None = None
        self._stopped = False
        self._starting = threading.Lock()

    def run(
        self,
        do: Callable[..., Any],
        args: Iterable[object],
        options: dict[str, Any],
        timeout: float,
    ) -> Any:
        """The result of a call in the worker process."""
        try:
            future = self._scheduled(do, args=args, kwargs=options, timeout=timeout)
            # A process that is stopped before it has taken the call is not timed by the pool.
            return future.result(timeout + _GRACE)
        except (Unusable, UploaderError):
            raise
        except Timeout:
            self.stop()
            reason = f"takes longer than {timeout:.0f} s to decode"
        except MemoryError:
            reason = "needs more memory than there is"
        except OSError as error:
            reason = f"cannot be read ({(error.strerror or 'unknown reason').lower()})"
        except (CancelledError, Exception):  # ProcessExpired, or what nobody thought of
            self.stop()
            reason = "makes the decoder crash"
        if self._stopped:
            raise Stopped("Stopped before all was done. Run the same again to go on.")
        raise Unusable(reason, transient=True)

    def _scheduled(self, do: Callable[..., Any], **call: Any) -> ProcessFuture[Any]:
        """Hand a call over; the first one starts the process, if this machine can."""
        try:
            return self._started().schedule(do, **call)
        except OSError as error:
            if error.errno not in _NO_SEMAPHORES:
                raise
            raise UploaderError(
                f"No process can be started to decode photos ({error.strerror}). "
                "Does this machine let you write to /dev/shm?"
            ) from error

    def _started(self) -> ProcessPool:
        with self._starting:
            if self._stopped:
                raise CancelledError
            if self._pool is None:
                self._pool = ProcessPool(
                    max_workers=1, max_tasks=_TASKS, initializer=set_up, context=_Context()
                )
            return self._pool

    def stop(self, *, for_good: bool = False) -> None:
        """End the process, whatever it is doing."""
        with self._starting:
            pool, self._pool = self._pool, None
            self._stopped = self._stopped or for_good
        if pool is not None:
            pool.stop()  # type: ignore[no-untyped-call]  # pebble types most, not this
            pool.join()


class _Process(SpawnProcess):
    """A process that imports what it needs, and not the main program: that may be Pulumi's."""

    @staticmethod
    def _Popen(process_obj: Any) -> Any:  # noqa: N802 - the name that multiprocessing calls
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        # Ctrl-C is for the parent, which stops its workers; one that is starting would say a lot.
        unblocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return SpawnProcess._Popen(process_obj)  # noqa: SLF001 - the one place where it can be done
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)
            sys.modules["__main__"] = main


class _Context(SpawnContext):
    """Starts each process as a fresh interpreter: threads of this one cannot be copied."""

    Process = _Process
