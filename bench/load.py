"""Load on one address: requests one after the other, or on many connections at once.

Sockets and no HTTP client: what the client costs is not measured along with the server.
"""

import selectors
import socket
import time
from collections.abc import Callable
from statistics import median

__all__ = ["one_after_the_other", "p50", "p99", "requests_per_second"]


def p50(turns: list[list[float]]) -> float:
    """Return the median over turns of a turn's median."""
    return median(median(turn) for turn in turns)


def p99(turns: list[list[float]]) -> float:
    """Return what one request in a hundred exceeds, all turns together."""
    together = sorted(seconds for turn in turns for seconds in turn)
    return together[min(len(together) - 1, len(together) * 99 // 100)]


class _Connection:
    """A kept-alive connection; the server may close it between answers."""

    def __init__(self, port: int, path: str) -> None:
        self._port = port
        self._request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
        self.socket = self._connect()
        self._received = b""

    def _connect(self) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self._port), 60)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def send(self) -> None:
        self.socket.sendall(self._request)

    def receive(self) -> bytes | None:
        """Return the body once it is whole; raises ConnectionError, and if it is no 200."""
        piece = self.socket.recv(1 << 16)
        if not piece:
            raise ConnectionResetError
        self._received += piece
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return None
        if not head.startswith(b"HTTP/1.1 200"):
            raise ConnectionError(head.split(b"\r\n")[0].decode())
        self._received = b""
        if b"connection: close" in head.lower():
            self.close()
            self.socket = self._connect()
        return body

    def close(self) -> None:
        self.socket.close()


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line[:15].lower() == b"content-length:":
            return int(line[15:])
    raise ConnectionError("an answer without Content-Length")


def one_after_the_other(port: int, path: str, count: int, seconds: float = 60.0) -> list[float]:
    """Send so many requests, or what fits into the time, at least one; return their seconds."""
    connection = _Connection(port, path)
    taken: list[float] = []
    deadline = time.perf_counter() + seconds
    try:
        while len(taken) < count and (not taken or time.perf_counter() < deadline):
            started = time.perf_counter()
            connection.send()
            while connection.receive() is None:
                pass
            taken.append(time.perf_counter() - started)
    finally:
        connection.close()
    return taken


def requests_per_second(
    port: int,
    path: str,
    *,
    connections: int,
    seconds: float = 60.0,
    look: Callable[[bytes], object] = len,
    most: int = 1 << 30,
) -> float:
    """Keep so many connections busy; return how many answers came in a second.

    It ends after `seconds`, but not before each connection could have had an answer, or after
    `most` answers; `look` is shown each body.
    """
    selector = selectors.DefaultSelector()
    opened = [_Connection(port, path) for _ in range(connections)]
    answers = 0
    started = time.perf_counter()
    try:
        for connection in opened:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send()
        while answers < most and (answers < connections or time.perf_counter() < started + seconds):
            for key, _ in selector.select(1):
                body = key.data.receive()
                if body is not None:
                    answers += 1
                    look(body)
                    if key.data.socket is not key.fileobj:
                        selector.unregister(key.fileobj)
                        selector.register(key.data.socket, selectors.EVENT_READ, key.data)
                    key.data.send()
    finally:
        for connection in opened:
            connection.close()
        selector.close()
    return answers / (time.perf_counter() - started)
