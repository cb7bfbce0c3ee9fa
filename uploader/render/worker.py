"""The worker process: reads, identifies and renders one photo file after the other.

An order is one line of JSON on stdin; the answer is one line of JSON on stdout, and after it the
bytes of the renditions. The parent trusts no answer beyond that form, so that a decoder taken over
by a file can do no more than lie about it.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from uploader.errors import Unusable
from uploader.folder.identity import identify
from uploader.folder.listing import Stamp, stamp
from uploader.render.renditions import WIDTHS, inspect, render

if TYPE_CHECKING:
    from typing import BinaryIO

__all__ = ["main"]

LARGEST = 200_000_000  # bytes of one file
_CHANGED = "changes while it is read; left out of this run"
_MEMORY = 400_000_000  # bytes that one photo may take; more fails that photo alone
_WORN = 150_000_000  # bytes that stay taken, by what decoders leave behind


def main() -> None:
    """Answer orders until stdin ends."""
    _limit()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a decoder prints must not become an answer
    try:
        for line in sys.stdin.buffer:
            _send(answers, *_answer(json.loads(line)))
    except BrokenPipeError:
        os._exit(1)  # whoever asked is gone; ending as usual would try to send the rest again


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    Image.MAX_IMAGE_PIXELS = None  # renditions.py states the limit, in words
    warnings.simplefilter("ignore")
    if os.name == "posix":
        os.nice(5)


def _send(answers: BinaryIO, header: dict[str, Any], bodies: list[bytes]) -> None:
    header |= {"lengths": [len(body) for body in bodies], "worn": _taken() > _WORN}
    answers.write(json.dumps(header).encode() + b"\n")
    answers.writelines(bodies)
    answers.flush()


def _taken() -> int:
    """Bytes of memory that this process holds; 0 where the system does not say."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[5]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()


def _answer(order: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    try:
        if order["do"] == "inspect":
            return _inspected(order["path"]), []
        return _rendered(order)
    except Unusable as error:
        return {"unusable": str(error), "passing": error.passing}, []
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        return {"unusable": f"cannot be read ({reason})", "passing": True}, []
    except MemoryError:
        return {"unusable": "needs more memory than one photo may take"}, []


def _inspected(path: str) -> dict[str, Any]:
    content, stamp = _read(path)
    found = inspect(content)
    return {"id": found.id, "size": found.size, "words": asdict(found.words), "stamp": stamp}


def _rendered(order: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    content, _stamp = _read(order["path"])
    if identify(content) != order["id"]:
        raise Unusable(_CHANGED, passing=True)
    words = order.get("credit", ""), order.get("license", "")
    made = render(content, *words, widest=order.get("widest", WIDTHS[-1]))
    return {"sizes": made.sizes, "placeholder": made.placeholder}, made.files


def _read(path: str) -> tuple[bytes, Stamp]:
    """The file and its stamp, both of one moment.

    A file that changes meanwhile is read once more.
    """
    for _attempt in range(2):
        with open(path, "rb", opener=_opener) as file:
            before = stamp(os.fstat(file.fileno()))
            if before[0] > LARGEST:
                raise Unusable(
                    f"is {before[0] // 1_000_000} MB; at most {LARGEST // 1_000_000} MB are read"
                )
            content = file.read(LARGEST + 1)
            if stamp(os.fstat(file.fileno())) == before and len(content) == before[0]:
                return content, before
    raise Unusable(_CHANGED, passing=True)


def _opener(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)


if __name__ == "__main__":
    main()
