"""The catalog's freshness: storage is asked once in 30 s, and the last good catalog is kept.

The first good catalog is waited for by all; a later one is read by one request, while the others
answer from the old. Each wait is a wait for a thread, because only that ends in time whatever is
the matter: a name that does not resolve, addresses that do not answer, bytes that come in drops.
Nothing happens between requests, for then the platform takes the processor away.
"""

import functools
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
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
_tls = functools.cache(ssl.create_default_context)  # reads all authorities, which takes 25 ms


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A good catalog, when storage last confirmed it (monotonic), and if it failed to since."""

    catalog: Catalog
    confirmed: float
    stale: bool = False


class Reader:
    """The one catalog of an instance, asked for by many threads."""

    def __init__(self, base_url: str) -> None:
        self._url = f"{base_url}/catalog.jsonl"
        self._threads = ThreadPoolExecutor(4)
        self._one_at_a_time = threading.Lock()
        self._reading: Reading | None = None
        self._due = 0.0
        self._last: Catalog | str = "storage answered 304"  # what was read, or why it is refused
        self._etag = ""  # of what was read, refused or not
        self._trouble = ""  # what the log was told

    def current(self) -> Reading:
        """Return the newest good catalog, or raise the problem `catalog-unavailable`."""
        wait = self._reading is None
        if monotonic() >= self._due and self._one_at_a_time.acquire(blocking=wait):
            try:
                if monotonic() >= self._due:
                    self._refresh()
            finally:
                self._one_at_a_time.release()
        if self._reading is None:
            detail = f"Try again in {_RETRY} seconds: {self._trouble}."
            raise Problem("catalog-unavailable", detail, {"Retry-After": str(_RETRY)})
        return self._reading

    def _refresh(self) -> None:
        trouble = ""
        try:
            self._reading = Reading(catalog=self._newest(), confirmed=monotonic())
        except CatalogUnreadable as error:
            trouble = str(error)
            self._reading = self._reading and replace(self._reading, stale=True)
        if trouble and trouble != self._trouble:
            message = f"catalog not read: {trouble}"
            write({"severity": "ERROR", "message": message, "event": "catalog"})
        self._trouble = trouble
        self._due = monotonic() + (_FRESH if self._reading else _RETRY)

    def _newest(self) -> Catalog:
        answer = self._download()
        if answer:
            text, self._etag = answer
            try:
                self._last = Catalog(text)
            except CatalogUnreadable as error:
                self._last = str(error)
        if isinstance(self._last, str):
            raise CatalogUnreadable(self._last)
        return self._last

    def _download(self) -> tuple[bytearray, str] | None:
        """Return the catalog's text and etag, None if storage still has what was read last."""
        question = _QUESTION if self._reading else _FIRST_QUESTION
        try:
            asked = self._threads.submit(_ask, self._url, self._etag).result(question)
            return self._threads.submit(_read, *asked).result(_READING)
        except (OSError, HTTPException, ValueError) as error:  # a wait in vain is an OSError, too
            raise CatalogUnreadable(f"storage fails: {type(error).__name__}") from error


def _ask(url: str, etag: str) -> tuple[HTTPConnection, HTTPResponse]:
    scheme, address, path, *_ = urlsplit(url)
    connection = HTTPConnection(address, timeout=_READING)
    if scheme == "https":
        connection = HTTPSConnection(address, timeout=_READING, context=_tls())
    asked = {"If-None-Match": etag} if etag else {}
    connection.request("GET", path, headers=asked | {"Connection": "close"})
    return connection, connection.getresponse()


def _read(connection: HTTPConnection, response: HTTPResponse) -> tuple[bytearray, str] | None:
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
