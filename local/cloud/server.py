"""HTTP/1.1 with kept-alive connections, on the loopback interface only.

Werkzeug's own server closes every connection and waits 10 ms for stray bytes; uploading two
thousand photos feels both. This one drains what a handler left unread, and acts out faults.
"""

import contextlib
import socket
import struct
import traceback
from collections.abc import Callable
from http.server import ThreadingHTTPServer
from typing import Any

from werkzeug.serving import WSGIRequestHandler
from werkzeug.wrappers import Request, Response

from local.cloud.errors import ServeError
from local.cloud.faults import Fault

__all__ = ["Server"]

_DRAIN_LIMIT = 64 * 1024 * 1024


class Server(ThreadingHTTPServer):
    """Answers with one application; a thread for each connection.

    Raises ServeError where the port is taken.
    """

    daemon_threads = True
    request_queue_size = 512
    # What werkzeug's handler asks its server for.
    ssl_context, multithread, multiprocess, _server_version = None, True, False, "local cloud"

    def __init__(
        self, port: int, application: Callable[[Request], tuple[Response, Fault | None]]
    ) -> None:
        self.application = application
        try:
            super().__init__(("127.0.0.1", port), _Handler)
        except (OSError, OverflowError):
            message = f"Port {port} is in use by another program. Choose another: --port"
            raise ServeError(message) from None

    def server_bind(self) -> None:
        """Bind without the name look-up that http.server does."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 300

    def handle(self) -> None:
        with contextlib.suppress(OSError):  # a client that went away is no news
            super().handle()

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 its signature
        """Say nothing: calls are counted instead."""

    def run_wsgi(self) -> None:
        """Answer one request; werkzeug calls it for every verb."""
        request = Request(self.make_environ())
        if request.headers.get("Expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        try:
            response, fault = self.server.application(request)  # type: ignore[attr-defined] # ours
        except Exception:
            traceback.print_exc()
            response, fault = Response("Internal error", status=500), None
        if fault and fault.reset:
            self._reset()
            return
        self._drain(request)
        self._send(request, response, fault)

    def _reset(self) -> None:
        """Break the connection with RST instead of a goodbye."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def _drain(self, request: Request) -> None:
        """Read what is left of the body, for the next request comes after it."""
        read = 0
        with contextlib.suppress(Exception):  # whatever is wrong with it, the connection ends
            while block := request.stream.read(65536):
                read += len(block)
                if read > _DRAIN_LIMIT:
                    break
            else:
                return
        self.close_connection = True

    def _send(self, request: Request, response: Response, fault: Fault | None) -> None:
        empty = response.status_code in (204, 304)
        length = response.calculate_content_length()
        if length is not None and not empty:
            response.headers.setdefault("Content-Length", str(length))
        elif not empty and request.method != "HEAD" and "Content-Length" not in response.headers:
            self.close_connection = True
        with contextlib.closing(response):
            self.send_response(response.status_code)
            for name, value in response.headers:
                self.send_header(name, value)
            if self.close_connection:
                self.send_header("Connection", "close")
            self.end_headers()
            if not empty and request.method != "HEAD":
                self._send_body(response, fault)
            self.wfile.flush()

    def _send_body(self, response: Response, fault: Fault | None) -> None:
        left = fault.cut if fault else None
        for block in response.iter_encoded():
            if fault and fault.corrupt and block:
                block = block[:-1] + bytes([block[-1] ^ 1])
                fault = None
            self.wfile.write(block[:left])
            left = None if left is None else left - len(block)
            if left is not None and left <= 0:
                self.close_connection = True
                return
