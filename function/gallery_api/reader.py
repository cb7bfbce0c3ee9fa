"""The catalog's freshness: storage is asked once in 30 s, and the last good catalog is kept.

The first catalog is waited for by all; a later one is read by one request while the others answer
from the old. Only a wait for a thread ends in time whatever is the matter: a name that does not
resolve, bytes that come in drops. Between requests the platform takes the processor away.
"""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from time import monotonic
from urllib.parse import urlsplit

from gallery_api.catalog import Catalog
from gallery_api.errors import CatalogUnreadable, Problem
from gallery_api.log import write

__all__ = ["Reader"]

_FRESH, _RETRY = 30, 5  # seconds until storage is asked again: with a catalog, and without one
_QUESTION, _FIRST_QUESTION, _READING = 1, 3, 10  # seconds
_MOST_BYTES = 100_000_000  # 200,000 photos, the most that the uploader takes, of 500 bytes each


class Reader:
    """The one catalog of an instance, asked for by many threads."""

    def __init__(self, base_url: str) -> None:
        self._url = f"{base_url}/catalog.jsonl"
        self._threads = ThreadPoolExecutor(4)
        self._one_at_a_time = threading.Lock()
        self._catalog: Catalog | None = None  # the last good one
        self._due = self._confirmed = 0.0
        self._etag = self._trouble = ""

    def current(self) -> tuple[Catalog, int | None]:
        """Return the catalog, and for how many seconds storage has failed to confirm it, if so.

        Raises the problem `catalog-unavailable` as long as there is none.
        """
        wait = self._catalog is None
        if monotonic() >= self._due and self._one_at_a_time.acquire(blocking=wait):
            try:
                if monotonic() >= self._due:
                    self._refresh()
            finally:
                self._one_at_a_time.release()
        if self._catalog is None:
            detail = f"Try again in {_RETRY} seconds: {self._trouble}."
            raise Problem("catalog-unavailable", detail, {"Retry-After": str(_RETRY)})
        return self._catalog, int(monotonic() - self._confirmed) if self._trouble else None

    def _refresh(self) -> None:
        try:
            self._catalog, self._confirmed = self._newest(), monotonic()
            self._trouble = ""
        except CatalogUnreadable as error:
            if str(error) != self._trouble:
                message = f"catalog not read: {error}"
                write({"severity": "ERROR", "message": message, "event": "catalog"})
            self._trouble = str(error)
        self._due = monotonic() + (_RETRY if self._catalog is None else _FRESH)

    def _newest(self) -> Catalog:
        """Return the catalog that storage has now; whatever goes wrong is CatalogUnreadable."""
        try:
            answer = self._fetch()
            if answer is None:
                if self._catalog is None:
                    raise CatalogUnreadable("storage answered 304 to a first question")
                return self._catalog
            catalog = Catalog(answer[0])
        except CatalogUnreadable:
            raise
        except Exception as error:  # a malformed catalog may break anything
            raise CatalogUnreadable(f"storage fails: {type(error).__name__}") from error
        self._etag = answer[1]
        return catalog

    def _fetch(self) -> tuple[bytearray, str] | None:
        """Return text and etag, or None if storage still has what the question named."""
        question = _FIRST_QUESTION if self._catalog is None else _QUESTION
        scheme, address, path, *_ = urlsplit(self._url)
        kind = HTTPSConnection if scheme == "https" else HTTPConnection
        connection = kind(address, timeout=_READING)
        headers = {"Connection": "close"} | ({"If-None-Match": self._etag} if self._etag else {})
        try:
            response = self._threads.submit(_ask, connection, path, headers).result(question)
            return self._threads.submit(_read, response).result(_READING)
        finally:
            _hang_up(connection)


def _ask(connection: HTTPConnection, path: str, headers: dict[str, str]) -> HTTPResponse:
    connection.request("GET", path, headers=headers)
    return connection.getresponse()


def _hang_up(connection: HTTPConnection) -> None:
    """Close the connection; a thread that still waits for it ends, and its place is free again."""
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)
    connection.close()


def _read(response: HTTPResponse) -> tuple[bytearray, str] | None:
    """Return text and etag, or None if storage still has what the question named."""
    text, length = bytearray(), int(response.getheader("Content-Length") or -1)
    deadline = monotonic() + _READING
    with response:
        if response.status == 304:
            return None
        if response.status != 200:
            raise CatalogUnreadable(f"storage answered {response.status}")
        while max(length, len(text)) <= _MOST_BYTES and monotonic() < deadline:
            piece = response.read1(1 << 18)
            if not piece:
                break
            text += piece
    if max(length, len(text)) > _MOST_BYTES:
        raise CatalogUnreadable(f"the catalog has more than {_MOST_BYTES} bytes")
    if length not in {-1, len(text)}:
        raise CatalogUnreadable("the catalog was cut off on its way")
    return text, response.getheader("ETag", "")
