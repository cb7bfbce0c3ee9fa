"""Reads files of a folder that strangers may have filled: never a device, a FIFO or a link."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from uploader.errors import Unusable

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Stamp", "read_regular", "stamp"]

Stamp = tuple[int, int, int]


def stamp(status: os.stat_result) -> Stamp:
    """What changes when a file does: size, time of change in nanoseconds, inode."""
    return status.st_size, status.st_mtime_ns, status.st_ino


def read_regular(path: str | Path, largest: int) -> tuple[bytes, Stamp, Stamp]:
    """Read a file, with its stamps before and after; Unusable if it is none, or too large.

    Never waits for a FIFO or a device, and follows no link.
    """
    with open(path, "rb", opener=_opener) as file:
        before = os.fstat(file.fileno())
        if not stat.S_ISREG(before.st_mode):
            raise Unusable("is no regular file", transient=True)
        if before.st_size > largest:
            at_most = f"{largest / 1_000_000:,.0f} MB are read"
            raise Unusable(f"is {before.st_size / 1_000_000:,.0f} MB; at most {at_most}")
        content = file.read(before.st_size + 1)
        return content, stamp(before), stamp(os.fstat(file.fileno()))


def _opener(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
