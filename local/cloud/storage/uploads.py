"""Bytes coming in: at once (media), with their metadata (multipart), or in pieces (resumable).

A resumable upload survives a broken connection and a killed server: its bytes are a file, its
metadata a record, and the caller asks with `Content-Range: bytes */N` how far it came.
"""

import json
import re
from pathlib import Path

from local.cloud.cloud import Cloud
from local.cloud.errors import CloudError, Invalid, NotFound
from local.cloud.guard import is_trusted
from local.cloud.storage.conditions import CONDITIONS
from local.cloud.storage.objects import check_writable, commit
from local.cloud.web import Answer, Method, Record, Request, Response, json_body

__all__ = ["METHODS"]

_BLOCK = 256 * 1024
_LARGEST_MULTIPART = 64 * 1024 * 1024
# `0-*/*`: a body of unknown length, which is the rest of the object
_RANGE = re.compile(r"bytes (?:(\d{1,18})-(\d{1,18}|\*)|\*)/(\d{1,18}|\*)")
_HASHES = {"crc32c": "crc32c", "md5": "md5Hash"}


def _insert(cloud: Cloud, request: Request, bucket: str) -> Record | Response:
    if "upload_id" in request.args:
        return _resume(cloud, request, bucket)
    kind = request.args.get("uploadType")
    if kind == "resumable":
        return _start(cloud, request, bucket)
    path = cloud.blobs.incoming()
    try:
        metadata = _named(request, _received(request, kind, path))
        return commit(
            cloud, bucket, _with_hashes(request, metadata), path, request.args,
            trusted=is_trusted(request, cloud.token),
        )  # fmt: skip
    finally:
        path.unlink(missing_ok=True)


def _named(request: Request, metadata: Record) -> Record:
    """What stands in the query wins, as with Google."""
    queried = {name: request.args.get(name) for name in ("name", "contentEncoding")}
    return {**metadata, **{name: text for name, text in queried.items() if text is not None}}


def _received(request: Request, kind: str | None, path: Path) -> Record:
    """Put the bytes into the file; their metadata."""
    if kind == "media":
        _receive(request, path)
        return {"contentType": request.headers.get("Content-Type")}
    if kind != "multipart":
        raise Invalid(f"Unknown uploadType: {kind}")
    metadata, data = _parts(request)
    path.write_bytes(data)
    return metadata


def _parts(request: Request) -> tuple[Record, bytes]:
    """Metadata, with the content type of the media part, and media of a multipart/related body."""
    if (request.content_length or 0) > _LARGEST_MULTIPART:
        message = "A multipart upload holds at most 64 MiB; use a resumable one."
        raise CloudError(message, code=413)
    boundary = request.mimetype_params.get("boundary", "").encode(errors="replace")
    data, opening = request.get_data(), b"--" + boundary
    after = data[data.find(opening) + len(opening) :].lstrip(b" \t")
    end = b"\n" if after.startswith(b"\n") else b"\r\n"  # some clients end lines with LF
    pieces = (end + data).split(end + opening)
    if not boundary or len(pieces) != 4 or not pieces[3].startswith(b"--"):
        raise Invalid("A multipart upload has a boundary and two parts: metadata and media")
    (_, text), (head, data) = _part(pieces[1], end), _part(pieces[2], end)
    try:
        metadata = json.loads(text or b"{}")
    except (ValueError, RecursionError):
        metadata = None
    if not isinstance(metadata, dict):
        raise Invalid("The metadata part is not a JSON object")
    if kind := re.search(rb"(?im)^content-type:\s*([^\r\n]*)", head):
        metadata.setdefault("contentType", kind[1].decode("latin-1"))
    return metadata, data


def _part(piece: bytes, end: bytes) -> tuple[bytes, bytes]:
    """Head and body; a part may have no head."""
    head, blank, body = piece.lstrip(b" \t").partition(end + end)
    if not blank:
        raise Invalid("A part of the upload has no body")
    return head, body


def _with_hashes(request: Request, metadata: Record) -> Record:
    """Checksums of the X-Goog-Hash header become expected values."""
    for item in request.headers.get("X-Goog-Hash", "").split(","):
        name, _, value = item.strip().partition("=")
        if name in _HASHES and value:
            metadata.setdefault(_HASHES[name], value)
    return metadata


