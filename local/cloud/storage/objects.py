"""Objects: their records, read, changed, removed and written."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from local.cloud.blobs import digest_of
from local.cloud.cloud import Cloud
from local.cloud.errors import Invalid, NotFound, Unsupported
from local.cloud.storage.buckets import read_bucket
from local.cloud.storage.conditions import CONDITIONS, check_conditions, number
from local.cloud.storage.downloads import download
from local.cloud.store import now
from local.cloud.web import Method, Record, Request, Response, json_body

__all__ = ["METHODS", "Stored", "check_writable", "commit", "read_object", "view"]

Arguments = Mapping[str, str]

_CONTENT = ("cacheControl", "contentDisposition", "contentEncoding", "contentLanguage")
_WRITABLE = (*_CONTENT, "contentType", "customTime", "metadata")
_UNSUPPORTED = ("acl", "contexts", "eventBasedHold", "kmsKeyName", "retention", "temporaryHold")


class Stored(NamedTuple):
    """An object as it is kept: a row, and its record as it is in the row, as JSON."""

    bucket: str
    name: str
    generation: int
    metageneration: int
    blob: str
    record: str
    trusted: int


def read_object(cloud: Cloud, bucket: str, name: str, arguments: Arguments | None = None) -> Stored:
    """The live object, if it has the `generation` asked for; raises NotFound, or for the bucket."""
    sql = "SELECT * FROM objects WHERE bucket = ? AND name = ?"
    row = cloud.store.row(sql, bucket, name)
    if row and not is_whole(cloud, Stored(*row)):
        row = cloud.store.row(sql, bucket, name)  # it may have been replaced in between
        row = row if row and is_whole(cloud, Stored(*row)) else None
    wanted = number(arguments or {}, "generation")
    if row is None:
        read_bucket(cloud, bucket)
    if row is None or wanted not in (None, row[2]):
        raise NotFound(f"No such object: {bucket}/{name}")
    return Stored(*row)


def is_whole(cloud: Cloud, stored: Stored) -> bool:
    """Whether an object's bytes are on the disk; without them it is lost, whatever its row says."""
    try:
        return cloud.blobs.path(stored.blob).stat().st_size == int(
            json.loads(stored.record)["size"]
        )
    except FileNotFoundError:
        return False


def view(cloud: Cloud, stored: Stored) -> Record:
    """The object resource of the JSON API."""
    bucket, name, generation, metageneration, _, record, _ = stored
    path = f"b/{bucket}/o/{quote(name, safe='')}"
    return {
        "kind": "storage#object",
        "id": f"{bucket}/{name}/{generation}",
        "selfLink": f"{cloud.url}/storage/v1/{path}",
        "mediaLink": f"{cloud.url}/download/storage/v1/{path}?generation={generation}&alt=media",
        "name": name,
        "bucket": bucket,
        "generation": str(generation),
        "metageneration": str(metageneration),
        "etag": f"{generation}/{metageneration}",
        **json.loads(record),
    }


def commit(
    cloud: Cloud,
    bucket: str,
    metadata: Record,
    received: Path,
    arguments: Arguments,
    *,
    trusted: bool,
) -> Record:
    """Make received bytes the object that the metadata describe, if the conditions hold.

    It is remembered whether whoever wrote it is `trusted`: only then may it become a function.
    Raises Invalid where a checksum of the metadata is another than that of the bytes.
    """
    name, fields = _checked_name(metadata), _checked_fields(metadata)
    digest = digest_of(received)
    for field in ("md5Hash", "crc32c"):
        if metadata.get(field, digest[field]) != digest[field]:
            raise Invalid(f"Provided {field} doesn't match the calculated {digest[field]}.")
    check_writable(cloud, bucket, name, arguments)
    times = dict.fromkeys(("timeCreated", "updated", "timeFinalized"), now())
    content = {"contentType": "application/octet-stream", **fields}
    content["storageClass"] = metadata.get("storageClass") or "STANDARD"
    record = json.dumps({**content, **digest, **times})
    blob = cloud.blobs.keep(received)
    with cloud.store.transaction():
        former = check_writable(cloud, bucket, name, arguments)
        stored = Stored(bucket, name, cloud.store.next_generation(), 1, blob, record, int(trusted))
        _write(cloud, stored)
    if former:
        cloud.blobs.remove(former.blob)
    return view(cloud, stored)


