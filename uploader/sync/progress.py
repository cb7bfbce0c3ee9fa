"""What long work says where nobody watches: a plain line now and then."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING, Protocol

from uploader.sync.describe import megabytes, photos

if TYPE_CHECKING:
    from typing import TextIO

__all__ = ["Counting", "Lines", "PlainReporter", "Reporter"]

_EVERY = 15.0  # seconds between two lines


class Counting(Protocol):
    """Counts photos that are done."""

    def __call__(self, sent: int) -> None:
        """One more, with so many bytes."""

    def close(self) -> None:
        """No more will come."""


class Reporter(Protocol):
    """Says what the stack's photos have to say: to Pulumi's engine, or to a person."""

    def say(self, lines: str) -> None:
        """Lines of a plan, or one that warns."""

    def progress(self, total: int) -> Counting:
        """Count so many photos."""


class Lines:
    """Photos, bytes, rate and time left, as a line every 15 seconds."""

    def __init__(self, total: int, out: TextIO = sys.stderr) -> None:
        self._total = total
        self._out = out
        self._lock = threading.Lock()
        self._began = self._printed = time.monotonic()
        self._photos = self._bytes = 0

    def __call__(self, sent: int) -> None:
        """One more photo is done, with so many bytes."""
        with self._lock:
            self._photos += 1
            self._bytes += sent
            now = time.monotonic()
            if now - self._printed >= _EVERY:
                self._printed = now
                line = state(self._photos, self._total, self._bytes, now - self._began)
                self._out.write(f"{line}\n")
                self._out.flush()

    def close(self) -> None:
        """Nothing is left to do."""


class PlainReporter:
    """Writes to standard error, which Pulumi's engine shows."""

    def say(self, lines: str) -> None:
        """Lines of a plan, or one that warns."""
        sys.stderr.write(lines + "\n")
        sys.stderr.flush()

    def progress(self, total: int) -> Counting:
        """Count so many photos."""
        return Lines(total)


def state(done: int, total: int, sent: int, seconds: float) -> str:
    """Files, bytes, rate and time left, as text."""
    left = int(seconds / done * (total - done))
    rate = megabytes(sent / seconds)
    return (
        f"{done:,} of {photos(total)}, {megabytes(sent)} sent, {rate}/s, "
        f"{left // 60}:{left % 60:02} left"
    )
