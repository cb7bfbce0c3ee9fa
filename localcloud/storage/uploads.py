"""Bytes coming in: at once (media), with their metadata (multipart), or in pieces (resumable).

A resumable upload survives a broken connection and a killed server: its bytes are a file, its
metadata a record, and the caller asks with `Content-Range: bytes */N` how far it came.
"""

import json
import re
from pathlib import Path
from typing import Any

from localcloud.cloud import Cloud
from localcloud.errors import Invalid, NotFound, TooLarge
from localcloud.storage.conditions import number
from localcloud.storage.objects import check_writable, commit
from localcloud.web import Answer, Method, Request, Response, json_body

__all__ = ["METHODS"]

_BLOCK = 256 * 1024
_LARGEST_MULTIPART = 64 * 1024 * 1024
_RANGE = re.compile(r"bytes (?:(\d{1,18})-(\d{1,18})|\*)/(\d{1,18}|\*)")
_HASH = {"crc32c": "crc32c", "md5": "md5Hash"}


def insert(cloud: Cloud, request: Request, bucket: str) -> dict[str, Any] | Response:
    """Write an object, in one of the three ways."""
    kind = request.args.get("uploadType")
    if kind == "media":
        return _insert_media(cloud, request, bucket)
    if kind == "multipart":
        return _insert_multipart(cloud, request, bucket)
    if kind == "resumable":
        return _start(cloud, request, bucket)
    raise Invalid(f"Unknown uploadType: {kind}")


def _insert_media(cloud: Cloud, request: Request, bucket: str) -> dict[str, Any]:
    metadata = {"name": request.args.get("name"), "contentType": request.mimetype or None}
    path = cloud.blobs.receive()
    _receive(request, path)
    return commit(cloud, bucket, _with_hashes(request, metadata), path, request.args)


def _insert_multipart(cloud: Cloud, request: Request, bucket: str) -> dict[str, Any]:
    if (request.content_length or 0) > _LARGEST_MULTIPART:
        raise TooLarge("A multipart upload holds at most 64 MiB; use a resumable one.")
    metadata, content_type, data = _parts(request)
    metadata.setdefault("name", request.args.get("name"))
    if not metadata.get("contentType") and content_type:
        metadata["contentType"] = content_type
    path = cloud.blobs.receive()
    path.write_bytes(data)
    return commit(cloud, bucket, _with_hashes(request, metadata), path, request.args)


def _parts(request: Request) -> tuple[dict[str, Any], str, bytes]:
    """Metadata, content type and bytes of a multipart/related body."""
    boundary = request.mimetype_params.get("boundary", "")
    if not boundary:
        raise Invalid("A multipart upload names its boundary in Content-Type")
    pieces = (b"\r\n" + request.get_data()).split(b"\r\n--" + boundary.encode())
    if len(pieces) != 4 or not pieces[3].startswith(b"--"):
        raise Invalid("A multipart upload has two parts: metadata and media")
    _, description = _part(pieces[1])
    head, data = _part(pieces[2])
    try:
        metadata = json.loads(description or b"{}")
    except (ValueError, RecursionError) as error:
        raise Invalid("The metadata part is not JSON") from error
    if not isinstance(metadata, dict):
        raise Invalid("The metadata part is not a JSON object")
    content_type = re.search(rb"(?im)^content-type:\s*([^\r\n]*)", head)
    return metadata, content_type[1].decode("latin-1") if content_type else "", data


def _part(piece: bytes) -> tuple[bytes, bytes]:
    """Head and body; a part may have no head."""
    piece = piece.lstrip(b" \t")
    if piece.startswith(b"\r\n\r\n"):
        return b"", piece[4:]
    head, blank, body = piece.partition(b"\r\n\r\n")
    if not blank:
        raise Invalid("A part of the upload has no body")
    return head, body


def _with_hashes(request: Request, metadata: dict[str, Any]) -> dict[str, Any]:
    """Checksums from the X-Goog-Hash header, if it is there, become expected values."""
    for item in request.headers.get("X-Goog-Hash", "").split(","):
        name, _, value = item.strip().partition("=")
        if name in _HASH and value:
            metadata.setdefault(_HASH[name], value)
    return metadata


