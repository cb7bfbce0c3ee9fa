"""The local cloud with its calls counted, and slowed down: a wrapper around its application.

`/_calls` tells and forgets how often each method was called; `/_delay` takes `{method: seconds}`.
"""

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Request, Response

from local.cloud import server
from local.cloud.application import METHODS, Wsgi
from local.cloud.errors import CloudError
from local.cloud.web import Router

__all__ = ["serving"]


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve the state folder in a process of its own; yields its address."""
    process = subprocess.Popen([sys.executable, "-m", "bench.counted", str(folder)])
    try:
        while (found := server.status(folder)) is None:
            if process.poll() is not None:
                raise RuntimeError("The local cloud did not start")
            time.sleep(0.05)
        yield str(found.url)
    finally:
        process.terminate()
        process.wait()


class _Counted:
    def __init__(self, application: Wsgi) -> None:
        self._application, self._router = application, Router(METHODS)
        self._calls: Counter[str] = Counter()
        self._delays: dict[str, float] = {}
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        if request.path in ("/_calls", "/_delay"):
            return self._control(request)(environ, start_response)
        try:
            method = self._router.find(request)[0].name
        except CloudError:
            method = ""
        if method and not method.startswith("local."):
            with self._lock:
                self._calls[method] += 1
            time.sleep(self._delays.get(method, 0))
        return self._application(environ, start_response)

    def _control(self, request: Request) -> Response:
        if request.method == "POST":
            self._delays = request.get_json(force=True)
        elif request.method == "DELETE":
            self._calls.clear()
        return Response(json.dumps(self._calls), mimetype="application/json")


if __name__ == "__main__":
    server.serve(Path(sys.argv[1]), 0, _Counted)
