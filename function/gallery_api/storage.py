"""One conditional GET of a public object, without credentials, and bounded in time.

Each half runs in a thread of its own, for only the wait for a thread ends in time whatever happens:
a name that does not resolve, addresses that do not answer, bytes that come in drops. The request
waits for it: between requests the platform takes the processor away.
"""

import functools
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import Future
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from time import monotonic
from typing import TypeVar
from urllib.parse import urlsplit

from gallery_api.errors import CatalogUnreadable

__all__ = ["download"]

_READING = 10.0  # seconds
_MOST_BYTES = 100_000_000  # 200,000 photos of 500 bytes each
_T = TypeVar("_T")
_tls = functools.cache(ssl.create_default_context)  # reads all authorities, which takes 25 ms


def download(url: str, etag: str, question: float) -> tuple[bytearray, str] | None:
    """Return the object and its etag, None if it still has this etag, or raise CatalogUnreadable.

    The answer is waited for as many seconds as `question` says, and then read for at most ten.
    """
    try:
        response = _within(question, lambda: _ask(url, etag))
        if response.status == 304:
            return None
        if response.status != 200:
            raise CatalogUnreadable(f"storage answered {response.status}")
        return _within(_READING, lambda: _read(response)), response.getheader("ETag", "")
    except (OSError, HTTPException, ValueError) as error:  # a wait in vain is an OSError as well
        raise CatalogUnreadable(f"storage did not answer: {type(error).__name__}") from error


def _within(seconds: float, work: Callable[[], _T]) -> _T:
    done: Future[_T] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except Exception as error:  # handed to the one who waits
            done.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return done.result(seconds)


def _ask(url: str, etag: str) -> HTTPResponse:
    parts = urlsplit(url)
    if not parts.netloc:
        raise CatalogUnreadable("GALLERY_BASE_URL is not set")
    connection: HTTPConnection
    if parts.scheme == "https":
        connection = HTTPSConnection(parts.netloc, timeout=_READING, context=_tls())
    else:
        connection = HTTPConnection(parts.netloc, timeout=_READING)
    asked = {"If-None-Match": etag} if etag else {}
    connection.request("GET", parts.path, headers=asked | {"Connection": "close"})
    return connection.getresponse()


def _read(response: HTTPResponse) -> bytearray:
    body, length = bytearray(), int(response.getheader("Content-Length") or -1)
    deadline = monotonic() + _READING
    with response:
        while length <= _MOST_BYTES and (piece := response.read1(1 << 18)):
            body += piece
            if len(body) > _MOST_BYTES or monotonic() > deadline:
                break
    if max(len(body), length) > _MOST_BYTES:
        raise CatalogUnreadable(f"the catalog has more than {_MOST_BYTES} bytes")
    if length not in {-1, len(body)}:
        raise CatalogUnreadable("the catalog was cut off on its way")
    return body
