"""The bucket, in the few calls that a gallery needs, each tried again while that can help.

`connect()` is the only door to Google Cloud Storage. Every failure leaves as one `StorageError`
whose message says what to do. Until something has answered little time is given, so that a wrong
address is known within seconds.
"""

from __future__ import annotations

import json
import os
import re
import weakref
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

import google.auth.exceptions
import requests
from google.api_core import exceptions as api
from google.api_core.client_options import ClientOptions
from google.api_core.retry import Retry
from google.auth.credentials import AnonymousCredentials
from google.auth.transport.requests import AuthorizedSession
from google.cloud import storage  # type: ignore[attr-defined]  # a namespace package
from google.cloud.exceptions import NotFound
from google.cloud.storage.exceptions import (  # type: ignore[import-untyped]  # has no stubs
    DataCorruption,
)

from uploader.credentials import SCOPE
from uploader.errors import NotThere, PreconditionFailed, Stopped, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from google.auth.credentials import Credentials

__all__ = ["IN_FLIGHT", "Bucket", "Listed", "connect"]

IN_FLIGHT = (
    64  # calls at once: at 60 ms each about 1,000 a second, which is where Google's buckets start
)
_FIRST_LIMIT, _LIMIT = 2.5, 45.0  # seconds for one call with all its attempts
_FIRST_WAIT, _LONGEST_WAIT = 0.2, 8.0
# https://cloud.google.com/storage/docs/buckets#naming, 2026-11
_BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")
_CREDIT = "credit"  # custom metadata of an object: its listing says whose name is in the file
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


@dataclass(frozen=True)
class Listed:
    """One object as a listing shows it."""

    generation: int
    metageneration: int
    size: int
    content_type: str
    cache_control: str
    age: float = 0.0
    """Seconds since it was written or touched."""
    credit: str = ""
    """A digest of the credit that the file carries, if it carries one."""


def connect(
    bucket: str,
    *,
    endpoint: str | None = None,
    credentials: Credentials | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> Bucket:
    """Open a bucket by its name or as `gs://name`; no call is made yet.

    The endpoint is that of Google unless given, or in STORAGE_EMULATOR_HOST; credentials are the
    application default ones unless given, and none for an endpoint that is not Google's.
    """
    bucket = bucket.removeprefix("gs://").rstrip("/")
    if not _BUCKET_NAME.fullmatch(bucket):
        raise StorageError(
            f"“{bucket}” is no name of a bucket. Type it as `pulumi stack output bucket` says it."
        )
    os.environ.setdefault("DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA", "true")
    address = endpoint or os.environ.get("STORAGE_EMULATOR_HOST") or None
    if address and "://" not in address:
        address = f"http://{address}"
    if credentials is None:
        credentials = AnonymousCredentials() if address else _default_credentials()  # type: ignore[no-untyped-call]  # google-auth
    session = AuthorizedSession(credentials)  # type: ignore[no-untyped-call]  # google-auth is untyped here
    for scheme in ("http://", "https://"):
        session.mount(scheme, requests.adapters.HTTPAdapter(pool_maxsize=IN_FLIGHT))
    client = storage.Client(
        project="-",
        credentials=credentials,
        client_options=ClientOptions(api_endpoint=address) if address else None,
        _http=session,
    )
    opened = Bucket(client.bucket(bucket), address or "Google Cloud Storage", stopping)
    weakref.finalize(opened, session.close)  # else each connection stays open until it is collected
    return opened


def _default_credentials() -> Credentials:
    try:
        found, _ = google.auth.default(scopes=[SCOPE])
    except google.auth.exceptions.DefaultCredentialsError:
        raise StorageError(
            "There are no Google credentials on this machine. "
            "Type: gcloud auth application-default login"
        ) from None
    return found


class Bucket:
    """One bucket's objects. Safe from many threads."""

    def __init__(self, bucket: storage.Bucket, address: str, stopping: Callable[[], bool]) -> None:
        self.name = str(bucket.name)
        self._bucket = bucket
        self._client = bucket.client
        self._attempts = _Attempts(f"{self.name} at {address}", stopping)

    def read(self, name: str) -> tuple[bytes, int]:
        """An object's content and generation.

        Empty and 0 where there is none. NotThere if the bucket is missing.
        """
        blob = self._bucket.blob(name)
        try:
            content = self._attempts.call(
                f"reading {name}",
                lambda timeout: blob.download_as_bytes(
                    checksum="crc32c", retry=None, timeout=timeout
                ),
            )
        except NotThere as missing:
            if "bucket does not exist" in str(missing.__cause__):
                raise
            return b"", 0
        return content, int(blob.generation or 0)

    def list(self, prefix: str) -> dict[str, Listed]:
        """All objects whose names begin so, by name; one call for each thousand."""
        facts = "name,generation,metageneration,size,contentType,cacheControl,updated,metadata"
        fields = f"items({facts}),nextPageToken"

        def pages(timeout: _Timeout) -> dict[str, Listed]:
            blobs = self._client.list_blobs(
                self._bucket, prefix=prefix, fields=fields, retry=None, timeout=timeout
            )
            return {blob.name: _listed(blob) for blob in blobs}

        return self._attempts.call(f"listing {prefix}", pages)

    def write(
        self,
        name: str,
        content: bytes,
        content_type: str,
        cache_control: str,
        *,
        generation: int,
        credit: str = "",
    ) -> None:
        """Write an object that is at this generation, 0 for none.

        PreconditionFailed if it is not.
        """
        blob = self._bucket.blob(name)
        blob.cache_control = cache_control
        if credit:
            blob.metadata = {_CREDIT: credit}
        self._attempts.call(
            f"writing {name}",
            lambda timeout: blob.upload_from_string(
                content,
                content_type,
                checksum="crc32c",
                if_generation_match=generation,
                retry=None,
                timeout=timeout,
            ),
        )

    def touch(self, name: str, cache_control: str) -> None:
        """Touch an object that is relied on, so that nobody deletes it; NotThere if it is gone."""
        blob = self._bucket.blob(name)
        blob.cache_control = cache_control
        self._attempts.call(
            f"touching {name}", lambda timeout: blob.patch(retry=None, timeout=timeout)
        )

    def remove(self, name: str, listed: Listed) -> None:
        """Delete an object if it is still as it was listed; gone or changed is as good."""
        blob = self._bucket.blob(name)
        try:
            self._attempts.call(
                f"deleting {name}",
                lambda timeout: blob.delete(
                    if_generation_match=listed.generation,
                    if_metageneration_match=listed.metageneration,
                    retry=None,
                    timeout=timeout,
                ),
            )
        except (PreconditionFailed, NotThere):
            return


def _listed(blob: storage.Blob) -> Listed:
    return Listed(
        int(blob.generation or 0),
        int(blob.metageneration or 0),
        int(blob.size or 0),
        blob.content_type or "",
        blob.cache_control or "",
        (datetime.now(tz=UTC) - blob.updated).total_seconds() if blob.updated else 0.0,
        (blob.metadata or {}).get(_CREDIT, ""),
    )


_Timeout = tuple[float, float]  # seconds: to connect, between two bytes


class _Attempts:
    """Calls one thing until it succeeds or the time is over; says what went wrong."""

    def __init__(self, place: str, stopping: Callable[[], bool]) -> None:
        self._place = place
        self._stopping = stopping
        self._reached = False
        self._given_up = 0

    def call(self, what: str, do: Callable[[_Timeout], T]) -> T:
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
