"""Log lines: one JSON object each, in one write, so that threads cannot tear them."""

import json
import os
from contextlib import suppress

__all__ = ["write"]

_STDOUT = 1


def write(severity: str, message: str, **fields: object) -> None:
    """Write one line as Cloud Logging reads it; a field that is None is left out."""
    line: dict[str, object] = {"severity": severity, "message": message}
    line |= {name: value for name, value in fields.items() if value is not None}
    with suppress(OSError):  # nobody reads the log: no reason to refuse the visitor
        os.write(_STDOUT, json.dumps(line).encode() + b"\n")
