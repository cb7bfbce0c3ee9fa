"""What runs in the worker processes: reads, identifies and renders one photo file after the other.

`python -m uploader.render.worker DESCRIPTOR` takes calls from that connection until it is closed,
as it is when the parent ends. The answer to a call is its result, or an Unusable with the reason.
"""

from __future__ import annotations

import os
import resource
import sys
import warnings
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from uploader.errors import Unusable
from uploader.folder.files import Stamp, read_regular
from uploader.folder.identity import identify
from uploader.render.renditions import WIDTHS, Inspection, Rendered, inspect, render

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["inspect_file", "render_file"]

LARGEST = 1_300_000_000  # bytes of one file: 200 megapixels of 16 bits, not compressed
CHANGED = "changes while it is read; left out of this run"


def inspect_file(path: str, memory: int) -> tuple[Inspection, Stamp]:
    """Identify a file, and tell its stamp when it was read; Unusable with the reason."""
    content, stamp = _read(path, memory)
    return inspect(content), stamp


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
    # Who started this process may have allowed less; more would be refused.
    soft = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
    for _attempt in range(2):
        content, before, after = read_regular(path, LARGEST)
        if before == after and len(content) == before[0]:
            return content, before
    raise Unusable(CHANGED, transient=True)


_CALLS: dict[str, Callable[..., object]] = {"inspect": inspect_file, "render": render_file}


def _result(name: str, arguments: dict[str, Any]) -> object:
    """The result of a call; what nobody thought of ends this process, which may be broken."""
    try:
        return _CALLS[name](**arguments)
    except Unusable as error:
        return error
    except MemoryError:
        return Unusable("needs more memory than there is", transient=True)
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        return Unusable(f"cannot be read ({reason})", transient=True)
    except Exception:  # decoders raise anything
        sys.exit(1)


def _serve(descriptor: int) -> None:
    """Be a process that may crash: no core file, low priority; and work until the parent ends."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")
    os.nice(5)
    with Connection(descriptor) as parent:
        while True:
            try:
                name, arguments = parent.recv()
            except (EOFError, OSError):
                return
            parent.send(_result(name, arguments))


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
