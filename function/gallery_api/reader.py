"""The catalog's freshness: storage is asked once in 30 s, and the last good catalog is kept.

The first catalog is waited for by all; a later one is read by one request while the others answer
from the old. Only a wait for a thread ends in time whatever is the matter: a name that does not
resolve, bytes that come in drops. Between requests the platform takes the processor away.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
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
        question = _FIRST_QUESTION if self._catalog is None else _QUESTION
        try:
            asked = self._threads.submit(_ask, self._url, self._etag).result(question)
            answer = self._threads.submit(_read, *asked).result(_READING)
        except (OSError, HTTPException, ValueError) as error:  # a wait in vain is an OSError, too
            raise CatalogUnreadable(f"storage fails: {type(error).__name__}") from error
        if answer is None:
            if self._catalog is None:
                raise CatalogUnreadable("storage answered 304 to a first question")
            return self._catalog
        catalog = Catalog(answer[0])
        self._etag = answer[1]
        return catalog


def _ask(url: str, etag: str) -> tuple[HTTPConnection, HTTPResponse]:
    scheme, address, path, *_ = urlsplit(url)
    kind = HTTPSConnection if scheme == "https" else HTTPConnection
    connection = kind(address, timeout=_READING)
    asked = {"If-None-Match": etag} if etag else {}
    connection.request("GET", path, headers=asked | {"Connection": "close"})
    return connection, connection.getresponse()


def _read(connection: HTTPConnection, response: HTTPResponse) -> tuple[bytearray, str] | None:
    """Return text and etag, or None if storage still has what the question named."""
    text, length = bytearray(), int(response.getheader("Content-Length") or -1)
    deadline = monotonic() + _READING
    with closing(connection), response:
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
