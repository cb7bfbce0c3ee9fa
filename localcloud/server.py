"""HTTP/1.1 with kept-alive connections, on the loopback interface only.

Werkzeug's own server closes every connection and waits 10 ms for stray bytes; uploading two
thousand photos feels both. This one drains what a handler left unread, and acts out faults.
"""

import contextlib
import io
import socket
import struct
import sys
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import IO, Any, cast
from urllib.parse import unquote_to_bytes

from werkzeug.serving import DechunkedInput
from werkzeug.wrappers import Request, Response

from localcloud.errors import CloudError, ServeError
from localcloud.faults import Fault
from localcloud.web import refusal

__all__ = ["Server", "listen"]

Application = Callable[[Request], tuple[Response, Fault | None]]

_DRAIN_LIMIT = 64 * 1024 * 1024


class Server(ThreadingHTTPServer):
    """Serves one application; a thread for each connection."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(self, port: int, application: Application) -> None:
        self.application = application
        super().__init__(("127.0.0.1", port), _Handler)

    def server_bind(self) -> None:
        """Bind without the name look-up that http.server does."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        socket.socket.bind(self.socket, self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 its signature
        """A client that went away is no news."""
        if not isinstance(sys.exception() if hasattr(sys, "exception") else None, OSError):
            traceback.print_exc()


def listen(port: int, application: Application) -> Server:
    """A server on the port; raises ServeError where it is taken."""
    try:
        return Server(port, application)
    except (OSError, OverflowError) as error:
        raise ServeError(
            f"Port {port} is in use by another program. Stop that, or choose another: --port"
        ) from error


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 300
    server: Server

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError, TimeoutError):
            super().handle()

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or len(self.raw_requestline) > 65536:
            self.close_connection = True
            return
        if self.parse_request():
            self._respond(Request(self._environ()))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 its signature
        """Say nothing: calls are counted instead."""

    def _environ(self) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "REQUEST_URI": self.path,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": str(self.server.server_port),
            "SERVER_PROTOCOL": self.request_version,
            "wsgi.url_scheme": "http",
            "wsgi.input": self.rfile,
        }
        for key, value in self.headers.items():
            name = key.upper().replace("-", "_")
            environ[name if name in _PLAIN else f"HTTP_{name}"] = value.strip()
        if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
            body = DechunkedInput(cast("IO[bytes]", self.rfile))
            environ["wsgi.input"] = io.BufferedReader(body)
            environ["wsgi.input_terminated"] = True
        return environ

    def _respond(self, request: Request) -> None:
        try:
            response, fault = self.server.application(request)
        except CloudError as error:
            response, fault = refusal(error), None
        if fault and fault.reset:
            self._reset()
            return
        self._drain(request)
        self._send(request, response, fault)

    def _reset(self) -> None:
        """Break the connection with RST instead of a goodbye."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()
        self.close_connection = True

    def _drain(self, request: Request) -> None:
        """Read what is left of the body, for the next request line comes after it."""
        try:
            read = 0
            while block := request.stream.read(65536):
                read += len(block)
                if read > _DRAIN_LIMIT:
                    break
            else:
                return
        except (OSError, ValueError, CloudError):
            pass
        except Exception:  # noqa: S110 werkzeug raises its own for a body that ended early
            pass
        self.close_connection = True

    def _send(self, request: Request, response: Response, fault: Fault | None) -> None:
        length = response.calculate_content_length()
        bodyless = request.method == "HEAD" or response.status_code in (204, 304)
        if length is not None and response.status_code not in (204, 304):
            response.headers.setdefault("Content-Length", str(length))
        if "Content-Length" not in response.headers and not bodyless:
            self.close_connection = True
        self.send_response(response.status_code)
        for name, value in response.headers:
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        try:
            if not bodyless:
                self._send_body(response, fault)
            self.wfile.flush()
        finally:
            response.close()

    def _send_body(self, response: Response, fault: Fault | None) -> None:
        left = fault.cut if fault else None
        for block in response.iter_encoded():
            if fault and fault.corrupt and block:
                block = block[:-1] + bytes([block[-1] ^ 1])
                fault = None
            if left is not None and len(block) >= left:
                self.wfile.write(block[:left])
                self.close_connection = True
                return
            self.wfile.write(block)
            left = None if left is None else left - len(block)


_PLAIN = ("CONTENT_TYPE", "CONTENT_LENGTH")
