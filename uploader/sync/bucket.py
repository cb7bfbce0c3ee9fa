"""The bucket, in the few calls that a gallery needs, each tried again while that can help.

`connect()` is the only door to Google Cloud Storage.
"""

from __future__ import annotations

import contextlib
import os
import re
import weakref
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import google.auth.exceptions
import requests
from google.api_core.client_options import ClientOptions
from google.auth.credentials import AnonymousCredentials
from google.auth.transport.requests import AuthorizedSession
from google.cloud import storage  # type: ignore[attr-defined]  # a namespace package

from uploader.credentials import SCOPE
from uploader.errors import NotThere, PreconditionFailed, StorageError
from uploader.sync.attempts import Attempts

if TYPE_CHECKING:
    from collections.abc import Callable

    from google.auth.credentials import Credentials

    from uploader.sync.attempts import Timeout

__all__ = ["IN_FLIGHT", "Bucket", "Listed", "connect"]

IN_FLIGHT = (
    64  # calls at once: at 60 ms each about 1,000 a second, which is where Google's buckets start
)
# https://cloud.google.com/storage/docs/buckets#naming, 2026-11
_BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")
_CREDIT = "credit"  # custom metadata of an object: its listing says whose name is in the file


@dataclass(frozen=True)
class Listed:
    """One object as a listing shows it."""

    generation: int
    metageneration: int
    size: int
    content_type: str
    cache_control: str
    age: float = 0.0
    """Seconds since it was written or touched, by the clock of the bucket."""
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
        self._now: datetime | None = None
        self._client._http.hooks["response"].append(self._note_date)  # noqa: SLF001 - ours, see connect()
        self._attempts = Attempts(f"{self.name} at {address}", stopping)

    def today(self) -> str:
        """The day by the bucket's clock, in UTC; by this machine's before its first answer."""
        return (self._now or datetime.now(UTC)).date().isoformat()

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

        def pages(timeout: Timeout) -> dict[str, Listed]:
            blobs = self._client.list_blobs(
                self._bucket, prefix=prefix, fields=fields, retry=None, timeout=timeout
            )
            return {blob.name: self._listed(blob) for blob in blobs}

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

    def _note_date(self, response: requests.Response, *_: object, **__: object) -> None:
        with contextlib.suppress(KeyError, ValueError):
            self._now = parsedate_to_datetime(response.headers["Date"])

    def _listed(self, blob: storage.Blob) -> Listed:
        """An object as listed; without a date in the answer it is new, and so never left behind."""
        age = (self._now - blob.updated).total_seconds() if self._now and blob.updated else 0.0
        return Listed(
            int(blob.generation or 0),
            int(blob.metageneration or 0),
            int(blob.size or 0),
            blob.content_type or "",
            blob.cache_control or "",
            age,
            (blob.metadata or {}).get(_CREDIT, ""),
        )