def check_writable(cloud: Cloud, bucket: str, name: str, arguments: Arguments) -> Stored | None:
    """The object that would be replaced; raises where the conditions or the bucket refuse."""
    try:
        former = read_object(cloud, bucket, name)
    except NotFound:
        read_bucket(cloud, bucket)
        former = None
    check_conditions(arguments, *(former[2:4] if former else (0, 0)))
    return former


def _write(cloud: Cloud, stored: Stored) -> None:
    cloud.store.run("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?)", *stored)


def _checked_name(metadata: Record) -> str:
    name = metadata.get("name")
    try:
        size = len(name.encode()) if isinstance(name, str) else 0
    except UnicodeEncodeError:
        size = 0
    if not 1 <= size <= 1024 or name in (".", "..") or set(str(name)) & set("\r\n\0"):
        raise Invalid(f"Invalid object name: {name!r}")
    return str(name)


def _checked_fields(body: Record) -> Record:
    """What a caller may set, of the right type: texts, for they become headers."""
    if refused := [name for name in _UNSUPPORTED if body.get(name)]:
        raise Unsupported(f"The local cloud does not keep {refused[0]} of an object")
    fields = {name: body[name] for name in _WRITABLE if body.get(name) is not None}
    for name, value in fields.items():
        texts = value.values() if name == "metadata" and isinstance(value, dict) else [value]
        if not all(text is None or _is_line(text) for text in texts):
            raise Invalid(f"Invalid value for {name}")
    return fields


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and not set(value) & set("\r\n\0")


def _get(cloud: Cloud, request: Request, bucket: str, name: str) -> Record | Response:
    """The record, or with `alt=media` the bytes."""
    if request.args.get("alt") == "media":
        return _get_media(cloud, request, bucket, name)
    stored = read_object(cloud, bucket, name, request.args)
    check_conditions(request.args, *stored[2:4])
    return view(cloud, stored)


def _get_media(cloud: Cloud, request: Request, bucket: str, name: str) -> Response:
    stored = read_object(cloud, bucket, name, request.args)
    check_conditions(request.args, *stored[2:4])
    return download(cloud, request, bucket, name)


def _patch(cloud: Cloud, request: Request, bucket: str, name: str) -> Record:
    """Change what the body names; null removes."""
    body = json_body(request)
    changed = _checked_fields(body)
    with cloud.store.transaction():
        former = read_object(cloud, bucket, name, request.args)
        check_conditions(request.args, *former[2:4])
        record = json.loads(former.record)
        if "metadata" in changed:
            merged = {**record.get("metadata", {}), **changed["metadata"]}
            changed["metadata"] = {key: text for key, text in merged.items() if text is not None}
        for field in _WRITABLE:
            if field in body and body[field] is None:
                record.pop(field, None)
        stored = former._replace(
            metageneration=former.metageneration + 1,
            record=json.dumps({**record, **changed, "updated": now()}),
        )
        _write(cloud, stored)
    return view(cloud, stored)


def _delete(cloud: Cloud, request: Request, bucket: str, name: str) -> None:
    with cloud.store.transaction():
        former = read_object(cloud, bucket, name, request.args)
        check_conditions(request.args, *former[2:4])
        cloud.store.run("DELETE FROM objects WHERE bucket = ? AND name = ?", bucket, name)
    cloud.blobs.remove(former.blob)


_ONE = "/storage/v1/b/<bucket>/o/<name>"
_PARAMETERS = ("generation", *CONDITIONS)
METHODS = [
    Method("storage.objects.get", "GET", _ONE, _get, _PARAMETERS),
    Method("storage.objects.getMedia", "GET", f"/download{_ONE}", _get_media, _PARAMETERS),
    Method("storage.objects.patch", "PATCH", _ONE, _patch, _PARAMETERS),
    Method("storage.objects.delete", "DELETE", _ONE, _delete, _PARAMETERS),
]
