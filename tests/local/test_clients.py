"""What clients other than Python's do, and what none may do unnoticed."""

import gzip
import json

import pytest

from tests.local.test_storage import request

DATA = bytes(range(256)) * 40


@pytest.fixture
def upload(cloud, bucket):
    return f"{cloud.url}/upload/storage/v1/b/{bucket.name}/o"


def start(url, path=""):
    url = url.replace("/upload/", f"{path}/upload/")
    kind = {"Content-Type": "application/json; charset=UTF-8"}
    status, headers, _ = request("POST", f"{url}?uploadType=resumable&name=large", b"{}", **kind)
    assert status == 200
    return headers["Location"]


def test_a_multipart_upload_may_end_its_lines_with_lf(upload, bucket):
    head = (
        b'--x\nContent-Type: application/json\n\n{"name": "a"}\n--x\nContent-Type: image/webp\n\n'
    )
    kind = {"Content-Type": "multipart/related; boundary=x"}

    status, _, _ = request(
        "POST", f"{upload}?uploadType=multipart", head + DATA + b"\n--x--\n", **kind
    )

    assert status == 200
    assert bucket.blob("a").download_as_bytes() == DATA


@pytest.mark.parametrize("data", [b"a\r\n\r\nb\n\nc", b"--x", b"\r\n", b"", b"\n--y\n"])
@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_a_multipart_upload_keeps_line_ends_within(upload, bucket, data, end):
    parts = [b"--bound", b"Content-Type: application/json", b"", b'{"name": "a"}', b"--bound",
             b"Content-Type: a/b", b"", data, b"--bound--"]  # fmt: skip
    kind = {"Content-Type": "multipart/related; boundary=bound"}

    status, _, _ = request("POST", f"{upload}?uploadType=multipart", end.join(parts), **kind)

    assert status == 200
    assert bucket.blob("a").download_as_bytes() == data


def test_pieces_of_a_resumable_upload_may_be_posted(upload, bucket):
    url, half = start(upload), len(DATA) // 2

    first, _, _ = request("POST", url, DATA[:half], Content_Range=f"bytes 0-{half - 1}/{len(DATA)}")
    last, _, _ = request(
        "POST", url, DATA[half:], Content_Range=f"bytes {half}-{len(DATA) - 1}/{len(DATA)}"
    )

    assert (first, last) == (308, 200)
    assert bucket.blob("large").download_as_bytes() == DATA


def test_a_body_of_unknown_length_is_all_the_rest(upload, bucket):
    status, _, _ = request("PUT", start(upload), DATA, Content_Range="bytes 0-*/*")

    assert status == 200
    assert bucket.blob("large").download_as_bytes() == DATA


def test_the_older_path_of_resumable_uploads_leads_there_too(upload, bucket):
    status, _, _ = request("PUT", start(upload, "/resumable"), DATA)

    assert status == 200
    assert bucket.blob("large").download_as_bytes() == DATA


def test_bodies_may_be_gzipped(cloud, upload, bucket):
    packed = {"Content-Encoding": "gzip"}
    url = f"{cloud.url}/storage/v1/b/{bucket.name}"

    body = gzip.compress(b'{"labels": {"a": "b"}}')
    patched, _, _ = request("PATCH", url, body, **packed, **{"Content-Type": "application/json"})
    media = f"{upload}?uploadType=media&name=a"
    sent, _, _ = request("POST", media, gzip.compress(DATA), **packed)
    broken, _, _ = request("POST", media, gzip.compress(DATA)[:-9], **packed)
    no_gzip, _, _ = request("POST", media, DATA, **packed)

    assert (patched, sent, broken, no_gzip) == (200, 200, 400, 400)
    assert cloud.get(f"/storage/v1/b/{bucket.name}")["labels"] == {"a": "b"}
    assert bucket.blob("a").download_as_bytes() == DATA


