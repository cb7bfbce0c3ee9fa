"""Log lines: one JSON object each, as Cloud Logging reads it, in one write that no thread tears."""

import json
import os
import re
import threading
from collections.abc import Mapping
from contextlib import suppress
from time import monotonic
from typing import Any

__all__ = ["Unauthorized", "write", "write_call"]

_HOST = re.compile(r"https?://([a-z0-9.-]{1,253})(:\d+)?")
_TRACE = re.compile(r"([0-9a-f]{32})(/.*)?")


def write(line: Mapping[str, object]) -> None:
    """Write one line to stdout."""
    with suppress(OSError):  # nobody reads the log: no reason to refuse the visitor
        os.write(1, (json.dumps(line) + "\n").encode())


def write_call(
    environ: Mapping[str, Any], fields: dict[str, Any], status: int, seconds: float
) -> None:
    """Write the line of a hit or a view, whose `event` is among the fields."""
    if origin := _HOST.fullmatch(environ.get("HTTP_ORIGIN", "")):
        fields["origin"] = origin[1]
    if trace := _TRACE.fullmatch(environ.get("HTTP_X_CLOUD_TRACE_CONTEXT", "")):
        fields["logging.googleapis.com/trace"] = trace[1]
    message = f"{fields['event']} {status} {fields.get('format', '')}".rstrip()
    severity = "WARNING" if status >= 500 else "INFO"
    ms = round(seconds * 1000, 2)
    write({"severity": severity, "message": message, **fields, "status": status, "ms": ms})


class Unauthorized:
    """Counts the calls without a valid key.

    A line for each would let a stranger run up the owner's bill: the first one is written at
    once, later ones together, at most once in a minute.
    """

    _PAUSE = 60  # seconds

    def __init__(self) -> None:
        self._lock, self._count, self._due = threading.Lock(), 0, 0.0

    def add(self) -> None:
        """Count one call."""
        with self._lock:
            self._count += 1
            if monotonic() < self._due:
                return
            count, self._count, self._due = self._count, 0, monotonic() + self._PAUSE
        message = f"calls without a valid key: {count}"
        write({"severity": "INFO", "message": message, "event": "unauthorized", "count": count})
