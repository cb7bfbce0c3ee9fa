"""Lists of objects: a page costs what it holds, wherever in the bucket it lies."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from localcloud.cloud import Cloud
from localcloud.errors import Invalid
from localcloud.storage.buckets import read_bucket
from localcloud.storage.conditions import number
from localcloud.storage.objects import Stored, view
from localcloud.web import Method, Request

__all__ = ["METHODS", "names"]

_LARGEST_PAGE = 1000
_LAST = "\U0010ffff"


@dataclass(kw_only=True)
class _Query:
    bucket: str
    prefix: str
    delimiter: str
    start: str
    end: str
    size: int
    trailing: bool
    items: list[Stored] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        return len(self.items) + len(self.prefixes) >= self.size


def list_objects(cloud: Cloud, request: Request, bucket: str) -> dict[str, Any]:
    """A page of a bucket's objects, by name, with `prefixes` where a delimiter is given."""
    read_bucket(cloud, bucket)
    query = _read(request, bucket)
    following = _fill(cloud, query)
    page: dict[str, Any] = {"kind": "storage#objects"}
    if following is not None:
        page["nextPageToken"] = base64.urlsafe_b64encode(following.encode()).decode()
    if query.prefixes:
        page["prefixes"] = query.prefixes
    page["items"] = [view(cloud, stored) for stored in query.items]
    return page


def names(cloud: Cloud, bucket: str, prefix: str) -> list[str]:
    """The first thousand names below a prefix."""
    query = _Query(
        bucket=bucket, prefix=prefix, delimiter="", start="", end="", size=1000, trailing=False
    )
    _fill(cloud, query)
    return [stored.name for stored in query.items]


def _read(request: Request, bucket: str) -> _Query:
    size = number(request.args, "maxResults")
    start = request.args.get("startOffset", "")
    if token := request.args.get("pageToken"):
        try:
            start = base64.urlsafe_b64decode(token.encode()).decode()
        except ValueError as error:
            raise Invalid(f"Invalid page token: {token}") from error
    return _Query(
        bucket=bucket,
        prefix=request.args.get("prefix", ""),
        delimiter=request.args.get("delimiter", ""),
        start=start,
        end=request.args.get("endOffset", ""),
        size=min(size or _LARGEST_PAGE, _LARGEST_PAGE),
        trailing=request.args.get("includeTrailingDelimiter") == "true",
    )


def _fill(cloud: Cloud, query: _Query) -> str | None:
    """Fill the page; the name at which the next one starts, if there is more."""
    start: str | None = max(query.start, query.prefix)
    while start is not None:
        rows = _rows(cloud, query, start)
        start = _take(query, rows)
        if query.is_full:
            return start
    return None


def _rows(cloud: Cloud, query: _Query, start: str) -> list[tuple[Any, ...]]:
    sql = "SELECT name, generation, metageneration, blob, record FROM objects"
    sql += " WHERE bucket = ? AND name >= ?"
    values = [query.bucket, start]
    if query.prefix:
        sql += " AND name < ?"
        values.append(query.prefix + _LAST)
    if query.end:
        sql += " AND name < ?"
        values.append(query.end)
    return cloud.store.rows(sql + " ORDER BY name LIMIT ?", *values, query.size + 1)


def _take(query: _Query, rows: list[tuple[Any, ...]]) -> str | None:
    """Put rows on the page; where to go on, or None at the end of the bucket."""
    for row in rows:
        name = row[0]
        if query.is_full:
            return str(name)
        folder = _folder(query, name)
        if folder is None or (query.trailing and folder == name):
            query.items.append(_stored(query.bucket, row))
        if folder is not None:
            query.prefixes.append(folder)
            return folder + _LAST  # skips all that the folder holds
    return rows[-1][0] + "\0" if len(rows) > query.size else None


def _folder(query: _Query, name: str) -> str | None:
    if not query.delimiter:
        return None
    position = name.find(query.delimiter, len(query.prefix))
    return None if position < 0 else name[: position + len(query.delimiter)]


def _stored(bucket: str, row: tuple[Any, ...]) -> Stored:
    name, generation, metageneration, blob, record = row
    return Stored(
        bucket=bucket,
        name=name,
        generation=generation,
        metageneration=metageneration,
        blob=blob,
        record=json.loads(record),
    )


METHODS = [Method("storage.objects.list", "GET", "/storage/v1/b/<bucket>/o", list_objects)]
