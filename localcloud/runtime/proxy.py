"""What stands on a function's port: it hands requests on to whichever process serves now.

So a new process takes over between two requests, a crashed one is waited for, and nobody's
connection breaks. One event loop for all functions.
"""

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

__all__ = ["Loop", "Proxy"]

_LARGEST_HEAD = 64 * 1024
_LARGEST_BODY = 32 * 1024 * 1024  # Cloud Run's limit for HTTP/1
_PATIENCE_SECONDS = 30.0
_BLOCK = 64 * 1024


class Loop:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Do it there; its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def close(self) -> None:
        """End the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@dataclass(eq=False)
class _Backend:
    port: int
    requests: int = 0


class _Refused(Exception):
    """Answer with this status, and close."""

    def __init__(self, status: str, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class _Request:
    head: bytes
    body: bytes
    keeps_alive: bool


class Proxy:
    """One function's port."""

    def __init__(self, timeout: float) -> None:
        self.timeout = timeout
        self.is_open = True
        self._backend: _Backend | None = None
        self._ready = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def listen(self, port: int) -> None:
        """Bind; raises OSError where the port is taken."""
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", port, limit=_LARGEST_HEAD, backlog=512
        )

    async def switch(self, port: int | None) -> None:
        """Hand new requests to another process (None: to the next one, when it is there).

        Returns when the former one has answered all of its own.
        """
        former, self._backend = self._backend, _Backend(port) if port else None
        if port:
            self._ready.set()
        else:
            self._ready.clear()
        deadline = asyncio.get_running_loop().time() + self.timeout
        while former and former.requests and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.01)

    async def close(self) -> None:
        """Free the port."""
        if self._server:
            self._server.close()
        for writer in list(self._writers):
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; whether the connection stays open."""
        try:
            request = await _read_request(reader)
            if not self.is_open:
                raise _Refused("403 Forbidden", "The caller lacks roles/run.invoker.")
            return await self._forward(request, writer) and request.keeps_alive
        except _Refused as refusal:
            body = f"{refusal}\n".encode()
            head = f"HTTP/1.1 {refusal.status}\r\nContent-Type: text/plain\r\nConnection: close\r\n"
            writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            await writer.drain()
            return False

    async def _forward(self, request: _Request, writer: asyncio.StreamWriter) -> bool:
        backend, upstream_reader, upstream = await self._connect()
        sent = False
        try:
            async with asyncio.timeout(self.timeout):
                upstream.write(request.head + request.body)
                head, stays = _answer_head(await upstream_reader.readuntil(b"\r\n\r\n"))
                writer.write(head)
                sent = True
                while block := await upstream_reader.read(_BLOCK):
                    writer.write(block)
                    await writer.drain()
                return stays
        except TimeoutError:
            if sent:
                return False
            raise _Refused("504 Gateway Timeout", "The function took too long.") from None
        except (ConnectionError, asyncio.IncompleteReadError):
            if sent:
                return False
            raise _Refused("503 Service Unavailable", "The function's process ended.") from None
        finally:
            backend.requests -= 1
            upstream.close()

    async def _connect(self) -> tuple[_Backend, asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to the process that serves; waits for one that is being started."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                while True:
                    await self._ready.wait()
                    backend = self._backend
                    if backend is None:
                        continue
                    backend.requests += 1
                    with contextlib.suppress(OSError):
                        streams = await asyncio.open_connection(
                            "127.0.0.1", backend.port, limit=_LARGEST_HEAD
                        )
                        return backend, *streams
                    backend.requests -= 1
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise _Refused("503 Service Unavailable", "The function does not run.") from None


async def _read_request(reader: asyncio.StreamReader) -> _Request:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError:
        raise _Refused("431 Request Header Fields Too Large", "Too large.") from None
    lines = head[:-4].split(b"\r\n")
    fields = _fields(lines[1:])
    if b"chunked" in fields.get(b"transfer-encoding", b"").lower():
        body = await _chunks(reader)
    else:
        body = await reader.readexactly(_length(fields))
    kept = [line for line in lines if not line.lower().startswith(b"connection:")]
    keeps_alive = fields.get(b"connection", b"").lower() != b"close" and lines[0].endswith(b"/1.1")
    head = b"\r\n".join([*kept, b"Connection: close", b"", b""])
    return _Request(head, body, keeps_alive)


def _fields(lines: list[bytes]) -> dict[bytes, bytes]:
    pairs = (line.partition(b":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _length(fields: dict[bytes, bytes]) -> int:
    text = fields.get(b"content-length", b"0")
    if not text.isdigit():
        raise _Refused("400 Bad Request", "Content-Length is no number.")
    if int(text) > _LARGEST_BODY:
        raise _Refused("413 Content Too Large", "A request holds at most 32 MiB.")
    return int(text)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    """A chunked body, as it was sent."""
    body = b""
    while True:
        line = await reader.readuntil(b"\r\n")
        try:
            size = int(line.split(b";")[0], 16)
        except ValueError:
            raise _Refused("400 Bad Request", "A chunk has no size.") from None
        if len(body) + size > _LARGEST_BODY:
            raise _Refused("413 Content Too Large", "A request holds at most 32 MiB.")
        body += line + await reader.readexactly(size + 2)
        if size == 0:
            return body


def _answer_head(head: bytes) -> tuple[bytes, bool]:
    """The head for the caller, and whether the body's end shows without closing."""
    lines = head[:-4].split(b"\r\n")
    fields = _fields(lines[1:])
    bodyless = lines[0].split(b" ")[1:2] in ([b"204"], [b"304"])
    stays = bodyless or b"content-length" in fields or b"transfer-encoding" in fields
    kept = [line for line in lines if not line.lower().startswith(b"connection:")]
    connection = b"Connection: keep-alive" if stays else b"Connection: close"
    return b"\r\n".join([*kept, connection, b"", b""]), stays