def _receive(request: Request, path: Path, *, limit: int | None = None) -> None:
    """Append the body to a file, as far as it comes."""
    with path.open("ab") as file:
        while block := request.stream.read(_BLOCK):
            file.write(block)
            if limit is not None and file.tell() > limit:
                raise Invalid("More bytes than the Content-Range says")


def _start(cloud: Cloud, request: Request, bucket: str) -> Response:
    metadata = json_body(request)
    metadata.setdefault("name", request.args.get("name"))
    content_type = request.headers.get("X-Upload-Content-Type")
    if content_type and not metadata.get("contentType"):
        metadata["contentType"] = content_type
    check_writable(cloud, bucket, str(metadata["name"]), request.args)
    path = cloud.blobs.receive()
    record = {"bucket": bucket, "metadata": metadata, "arguments": request.args.to_dict()}
    cloud.store.run("INSERT INTO uploads VALUES (?, ?)", path.name, json.dumps(record))
    url = f"{cloud.url}/upload/storage/v1/b/{bucket}/o?uploadType=resumable&upload_id={path.name}"
    return Answer(status=200, headers={"Location": url, "X-GUploader-UploadID": path.name})


def resume(cloud: Cloud, request: Request, bucket: str) -> dict[str, Any] | Response:
    """The next piece of a resumable upload, or the question how far it came."""
    record, path = _session(cloud, request, bucket)
    if "object" in record:
        return dict(record["object"])
    first, total = _content_range(request)
    if first is not None:
        _append(request, path, first, total)
    size = path.stat().st_size
    if total is None or size < total:
        return _incomplete(size)
    return _finish(cloud, request, record, path)


def cancel(cloud: Cloud, request: Request, bucket: str) -> Response:
    """Give a resumable upload up."""
    _, path = _session(cloud, request, bucket)
    cloud.store.run("DELETE FROM uploads WHERE id = ?", path.name)
    path.unlink(missing_ok=True)
    return Answer(status=499)


def _session(cloud: Cloud, request: Request, bucket: str) -> tuple[dict[str, Any], Path]:
    name = request.args.get("upload_id", "")
    row = cloud.store.row("SELECT record FROM uploads WHERE id = ?", name)
    record = json.loads(row[0]) if row else {}
    if record.get("bucket") != bucket:
        raise NotFound("No such upload")
    return record, cloud.blobs.incoming(name)


def _content_range(request: Request) -> tuple[int | None, int | None]:
    """Where the piece starts (None: it is a question), and the size of the whole, if known."""
    text = request.headers.get("Content-Range")
    if text is None:
        return 0, number({"length": str(request.content_length or 0)}, "length")
    parts = _RANGE.fullmatch(text)
    if parts is None:
        raise Invalid(f"Failed to parse Content-Range header: {text}")
    first, last, total = parts.groups()
    if first and (int(last) < int(first) or (total != "*" and int(last) >= int(total))):
        raise Invalid(f"Impossible Content-Range header: {text}")
    return int(first) if first else None, None if total == "*" else int(total)


def _append(request: Request, path: Path, first: int, total: int | None) -> None:
    """Write the piece; what was sent a second time is skipped."""
    size = path.stat().st_size
    if first > size:
        raise Invalid(f"The piece starts at {first}, but only {size} bytes were received")
    with path.open("r+b") as file:
        file.truncate(first)
    _receive(request, path, limit=total)


def _incomplete(size: int) -> Response:
    headers = {"Range": f"bytes=0-{size - 1}"} if size else {}
    return Answer(status=308, headers=headers)


def _finish(cloud: Cloud, request: Request, record: dict[str, Any], path: Path) -> dict[str, Any]:
    metadata = _with_hashes(request, record["metadata"])
    written = commit(cloud, record["bucket"], metadata, path, record["arguments"])
    finished = json.dumps({"bucket": record["bucket"], "object": written})
    cloud.store.run("UPDATE uploads SET record = ? WHERE id = ?", finished, path.name)
    return written


_UPLOAD = "/upload/storage/v1/b/<bucket>/o"
METHODS = [
    Method("storage.objects.insert", "POST", _UPLOAD, insert),
    Method("storage.objects.resume", "PUT", _UPLOAD, resume),
    Method("storage.objects.cancel", "DELETE", _UPLOAD, cancel),
]
