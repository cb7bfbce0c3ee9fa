"""Lists of objects: a page costs what it holds, wherever in the bucket it lies."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.cloud.cloud import Cloud
from local.cloud.errors import Invalid
from local.cloud.storage.buckets import read_bucket
from local.cloud.storage.conditions import number
from local.cloud.storage.objects import Stored, is_whole, view
from local.cloud.web import Method, Record, Request

__all__ = ["METHODS", "Page"]

_LARGEST_PAGE = 1000
_LAST = "\U0010ffff"


@dataclass
class Page:
    """What is on a page, and `following`: the name at which the next one starts."""

    bucket: str
    arguments: Mapping[str, str]
    items: list[Stored] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    following: str | None = None

    def __post_init__(self) -> None:
        wanted = number(self.arguments, "maxResults")
        self._size = min(wanted or _LARGEST_PAGE, _LARGEST_PAGE)
        self._prefix = self.arguments.get("prefix", "")
        token = self.arguments.get("pageToken", "")
        try:
            start = base64.urlsafe_b64decode(token.encode()).decode()
        except ValueError:
            raise Invalid(f"Invalid page token: {token}") from None
        self.following = max(start, self.arguments.get("startOffset", ""), self._prefix)

    def fill(self, cloud: Cloud) -> None:
        """Read names in order until the page is full; folders are skipped, not read."""
        while self.following is not None and not self._is_full:
            self.following = self._take(cloud, self._rows(cloud, self.following))

    @property
    def _is_full(self) -> bool:
        return len(self.items) + len(self.prefixes) >= self._size

    def _rows(self, cloud: Cloud, start: str) -> list[tuple[Any, ...]]:
        end = min(self.arguments.get("endOffset") or _LAST, self._prefix + _LAST)
        sql = "SELECT * FROM objects WHERE bucket = ? AND name >= ? AND name < ?"
        sql += " ORDER BY name LIMIT ?"
        return cloud.store.rows(sql, self.bucket, start, end, self._size + 1)

    def _take(self, cloud: Cloud, rows: list[tuple[Any, ...]]) -> str | None:
        """Put rows on the page; where to go on, None at the end of the bucket."""
        for row in rows:
            stored = Stored(*row)
            if self._is_full:
                return stored.name
            if folder := self._folder(stored.name):
                self.prefixes.append(folder)
                return folder + _LAST
            if is_whole(cloud, stored):
                self.items.append(stored)
        return None

    def _folder(self, name: str) -> str | None:
        delimiter = self.arguments.get("delimiter")
        position = name.find(delimiter, len(self._prefix)) if delimiter else -1
        return name[: position + len(delimiter or "")] if position >= 0 else None


def _list(cloud: Cloud, request: Request, bucket: str) -> Record:
    """A page of a bucket's objects by name, with `prefixes` where a delimiter is given."""
    read_bucket(cloud, bucket)
    page = Page(bucket, request.args)
    page.fill(cloud)
    answer: Record = {"kind": "storage#objects"}
    if page.prefixes:
        answer["prefixes"] = page.prefixes
    if page.following is not None:
        token = base64.urlsafe_b64encode(page.following.encode()).decode()
        answer["nextPageToken"] = token
    if page.items:
        answer["items"] = [view(cloud, stored) for stored in page.items]
    return answer


_PARAMETERS = (
    "prefix", "delimiter", "startOffset", "endOffset", "maxResults", "pageToken", "versions",
)  # fmt: skip
METHODS = [Method("storage.objects.list", "GET", "/storage/v1/b/<bucket>/o", _list, _PARAMETERS)]