def test_the_querys_name_wins_and_types_are_kept_whole(cloud, upload, bucket):
    kind = {"Content-Type": "text/html; charset=utf-8", "Authorization": "Bearer any"}
    query = "uploadType=media&name=a&contentEncoding=br"

    request("POST", f"{upload}?{query}", b"x", **kind)
    head = b'--x\r\n\r\n{"name": "b"}\r\n--x\r\n'
    body = head + b"Content-Type: text/css; charset=utf-8\r\n\r\n.\r\n--x--"
    boundary = {"Content-Type": "multipart/related; boundary=x"}
    request("POST", f"{upload}?uploadType=multipart&name=c", body, **boundary)

    first, second = (cloud.get(f"/storage/v1/b/{bucket.name}/o/{name}") for name in ("a", "c"))
    assert first["contentType"] == "text/html; charset=utf-8"
    assert first["contentEncoding"] == "br"
    assert second["contentType"] == "text/css; charset=utf-8"
    assert [blob.name for blob in bucket.list_blobs()] == ["a", "c"]


def test_a_suffix_longer_than_the_object_is_the_object(cloud, bucket):
    bucket.blob("a").upload_from_string(b"0123456789")
    url = f"{cloud.url}/download/storage/v1/b/{bucket.name}/o/a?alt=media"

    status, headers, body = request("GET", url, Range="bytes=-1000")

    assert (status, body) == (206, b"0123456789")
    assert headers["Content-Range"] == "bytes 0-9/10"


@pytest.mark.parametrize(
    "query",
    ["matchGlob=a*", "softDeleted=true", "includeTrailingDelimiter=true", "filter=x",
     "includeFoldersAsPrefixes=true", "nonsense=1"],
)  # fmt: skip
def test_a_filter_that_is_not_obeyed_is_refused(cloud, bucket, query):
    """Ignored, it would list too much; what was listed is deleted next."""
    status, _, body = request("GET", f"{cloud.url}/storage/v1/b/{bucket.name}/o?{query}")

    error = json.loads(body)["error"]
    assert status == 400
    assert error["errors"][0]["reason"] == "notImplemented"
    assert query.partition("=")[0] in error["message"]


def test_the_clients_own_glob_is_refused_at_once(bucket):
    from google.api_core.exceptions import BadRequest

    bucket.blob("a").upload_from_string(b"1")

    with pytest.raises(BadRequest, match="matchGlob"):
        list(bucket.list_blobs(match_glob="b*"))


@pytest.mark.parametrize(
    "header", ["x-goog-if-generation-match", "x-goog-encryption-algorithm", "x-goog-encryption-key"]
)
def test_a_header_that_is_not_obeyed_is_refused(cloud, bucket, header):
    bucket.blob("a").upload_from_string(b"1")

    for path in (f"/{bucket.name}/a", f"/storage/v1/b/{bucket.name}/o/a?alt=media"):
        status, _, body = request("GET", cloud.url + path, **{header: "1"})
        assert (status, header in body.decode().lower()) == (400, True)


@pytest.mark.parametrize("field", ["temporaryHold", "eventBasedHold", "kmsKeyName", "acl"])
def test_what_would_not_be_kept_of_an_object_is_refused(cloud, bucket, field):
    bucket.blob("a").upload_from_string(b"1")
    body, kind = json.dumps({field: "x"}).encode(), {"Content-Type": "application/json"}
    url = f"{cloud.url}/storage/v1/b/{bucket.name}/o/a"

    status, _, answer = request("PATCH", url, body, **kind)

    assert (status, field in answer.decode()) == (400, True)


def test_an_object_whose_bytes_are_gone_is_no_object_any_more(local_cloud):
    bucket = local_cloud.storage_client().create_bucket("photos")
    bucket.blob("a").upload_from_string(b"1")
    for path in local_cloud.state_dir.glob("blobs/*/*"):
        path.unlink()

    url = f"{local_cloud.url}/download/storage/v1/b/photos/o/a?alt=media"

    assert request("GET", url)[0] == 404
