"""A few worker processes, so that a decoder that crashes, hangs or wants all memory costs one file.

Not a ProcessPoolExecutor: that one gives up as a whole when a process dies, and imports the main
program anew.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import time
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Self

from uploader.errors import Unusable

__all__ = ["Answer", "Pool"]

_PATIENCE = 60.0  # seconds for one file; 200 megapixels take about 10
_LONGEST = 200_000_000  # bytes of an answer

Answer = tuple[dict[str, Any], list[bytes]]


class Pool:
    """As many worker processes as there are cores, each started when first needed."""

    def __init__(self, count: int | None = None, patience: float = _PATIENCE) -> None:
        self.count = count or os.cpu_count() or 1
        self._all = [_Worker(patience) for _ in range(self.count)]
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        for worker in self._all:
            self._idle.put(worker)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._all:
            worker.stop()

    def ask(self, order: dict[str, Any]) -> Answer:
        """Have one order done, when a worker is free.

        Unusable with the reason. Safe from many threads.
        """
        worker = self._idle.get()
        try:
            header, bodies = worker.ask(order)
        finally:
            self._idle.put(worker)
        if "unusable" in header:
            raise Unusable(str(header["unusable"]), passing=bool(header.get("passing")))
        return header, bodies


class _Worker:
    """One worker process; a new one takes the place of one that died or was too slow."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, order: dict[str, Any]) -> Answer:
        """Have an order done; a bad verdict counts only if what came before cannot be to blame."""
        fresh = self._process is None
        answer = self._ask(order)
        worn = answer[0].get("worn")
        if worn:
            self.stop()
        if not fresh and answer[0].get("unusable") and (worn or order["do"] == "render"):
            self.stop()
            answer = self._ask(order)
        return answer

    def _ask(self, order: dict[str, Any]) -> Answer:
        process = self._process = self._process or _started()
        try:
            return self._exchange(process, json.dumps(order).encode() + b"\n")
        except TimeoutError:
            self.stop()
            return {"unusable": f"takes longer than {self._patience:.0f} s to decode"}, []
        except (OSError, ValueError, KeyError, TypeError):
            self.stop()
            return {"unusable": "makes the decoder crash"}, []

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _exchange(self, process: subprocess.Popen[bytes], order: bytes) -> Answer:
        assert process.stdin is not None  # noqa: S101 - both are pipes, see _started
        assert process.stdout is not None  # noqa: S101 - as above
        process.stdin.write(order)
        answer = _Reader(process.stdout.fileno(), time.monotonic() + self._patience)
        header = json.loads(answer.line())
        return header, [answer.exactly(length) for length in header["lengths"]]


def _started() -> subprocess.Popen[bytes]:
    home = str(Path(__file__).parents[2])
    return subprocess.Popen(
        [sys.executable, "-m", "uploader.render.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
        env=os.environ | {"PYTHONPATH": home, "PYTHONDONTWRITEBYTECODE": "1"},
        start_new_session=True,  # Ctrl-C is for the parent, which stops its workers
    )


class _Reader:
    """Reads an answer from a pipe until a deadline; TimeoutError after it, OSError at the end."""

    def __init__(self, descriptor: int, deadline: float) -> None:
        self._descriptor = descriptor
        self._deadline = deadline
        self._ahead = b""

    def line(self) -> bytes:
        while b"\n" not in self._ahead:
            self._ahead += self._more()
        line, self._ahead = self._ahead.split(b"\n", 1)
        return line

    def exactly(self, length: int) -> bytes:
        if not 0 <= length <= _LONGEST:
            raise ValueError
        read = bytearray(self._ahead)
        while len(read) < length:
            read += self._more()
        self._ahead = bytes(read[length:])
        return bytes(read[:length])

    def _more(self) -> bytes:
        with selectors.DefaultSelector() as selector:
            selector.register(self._descriptor, selectors.EVENT_READ)
            if not selector.select(max(0.0, self._deadline - time.monotonic())):
                raise TimeoutError
        if not (read := os.read(self._descriptor, 1 << 16)):
            raise OSError
        return read
