"""Many at once: a bounded number of threads over a stream of things."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["each"]

_FAREWELL = 5.0  # seconds that calls under way have to end in, once somebody pressed Ctrl-C
T = TypeVar("T")


def each(things: Iterable[T], do: Callable[[T], None], width: int) -> None:
    """Call `do` with each thing, at most `width` at once.

    Things are taken from the stream as they are needed, and not kept. The first exception stops
    all, and is raised.
    """
    stream = iter(things)
    taking = threading.Lock()
    failures: list[BaseException] = []

    def work() -> None:
        while not failures:
            with taking:
                try:
                    thing = next(stream)
                except StopIteration:
                    return
            try:
                do(thing)
            except BaseException as failure:
                failures.append(failure)

    _run([threading.Thread(target=work, daemon=True) for _ in range(width)], failures)
    if failures:
        raise failures[0]


def _run(threads: list[threading.Thread], failures: list[BaseException]) -> None:
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    except KeyboardInterrupt as interrupt:
        failures.append(interrupt)
        deadline = time.monotonic() + _FAREWELL
        for thread in threads:
            if thread.ident is not None:
                thread.join(max(0.0, deadline - time.monotonic()))
