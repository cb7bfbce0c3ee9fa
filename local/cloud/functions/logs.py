"""What functions write, a JSON line each, shaped as Cloud Logging's entries are."""

import contextlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.cloud.store import now

__all__ = ["Logs"]

_LARGEST = 64 * 1024 * 1024


class Logs:
    """One file for all functions; when it is full, it becomes the older half."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._older = path.with_suffix(".older.jsonl")
        self._lock = threading.Lock()

    def write(self, function: str, line: str) -> None:
        """Keep a line of output: JSON becomes `jsonPayload`, anything else `textPayload`."""
        entry: dict[str, Any] = {"timestamp": now(), "severity": "DEFAULT", "function": function}
        try:
            payload = json.loads(line)
        except (ValueError, RecursionError):
            payload = line
        if isinstance(payload, dict):
            entry["severity"] = str(payload.pop("severity", "DEFAULT"))
            entry["jsonPayload"] = payload
        else:
            entry["textPayload"] = line
        text = json.dumps(entry, ensure_ascii=False) + "\n"
        # A full disk loses lines, and stops no function.
        with self._lock, contextlib.suppress(OSError):
            with self._path.open("a", encoding="utf-8", errors="replace") as file:
                file.write(text)
                full = file.tell() > _LARGEST
            if full:
                self._path.replace(self._older)

    def read(self, function: str) -> Iterator[bytes]:
        """Every line, or those of one function."""
        wanted = f'"function": {json.dumps(function)}'.encode()
        for path in (self._older, self._path):
            if path.exists():
                with path.open("rb") as file:
                    yield from (line for line in file if not function or wanted in line)
