"""Log lines: one JSON object each, in one write, so that threads cannot tear them."""

import json
import os
from contextlib import suppress

__all__ = ["write"]

_STDOUT = 1


def write(severity: str, message: str, fields: dict[str, object]) -> None:
    """Write one line as Cloud Logging reads it."""
    line = json.dumps({"severity": severity, "message": message} | fields) + "\n"
    with suppress(OSError):  # nobody reads the log: no reason to refuse the visitor
        os.write(_STDOUT, line.encode())
