"""Threads that work through a list: the first exception ends it, and Ctrl-C is never missed."""

from __future__ import annotations

import sys
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, TypeVar

from uploader.errors import Unusable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["attempt_all", "run_all"]

_CTRL_C = 0.5  # seconds until it is looked for again
T = TypeVar("T")


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
