"""Objects: their records, read, changed, removed and written."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from localcloud.blobs import digest_of
from localcloud.cloud import Cloud
from localcloud.errors import Invalid, NotFound
from localcloud.storage.buckets import read_bucket
from localcloud.storage.conditions import check_conditions, number
from localcloud.storage.downloads import download
from localcloud.store import now
from localcloud.web import Method, Request, Response, json_body

__all__ = ["METHODS", "Stored", "commit", "read_object", "view"]

_WRITABLE = (
    "cacheControl",
    "contentDisposition",
    "contentEncoding",
    "contentLanguage",
    "contentType",
    "customTime",
    "eventBasedHold",
    "metadata",
    "temporaryHold",
)


@dataclass(frozen=True, kw_only=True)
class Stored:
    """An object as it is kept."""

    bucket: str
    name: str
    generation: int
    metageneration: int
    blob: str
    record: dict[str, Any]


def read_object(cloud: Cloud, bucket: str, name: str, generation: int | None = None) -> Stored:
    """The live object; raises NotFound, for the bucket too."""
    sql = (
        "SELECT generation, metageneration, blob, record FROM objects WHERE bucket = ? AND name = ?"
    )
    row = cloud.store.row(sql, bucket, name)
    if row is None:
        read_bucket(cloud, bucket)
    if row is None or generation not in (None, row[0]):
        raise NotFound(f"No such object: {bucket}/{name}")
    return Stored(
        bucket=bucket,
        name=name,
        generation=row[0],
        metageneration=row[1],
        blob=row[2],
        record=json.loads(row[3]),
    )


def view(cloud: Cloud, stored: Stored) -> dict[str, Any]:
    """The object resource of the JSON API."""
    path = f"b/{stored.bucket}/o/{quote(stored.name, safe='')}"
    generation = str(stored.generation)
    return {
        "kind": "storage#object",
        "id": f"{stored.bucket}/{stored.name}/{generation}",
        "selfLink": f"{cloud.url}/storage/v1/{path}",
        "mediaLink": f"{cloud.url}/download/storage/v1/{path}?generation={generation}&alt=media",
        "name": stored.name,
        "bucket": stored.bucket,
        "generation": generation,
        "metageneration": str(stored.metageneration),
        "etag": f"{generation}/{stored.metageneration}",
        **stored.record,
    }


def commit(
    cloud: Cloud,
    bucket: str,
    metadata: Mapping[str, Any],
    received: Path,
    arguments: Mapping[str, str],
) -> dict[str, Any]:
    """Make received bytes the object that the metadata describe, if the conditions hold.

    Raises Invalid where a checksum of the metadata is another than that of the bytes.
    """
    name = _checked_name(metadata.get("name"))
    digest = digest_of(received)
    for field, actual in (("md5Hash", digest.md5), ("crc32c", digest.crc32c)):
        if metadata.get(field, actual) != actual:
            received.unlink()
            message = f'Provided {field} "{metadata[field]}" doesn\'t match calculated {actual}.'
            raise Invalid(message)
    record = {
        "contentType": "application/octet-stream",
        **_checked_metadata(metadata),
        "storageClass": "STANDARD",
        "size": str(digest.size),
        "md5Hash": digest.md5,
        "crc32c": digest.crc32c,
        "timeCreated": (time := now()),
        "updated": time,
        "timeStorageClassUpdated": time,
        "timeFinalized": time,
    }
    return _replace(cloud, bucket, name, record, received, arguments)


def _replace(
    cloud: Cloud,
    bucket: str,
    name: str,
    record: dict[str, Any],
    received: Path,
    arguments: Mapping[str, str],
) -> dict[str, Any]:
    blob = cloud.blobs.keep(received)
    try:
        with cloud.store.transaction():
            old = check_writable(cloud, bucket, name, arguments)
            stored = Stored(
                bucket=bucket,
                name=name,
                generation=cloud.store.next_generation(),
                metageneration=1,
                blob=blob,
                record=record,
            )
            _write(cloud, stored)
    except BaseException:
        cloud.blobs.remove(blob)
        raise
    if old:
        cloud.blobs.remove(old.blob)
    return view(cloud, stored)


def check_writable(
    cloud: Cloud, bucket: str, name: str, arguments: Mapping[str, str]
) -> Stored | None:
    """The object that would be replaced; raises where the conditions or the bucket refuse."""
    try:
        old = read_object(cloud, bucket, name)
    except NotFound:
        read_bucket(cloud, bucket)
        check_conditions(arguments, 0, 0)
        return None
    check_conditions(arguments, old.generation, old.metageneration)
    return old


def _write(cloud: Cloud, stored: Stored) -> None:
    cloud.store.run(
        "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?)",
        stored.bucket,
        stored.name,
        stored.generation,
        stored.metageneration,
        stored.blob,
        json.dumps(stored.record),
    )


def _checked_name(name: Any) -> str:
    try:
        size = len(name.encode()) if isinstance(name, str) else 0
    except UnicodeEncodeError:
        size = 0
    if not 1 <= size <= 1024:
        raise Invalid("Required object name: 1 to 1024 bytes of UTF-8")
    if name in (".", "..") or "\r" in name or "\n" in name or "\0" in name:
        raise Invalid(f"Invalid object name: {name!r}")
    return str(name)


def _checked_metadata(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a caller may set, of the right type."""
    fields = {name: body[name] for name in _WRITABLE if body.get(name) is not None}
    for name, value in fields.items():
        kind = dict if name == "metadata" else bool if name.endswith("Hold") else str
        texts = value.values() if isinstance(value, dict) else [value]
        if not isinstance(value, kind) or any(
            isinstance(text, str) and not text.isprintable() for text in texts
        ):
            raise Invalid(f"Invalid value for {name}")
    return fields


