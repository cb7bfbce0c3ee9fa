"""What runs in the worker processes: reads, identifies and renders one photo file."""

from __future__ import annotations

import os
import resource
import warnings
from typing import NamedTuple

from uploader.errors import Unusable
from uploader.folder.files import Stamp, read_regular
from uploader.folder.identity import identify
from uploader.render.renditions import WIDTHS, Inspection, Rendered, inspect, render

__all__ = ["LARGEST", "Found", "inspect_file", "render_file", "set_up"]

LARGEST = 1_300_000_000  # bytes of one file: 200 megapixels of 16 bits, not compressed
CHANGED = "changes while it is read; left out of this run"


class Found(NamedTuple):
    """What a file holds, and its stamp at the moment when it was read."""

    inspection: Inspection
    stamp: Stamp


def set_up() -> None:
    """Make this process one that may crash: no core file, low priority, nothing on stdout."""
    os.dup2(2, 1)  # what a decoder prints must not get into the command's output
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")
    if os.name == "posix":
        os.nice(5)


def inspect_file(path: str, memory: int) -> Found:
    """Identify a file; Unusable with the reason."""
    content, stamp = _read(path, memory)
    return Found(inspect(content), stamp)


def render_file(path: str, id_: str, memory: int, widest: int = WIDTHS[-1]) -> Rendered:
    """Make the renditions of the picture that a file held; Unusable with the reason."""
    content, _stamp = _read(path, memory)
    if identify(content) != id_:
        raise Unusable(CHANGED, transient=True)
    return render(content, widest=widest)


def _read(path: str, memory: int) -> tuple[bytes, Stamp]:
    """The file and its stamp, both of one moment.

    A file that changes meanwhile is read once more.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (memory, hard))
    for _attempt in range(2):
        content, before, after = read_regular(path, LARGEST)
        if before == after and len(content) == before[0]:
            return content, before
    raise Unusable(CHANGED, transient=True)
