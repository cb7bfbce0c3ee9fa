"""The local cloud with faults on purpose and counts of calls: `python -m tests.local.faulty`.

A wrapper around the product's own application, on its own server. `/_faults` takes, lists and
clears faults, `/_calls` has how often each method was called.
"""

import argparse
import errno
import io
import json
import random
import socket
import struct
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from cheroot import wsgi
from werkzeug.wrappers import Request, Response

from local.cloud import server
from local.cloud.application import METHODS
from local.cloud.errors import CloudError
from local.cloud.web import Router


@dataclass(kw_only=True)
class Fault:
    """For calls of `method` (`*`: of all), `times` of them or a `share`, after `after` others.

    `status` answers with an error, `delay` waits (seconds, also together with another effect),
    `reset` breaks the connection, before the call has an effect or, with `late`, after it,
    `cut` sends that many bytes of the body and closes, `corrupt` changes one byte of the body.
    """

    method: str
    times: int | None = None
    share: float = 1.0
    after: int = 0
    status: int | None = None
    delay: float = 0.0
    reset: bool = False
    late: bool = False
    cut: int | None = None
    corrupt: bool = False
    fired: int = 0

    def strikes(self, method):
        """Whether this call is one of those; counts it."""
        if self.method not in ("*", method) or self.fired == self.times:
            return False
        if self.after > 0:
            self.after -= 1
            return False
        struck = random.random() < self.share
        self.fired += struck
        return struck


class Gateway(wsgi.Gateway_10):
    """Lets the application break the connection."""

    def get_environ(self):
        return {**super().get_environ(), "tests.connection": self.req.conn}


class Faulty:
    """The application, struck now and then."""

    def __init__(self, application):
        self.application, self.router = application, Router(METHODS)
        self.faults, self.calls, self.lock = [], Counter(), threading.Lock()

    def __call__(self, environ, start_response):
        request = Request(environ)
        if request.path in ("/_faults", "/_calls"):
            return self.control(request)(environ, start_response)
        fault = self.take(request)
        if fault is None:
            return self.application(environ, start_response)
        if fault.delay:
            time.sleep(fault.delay)
        if fault.status:
            envelope = CloudError("A fault on purpose", code=fault.status).envelope("storage")
            response = Response(
                json.dumps(envelope), status=fault.status, mimetype="application/json"
            )
            return response(environ, start_response)
        if fault.reset and not fault.late:
            return self.reset(environ)
        answered = Response.from_app(self.application, environ)
        if fault.reset:
            return self.reset(environ)
        body = answered.get_data()
        if fault.corrupt and body:
            answered.set_data(body[:-1] + bytes([body[-1] ^ 1]))
        if fault.cut is not None:
            answered.response = self.cut(environ, body[: fault.cut])
            answered.headers["Content-Length"] = str(len(body))
        return answered(environ, start_response)

    def cut(self, environ, body):
        """Send this much of a body, then say goodbye."""
        yield body
        environ["tests.connection"].socket.shutdown(socket.SHUT_RDWR)

    def reset(self, environ):
        """Break the connection with RST instead of a goodbye."""
        connection = environ["tests.connection"]
        linger = struct.pack("ii", 1, 0)
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        raise ConnectionResetError(errno.ECONNRESET, "a fault on purpose")

    def take(self, request):
        """Count the call; the fault that strikes it, if one does."""
        try:
            method = self.router.find(request)[0].name
        except CloudError:
            return None
        if method.startswith("local."):
            return None
        with self.lock:
            self.calls[method] += 1
            return next((fault for fault in self.faults if fault.strikes(method)), None)

    def control(self, request):
        """Set, list, clear; read and reset counts."""
        kept = self.faults if request.path == "/_faults" else self.calls
        if request.method == "POST":
            self.faults.append(Fault(**request.get_json(force=True)))
        if request.method == "DELETE":
            kept.clear()
        shown = dict(kept) if kept is self.calls else {"faults": [asdict(f) for f in self.faults]}
        return Response(json.dumps(shown), mimetype="application/json")


class Recorder:
    """The application, with every exchange written down: JSON bodies whole, others not at all."""

    def __init__(self, path, application):
        self.path, self.application, self.router = path, application, Router(METHODS)
        self.lock = threading.Lock()

    def __call__(self, environ, start_response):
        request = Request(environ)
        body = None
        if request.mimetype == "application/json":
            body = request.get_data()
            environ["wsgi.input"] = io.BytesIO(body)
        answered = Response.from_app(self.application, environ, buffered=True)
        is_json = answered.mimetype == "application/json"
        try:
            name = self.router.find(request)[0].name
        except CloudError:
            name = "local.none"
        line = {
            "name": name,
            "query": list(request.args),
            "agent": request.headers.get("User-Agent", ""),
            "request": json.loads(body) if body else None,
            "status": answered.status_code,
            "answer": json.loads(answered.get_data()) if is_json else None,
        }
        with self.lock, self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")
        return answered(environ, start_response)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--record", type=Path, help="write every exchange to this file")
    options = parser.parse_args()
    wsgi.wsgi_gateways[(1, 0)] = Gateway
    wrap = partial(Recorder, options.record) if options.record else Faulty
    server.serve(options.state, options.port, wrap)


if __name__ == "__main__":
    main()
