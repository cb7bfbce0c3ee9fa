"""Many at once: a bounded number of threads over a stream of things."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["each"]

T = TypeVar("T")


def each(things: Iterable[T], do: Callable[[T], None], width: int) -> None:
    """Call `do` with each thing, at most `width` at once.

    The first exception stops all, and is raised.
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

    _run(work, width, failures)
    if failures:
        raise failures[0]


def _run(work: Callable[[], None], width: int, failures: list[BaseException]) -> None:
    threads = [threading.Thread(target=work, daemon=True) for _ in range(width)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    except KeyboardInterrupt as interrupt:
        failures.append(interrupt)
        for thread in threads:
            thread.join(timeout=30)
