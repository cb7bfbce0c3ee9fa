"""The bytes of an object as an answer: whole, in part, or not again."""

import base64
import gzip
import json
import re
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import FileWrapper

from local.cloud.cloud import Cloud
from local.cloud.errors import CloudError, NotFound
from local.cloud.web import Answer, Record, Request, Response

__all__ = ["download"]

_BLOCK = 256 * 1024
_HEADERS = {
    "contentType": "Content-Type",
    "cacheControl": "Cache-Control",
    "contentDisposition": "Content-Disposition",
    "contentEncoding": "Content-Encoding",
    "contentLanguage": "Content-Language",
    "storageClass": "x-goog-storage-class",
    "size": "Content-Length",
}


def download(cloud: Cloud, request: Request, bucket: str, name: str) -> Response:
    """Answer with the live object: ETag, Range, If-Match, If-None-Match, If-Modified-Since.

    Raises NotFound; for a range beyond the end a CloudError of 416.
    """
    sql = (
        "SELECT generation, metageneration, blob, record FROM objects WHERE bucket = ? AND name = ?"
    )
    former = None
    while row := cloud.store.row(sql, bucket, name):
        generation, metageneration, blob, record = row
        try:
            response = _response(cloud.blobs.path(blob), json.loads(record))
        except FileNotFoundError:
            if row == former:
                raise NotFound(f"No such object: {bucket}/{name}") from None
            former = row  # it may have been replaced between the record and its bytes
            continue
        response.headers["x-goog-generation"] = str(generation)
        response.headers["x-goog-metageneration"] = str(metageneration)
        if _to_unzip(request, response):
            _unzip(response, cloud.blobs.path(blob))
        return _conditional(request, response)
    raise NotFound(f"No such object: {bucket}/{name}")


def _response(path: Path, record: Record) -> Response:
    response = Answer(FileWrapper(path.open("rb"), _BLOCK))
    for field, header in _HEADERS.items():
        if field in record:
            response.headers[header] = _latin(record[field])
    for key, text in record.get("metadata", {}).items():
        if key.isascii() and key.replace("-", "").replace("_", "").isalnum():
            response.headers[f"x-goog-meta-{key}"] = _latin(text)
    response.headers["x-goog-hash"] = f"crc32c={record['crc32c']},md5={record['md5Hash']}"
    response.headers["x-goog-stored-content-encoding"] = record.get("contentEncoding", "identity")
    response.headers["x-goog-stored-content-length"] = record["size"]
    response.last_modified = datetime.fromisoformat(record["updated"])
    response.set_etag(base64.b64decode(record["md5Hash"]).hex())
    return response


def _to_unzip(request: Request, response: Response) -> bool:
    """Whether a gzipped object goes to somebody who does not read gzip.

    https://cloud.google.com/storage/docs/transcoding
    """
    return (
        response.headers.get("Content-Encoding") == "gzip"
        and "gzip" not in request.headers.get("Accept-Encoding", "")
        and "no-transform" not in response.headers.get("Cache-Control", "")
    )


def _unzip(response: Response, path: Path) -> None:
    response.close()
    response.set_data(gzip.decompress(path.read_bytes()))
    del response.headers["Content-Encoding"]
    response.headers["Warning"] = "214 UploadServer gunzipped"
    response.headers["Vary"] = "Accept-Encoding"


def _conditional(request: Request, response: Response) -> Response:
    size = response.content_length or 0
    suffix = re.fullmatch(r"bytes=-(\d{1,18})", request.headers.get("Range", ""))
    if suffix and int(suffix[1]) > size > 0:  # more than there is: all of it
        request.environ["HTTP_RANGE"] = "bytes=0-"
    try:
        return response.make_conditional(request.environ, accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable:
        response.close()
        raise CloudError("The requested range cannot be satisfied.", code=416) from None


def _latin(text: str) -> str:
    return text if text.isascii() else quote(text)