def _receive(request: Request, path: Path, limit: int | None = None) -> None:
    """Append the body to a file, as far as it comes."""
    with path.open("ab") as file:
        while block := request.stream.read(_BLOCK):
            file.write(block)
            if limit is not None and file.tell() > limit:
                raise Invalid("More bytes than the Content-Range says")


def _start(cloud: Cloud, request: Request, bucket: str) -> Response:
    metadata = _named(request, json_body(request))
    if kind := request.headers.get("X-Upload-Content-Type"):
        metadata.setdefault("contentType", kind)
    check_writable(cloud, bucket, str(metadata.get("name")), request.args)
    name = cloud.blobs.incoming().name
    record = {
        "bucket": bucket,
        "metadata": metadata,
        "arguments": request.args.to_dict(),
        "trusted": is_trusted(request, cloud.token),
    }
    cloud.store.run("INSERT INTO uploads VALUES (?, ?)", name, json.dumps(record))
    url = f"{cloud.url}/upload/storage/v1/b/{bucket}/o?uploadType=resumable&upload_id={name}"
    return Answer(status=200, headers={"Location": url})


def _resume(cloud: Cloud, request: Request, bucket: str) -> Record | Response:
    """The next piece of a resumable upload, or the question how far it came."""
    name = request.args.get("upload_id", "")
    row = cloud.store.row("SELECT record FROM uploads WHERE id = ?", name)
    record = json.loads(row[0]) if row else {}
    if record.get("bucket") != bucket:
        raise NotFound("No such upload")
    if "object" in record:
        return dict(record["object"])
    path = cloud.blobs.incoming(name)
    if not path.exists():
        raise NotFound("The upload was refused")
    first, total, is_last = _content_range(request)
    if first is not None:
        _append(request, path, first, total)
    size = path.stat().st_size
    if not is_last and (total is None or size < total):
        return Answer(status=308, headers={"Range": f"bytes=0-{size - 1}"} if size else {})
    try:
        metadata = _with_hashes(request, record["metadata"])
        written = commit(
            cloud, bucket, metadata, path, record["arguments"], trusted=record["trusted"]
        )
    finally:
        path.unlink(missing_ok=True)
    finished = json.dumps({"bucket": bucket, "object": written})
    cloud.store.run("UPDATE uploads SET record = ? WHERE id = ?", finished, name)
    return written


def _content_range(request: Request) -> tuple[int | None, int | None, bool]:
    """Where the piece starts (None: it is a question), the size of the whole, whether it ends."""
    text = request.headers.get("Content-Range")
    if text is None:
        return 0, request.content_length, request.content_length is None
    parts = _RANGE.fullmatch(text)
    if parts is None:
        raise Invalid(f"Failed to parse Content-Range header: {text}")
    first, last, total = (int(part) if part and part != "*" else None for part in parts.groups())
    is_open = parts[2] == "*"
    end = 10**18 if total is None else total
    if first is not None and not is_open and not first <= (last or 0) < end:
        raise Invalid(f"Impossible Content-Range header: {text}")
    return first, total, is_open and total is None


def _append(request: Request, path: Path, first: int, total: int | None) -> None:
    """Write the piece; what was sent a second time is written a second time."""
    size = path.stat().st_size
    if first > size:
        raise Invalid(f"The piece starts at {first}, but only {size} bytes were received")
    with path.open("r+b") as file:
        file.truncate(first)
    _receive(request, path, limit=total)


_UPLOAD = "/upload/storage/v1/b/<bucket>/o"
_PARAMETERS = ("uploadType", "upload_id", "uploadId", "name", "contentEncoding", *CONDITIONS)
METHODS = [
    Method("storage.objects.insert", "POST", _UPLOAD, _insert, _PARAMETERS),
    Method("storage.objects.resume", "PUT", _UPLOAD, _resume, _PARAMETERS),
    Method("storage.objects.insert.old", "POST", f"/resumable{_UPLOAD}", _insert, _PARAMETERS),
    Method("storage.objects.resume.old", "PUT", f"/resumable{_UPLOAD}", _resume, _PARAMETERS),
]