def get(cloud: Cloud, request: Request, bucket: str, name: str) -> dict[str, Any] | Response:
    """The record, or with `alt=media` the bytes."""
    stored = read_object(cloud, bucket, name, number(request.args, "generation"))
    check_conditions(request.args, stored.generation, stored.metageneration, reading=True)
    if request.args.get("alt") == "media":
        return download(cloud, request, stored.bucket, stored.name)
    return view(cloud, stored)


def get_media(cloud: Cloud, request: Request, bucket: str, name: str) -> Response:
    """The bytes."""
    stored = read_object(cloud, bucket, name, number(request.args, "generation"))
    check_conditions(request.args, stored.generation, stored.metageneration, reading=True)
    return download(cloud, request, stored.bucket, stored.name)


def patch(cloud: Cloud, request: Request, bucket: str, name: str) -> dict[str, Any]:
    """Change what the body names; null removes."""
    return _change(cloud, request, bucket, name, whole=False)


def update(cloud: Cloud, request: Request, bucket: str, name: str) -> dict[str, Any]:
    """Replace all that may be changed."""
    return _change(cloud, request, bucket, name, whole=True)


def _change(
    cloud: Cloud, request: Request, bucket: str, name: str, *, whole: bool
) -> dict[str, Any]:
    body = json_body(request)
    fields = _checked_metadata(body)
    with cloud.store.transaction():
        old = read_object(cloud, bucket, name, number(request.args, "generation"))
        check_conditions(request.args, old.generation, old.metageneration)
        gone = [field for field in _WRITABLE if whole or (field in body and body[field] is None)]
        kept = {field: value for field, value in old.record.items() if field not in gone}
        if not whole and "metadata" in fields:
            merged = {**kept.get("metadata", {}), **fields["metadata"]}
            fields["metadata"] = {key: text for key, text in merged.items() if text is not None}
        stored = Stored(
            bucket=bucket,
            name=name,
            generation=old.generation,
            metageneration=old.metageneration + 1,
            blob=old.blob,
            record={**kept, **fields, "updated": now()},
        )
        _write(cloud, stored)
    return view(cloud, stored)


def delete(cloud: Cloud, request: Request, bucket: str, name: str) -> None:
    """Remove it."""
    with cloud.store.transaction():
        old = read_object(cloud, bucket, name, number(request.args, "generation"))
        check_conditions(request.args, old.generation, old.metageneration)
        cloud.store.run("DELETE FROM objects WHERE bucket = ? AND name = ?", bucket, name)
    cloud.blobs.remove(old.blob)


_ONE = "/storage/v1/b/<bucket>/o/<name>"
METHODS = [
    Method("storage.objects.get", "GET", _ONE, get),
    Method("storage.objects.getMedia", "GET", f"/download{_ONE}", get_media),
    Method("storage.objects.patch", "PATCH", _ONE, patch),
    Method("storage.objects.update", "PUT", _ONE, update),
    Method("storage.objects.delete", "DELETE", _ONE, delete),
]
