"""What stands on a function's port: it hands requests on to whichever process serves now.

So a new process takes over between two requests, a crashed one is waited for, and nobody's
connection breaks.
"""

import http.client
import threading
import time
from collections import Counter

from local.cloud.server import Server
from local.cloud.web import Answer, Request, Response

__all__ = ["Proxy"]

_LARGEST_BODY = 32 * 1024 * 1024  # Cloud Run's limit for HTTP/1
_PATIENCE_SECONDS = 30.0
_OF_ONE_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "content-length", "te"}


class Proxy:
    """One function's port; raises ServeError where it is taken."""

    def __init__(self, port: int) -> None:
        self.timeout = 60.0
        self.is_open = True
        self._backend = 0
        self._changed = threading.Condition()
        self._requests: Counter[int] = Counter()
        self._server = Server(port, lambda request: (self._answer(request), None))
        self.port = self._server.server_port
        serve = self._server.serve_forever
        threading.Thread(target=serve, args=(0.05,), daemon=True).start()

    def switch(self, port: int) -> None:
        """Hand new requests to another process; returns when the former has answered its own."""
        with self._changed:
            former, self._backend = self._backend, port
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._requests[former], self.timeout)

    def close(self) -> None:
        """Free the port."""
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, request: Request) -> Response:
        if not self.is_open:
            return _refusal(403, "The caller lacks roles/run.invoker.")
        if (request.content_length or 0) > _LARGEST_BODY:
            return _refusal(413, "A request holds at most 32 MiB.")
        body = request.get_data()
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            backend = self._take(deadline)
            if not backend:
                return _refusal(503, "The function does not run.")
            connection = http.client.HTTPConnection("127.0.0.1", backend, timeout=self.timeout)
            try:
                connection.connect()
            except OSError:  # it crashed, and is being started again
                self._release(backend)
                time.sleep(0.05)
                continue
            return self._forward(request, body, connection, backend)

    def _take(self, deadline: float) -> int:
        """The process that serves, once there is one; it is drained only after `_release`."""
        with self._changed:
            patience = deadline - time.monotonic()
            if patience <= 0 or not self._changed.wait_for(lambda: self._backend, patience):
                return 0
            self._requests[self._backend] += 1
            return self._backend

    def _release(self, backend: int) -> None:
        with self._changed:
            self._requests[backend] -= 1
            self._changed.notify_all()

    def _forward(
        self, request: Request, body: bytes, connection: http.client.HTTPConnection, backend: int
    ) -> Response:
        headers = {name: value for name, value in request.headers if _travels(name)}
        try:
            connection.request(
                request.method, request.environ["REQUEST_URI"], body or None, headers
            )
            answer = connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            self._release(backend)
            if isinstance(error, TimeoutError):
                return _refusal(504, "The function took too long.")
            return _refusal(503, "The function's process ended.")
        response = Answer(iter(lambda: answer.read1(65536), b""), status=answer.status)
        kept = ((name, value) for name, value in answer.getheaders() if _travels(name))
        response.headers.extend(kept)
        if answer.length is not None:
            response.headers["Content-Length"] = str(answer.length)
        response.call_on_close(connection.close)
        response.call_on_close(lambda: self._release(backend))
        return response


def _travels(name: str) -> bool:
    return name.lower() not in _OF_ONE_CONNECTION


def _refusal(status: int, message: str) -> Response:
    return Answer(f"{message}\n", status=status, mimetype="text/plain")
