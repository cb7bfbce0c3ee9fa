"""A call to Google Cloud Storage, tried again while that can help.

Every failure leaves as one `StorageError` whose message says what to do. Until something has
answered little time is given, so that a wrong address is known within seconds.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeVar

import google.auth.exceptions
import requests
from google.api_core import exceptions as api
from google.api_core.retry import Retry
from google.cloud.exceptions import NotFound
from google.cloud.storage.exceptions import (  # type: ignore[import-untyped]  # has no stubs
    DataCorruption,
)

from uploader.errors import NotThere, PreconditionFailed, Stopped, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Attempts", "Timeout"]

_FIRST_LIMIT, _LIMIT = 2.5, 45.0  # seconds for one call with all its attempts
_FIRST_WAIT, _LONGEST_WAIT = 0.2, 8.0
_CONNECT_TIMEOUT, _FIRST_TIMEOUT, _TIMEOUT = 3.0, 4.0, 20.0
_OUTAGE = 3  # calls given up one after the other; then the others are not tried for long either

_RETRIED = (
    api.TooManyRequests,
    api.ServerError,
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
    DataCorruption,
    json.JSONDecodeError,
    UnicodeDecodeError,
    google.auth.exceptions.TransportError,
)
T = TypeVar("T")
Timeout = tuple[float, float]  # seconds: to connect, between two bytes


class Attempts:
    """Calls one thing until it succeeds or the time is over; says what went wrong."""

    def __init__(self, place: str, stopping: Callable[[], bool]) -> None:
        self._place = place
        self._stopping = stopping
        self._reached = False
        self._given_up = 0

    def call(self, what: str, do: Callable[[Timeout], T]) -> T:
        """The result of one call; StorageError with one line when it is given up."""

        def attempt() -> T:
            if self._stopping():
                raise Stopped("Stopped before all was done. Run the same again to go on.")
            return do((_CONNECT_TIMEOUT, _TIMEOUT if self._reached else _FIRST_TIMEOUT))

        retry = Retry(
            predicate=_is_transient,
            initial=_FIRST_WAIT,
            maximum=_LONGEST_WAIT,
            timeout=self._limit(),
            on_error=self._note,
        )
        try:
            result = retry(attempt)()
        except api.RetryError as error:
            self._given_up += 1
            raise self._worded(what, error.cause) from error.cause
        except Stopped:
            raise
        except Exception as error:
            self._note(error)
            raise self._worded(what, error) from error
        self._reached, self._given_up = True, 0
        return result

    def _note(self, error: Exception) -> None:
        self._reached = self._reached or isinstance(error, api.GoogleAPICallError)

    def _limit(self) -> float:
        return _LIMIT if self._reached and self._given_up < _OUTAGE else _FIRST_LIMIT

    def _worded(self, what: str, error: Exception) -> StorageError:
        for kind, refusal, message in _MESSAGES:
            if isinstance(error, kind):
                return refusal(f"{self._place}: {what} failed: {message}")
        first = (str(error).splitlines() or [type(error).__name__])[0]
        return StorageError(f"{self._place}: {what} failed: {first[:200]}")


def _is_transient(error: Exception) -> bool:
    return isinstance(error, _RETRIED) or (
        isinstance(error, api.BadRequest) and "crc32c" in str(error).lower()
    )


_LOGIN = "credentials are wrong or have expired. Type: gcloud auth application-default login"
_MESSAGES: tuple[
    tuple[type[Exception] | tuple[type[Exception], ...], type[StorageError], str], ...
] = (
    (NotFound, NotThere, "there is no such bucket or object. Check the bucket's name."),
    (api.PreconditionFailed, PreconditionFailed, "somebody else wrote it in the meantime."),
    (api.Unauthorized, StorageError, _LOGIN),
    (google.auth.exceptions.GoogleAuthError, StorageError, _LOGIN),
    (
        api.Forbidden,
        StorageError,
        "no permission. The account needs the role storage.objectUser on the bucket.",
    ),
    (
        requests.Timeout,
        StorageError,
        "no answer in time. Check the network, then run the same again.",
    ),
    (
        requests.ConnectionError,
        StorageError,
        "nothing answers there. Check the address and the network.",
    ),
    (api.TooManyRequests, StorageError, "too many requests. Run the same again in a minute."),
    (api.ServerError, StorageError, "the service has a fault. Run the same again in a minute."),
    (
        DataCorruption,
        StorageError,
        "the data arrived damaged. Check the network, then run the same again.",
    ),
)
