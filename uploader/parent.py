"""Whether anybody still waits for this process: a killed engine leaves its providers running."""

from __future__ import annotations

import os
import select
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["orphaned"]


def orphaned(parent: int) -> Callable[[], bool]:
    """Tell whether nobody waits for this process any more, as after `kill -9` of the engine.

    The engine starts providers through a shell that outlives it; but nobody reads their output.
    """
    return lambda: os.getppid() != parent or _unread(1)


def _unread(descriptor: int) -> bool:
    """Tell whether the reader of a pipe is gone."""
    poll = select.poll()  # one for each call, for it serves one thread only
    poll.register(descriptor, 0)
    return any(event & select.POLLERR for _, event in poll.poll(0))
