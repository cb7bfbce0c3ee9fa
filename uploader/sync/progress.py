"""How far a sync is: one line, rewritten on a terminal; elsewhere a plain line now and then."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING

from uploader.sync.describe import megabytes, photos

if TYPE_CHECKING:
    from typing import TextIO

__all__ = ["Progress"]

_EVERY = 0.2  # seconds between two states on a terminal
_EVERY_LINE = 15.0  # seconds between two plain lines


class Progress:
    """Counts photos and bytes, and tells rate and time left."""

    def __init__(self, total: int, out: TextIO = sys.stderr) -> None:
        self._total = total
        self._out = out
        self._terminal = out.isatty()
        self._lock = threading.Lock()
        self._began = self._printed = time.monotonic()
        self._photos = self._bytes = 0

    def __call__(self, sent: int) -> None:
        """One more photo is done, with so many bytes."""
        with self._lock:
            self._photos += 1
            self._bytes += sent
            now = time.monotonic()
            if now - self._printed >= (_EVERY if self._terminal else _EVERY_LINE):
                self._printed = now
                self._print(now - self._began)

    def close(self) -> None:
        """Leave the terminal's line clean."""
        if self._terminal:
            self._out.write("\r\x1b[K")
            self._out.flush()

    def _print(self, seconds: float) -> None:
        line = state(self._photos, self._total, self._bytes, seconds)
        self._out.write(f"\r\x1b[K{line}" if self._terminal else f"{line}\n")
        self._out.flush()


def state(done: int, total: int, sent: int, seconds: float) -> str:
    """Files, bytes, rate and time left, as text."""
    left = int(seconds / done * (total - done))
    rate = megabytes(sent / seconds)
    return (
        f"{done:,} of {photos(total)}, {megabytes(sent)} sent, {rate}/s, "
        f"{left // 60}:{left % 60:02} left"
    )
