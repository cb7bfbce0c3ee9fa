"""The bucket, in the few calls that a gallery needs, each tried again while that can help.

`connect()` is the only door to Google Cloud Storage.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import weakref
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import google.auth.exceptions
import requests
from google.api_core.client_options import ClientOptions
from google.auth.credentials import AnonymousCredentials
from google.auth.transport.requests import AuthorizedSession
from google.cloud import storage  # type: ignore[attr-defined]  # a namespace package

from uploader.credentials import SCOPE
from uploader.errors import NotThere, PreconditionFailed, StorageError
from uploader.parallel import run_all
from uploader.render.renditions import RECIPE
from uploader.sync.attempts import Attempts

if TYPE_CHECKING:
    from collections.abc import Callable

    from google.auth.credentials import Credentials


__all__ = ["IN_FLIGHT", "Bucket", "Listed", "connect"]

IN_FLIGHT = (
    64  # calls at once: at 60 ms each about 1,000 a second, which is where Google's buckets start
)
# https://cloud.google.com/storage/docs/buckets#naming, 2026-11
_BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")
_FACTS = "name,generation,metageneration,size,contentType,cacheControl,updated,metadata"
_LISTED = f"items({_FACTS}),nextPageToken"
_CREDIT = "credit"  # custom metadata of an object: its listing says whose name is in the file


@dataclass(frozen=True, slots=True)
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
        self.page_size = 1000  # names in an answer; Google gives no more
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
        """All objects whose names begin so; one call for each thousand, side by side."""
        found, is_all = self._page(prefix, {})
        if is_all:
            return found
        # Renditions are named by their recipe and a hash, so these parts are of one size.
        cuts = [f"{prefix}{RECIPE}/{digit}" for digit in "123456789abcdef"]
        parts = list(zip(["", *cuts], [*cuts, ""], strict=True))
        found.clear()

        def read(part: tuple[str, str]) -> None:
            start, end = part
            query = ({"startOffset": start} if start else {}) | ({"endOffset": end} if end else {})
            is_all = False
            while not is_all:
                page, is_all = self._page(prefix, query)
                found.update(page)

        run_all(read, parts, IN_FLIGHT)
        return found

    def _page(self, prefix: str, query: dict[str, str]) -> tuple[dict[str, Listed], bool]:
        """One page, and whether it is the last; `query` then has what leads to the next."""
        params = {"prefix": prefix, "fields": _LISTED, "maxResults": self.page_size, **query}
        path = f"/b/{self.name}/o"
        answer = self._attempts.call(
            f"listing {prefix}",
            # Not list_blobs(): a Blob for each name takes three times the time and memory.
            lambda timeout: self._client._connection.api_request(  # noqa: SLF001 - as above
                method="GET", path=path, query_params=params, timeout=timeout
            ),
        )
        query["pageToken"] = answer.get("nextPageToken", "")
        page = {item["name"]: self._listed(item) for item in answer.get("items", ())}
        return page, not query["pageToken"]

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

    def _listed(self, item: dict[str, Any]) -> Listed:
        """An object as listed; without a date in the answer it is new, and so never left behind."""
        age, updated = 0.0, item.get("updated")
        if self._now and updated:
            age = (self._now - datetime.fromisoformat(updated)).total_seconds()
        return Listed(
            int(item.get("generation", 0)),
            int(item.get("metageneration", 0)),
            int(item.get("size", 0)),
            sys.intern(item.get("contentType", "")),
            sys.intern(item.get("cacheControl", "")),
            age,
            sys.intern(item.get("metadata", {}).get(_CREDIT, "")),
        )
