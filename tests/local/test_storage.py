"""Cloud Storage through its own client, and where that is too well-behaved, by hand."""

import base64
import gzip
import hashlib
import http.client
import json
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import google_crc32c
import pytest
from google.api_core.exceptions import (
    BadRequest,
    Conflict,
    Forbidden,
    GoogleAPICallError,
    NotFound,
    NotModified,
    PreconditionFailed,
)
from google.cloud.storage.exceptions import DataCorruption
from google.cloud.storage.retry import DEFAULT_RETRY

ODD_NAMES = (
    "a b", "a#b", "a%b", "a%2Fb", "a?b=c", "a&b+c", "ä/ö.webp", "雪", "a//b", "/a", "a/", "a:b",
    "..a", "a/../b", "acl", "o/a/acl", "😀", "e\u0301", "\u00e9", "a;b=c", "[a]*", "'\"<>",
)  # fmt: skip


def request(method, url, data=None, **headers):
    """Status, headers, body; whatever the status."""
    sent = {name.replace("_", "-"): text for name, text in headers.items()}
    own = {"Content-Type": "application/octet-stream", **sent}
    asked = urllib.request.Request(url, data, own, method=method)
    opener = urllib.request.build_opener(NoRedirect)
    try:
        with opener.open(asked, timeout=30) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args):
        return None


def test_an_object_comes_back_as_it_was_written(bucket):
    blob = bucket.blob("a/b.txt")
    blob.cache_control = "no-cache"
    blob.metadata = {"colour": "red"}
    blob.upload_from_string(b"hello", content_type="text/plain")

    again = bucket.get_blob("a/b.txt")

    assert again.download_as_bytes() == b"hello"
    assert (again.content_type, again.cache_control) == ("text/plain", "no-cache")
    assert again.metadata == {"colour": "red"}
    assert again.generation == blob.generation
    assert again.md5_hash == base64.b64encode(hashlib.md5(b"hello").digest()).decode()


def test_odd_names_are_names_like_others(bucket):
    for name in ODD_NAMES:
        bucket.blob(name).upload_from_string(name)

    assert {blob.name for blob in bucket.list_blobs()} == set(ODD_NAMES)
    assert {name: bucket.blob(name).download_as_text() for name in ODD_NAMES} == {
        name: name for name in ODD_NAMES
    }


@pytest.mark.parametrize("name", ["", ".", "..", "a\nb", "a\rb", "é" * 513])
def test_names_that_google_refuses_are_refused(bucket, name):
    url = f"{bucket.client._connection.API_BASE_URL}/upload/storage/v1/b/{bucket.name}/o"
    body = f"--x\r\n\r\n{json.dumps({'name': name})}\r\n--x\r\n\r\n.\r\n--x--"

    status, _, answer = request(
        "POST", f"{url}?uploadType=multipart", body.encode(),
        **{"Content-Type": "multipart/related; boundary=x"},
    )  # fmt: skip

    assert status == 400
    assert json.loads(answer)["error"]["errors"][0]["reason"] == "invalid"


def test_a_wrong_checksum_is_refused_and_leaves_nothing(bucket):
    blob = bucket.blob("a")
    blob.md5_hash = base64.b64encode(b"0" * 16).decode()

    with pytest.raises(BadRequest, match="doesn't match"):
        blob.upload_from_string(b"hello")
    with pytest.raises(NotFound):
        blob.reload()


def test_a_crc32c_in_the_header_is_checked(cloud, bucket):
    url = f"{cloud.url}/upload/storage/v1/b/{bucket.name}/o?uploadType=media&name=a"
    right = base64.b64encode(google_crc32c.value(b"hello").to_bytes(4, "big")).decode()

    wrong, _, _ = request("POST", url, b"hellO", **{"X-Goog-Hash": f"crc32c={right}"})
    kept, _, _ = request("POST", url, b"hello", **{"X-Goog-Hash": f"crc32c={right}"})

    assert (wrong, kept) == (400, 200)


class TestConditions:
    """ifGenerationMatch and its kin, on every method."""

    def test_writing(self, bucket):
        blob = bucket.blob("a")
        blob.upload_from_string(b"1", if_generation_match=0)

        with pytest.raises(PreconditionFailed):
            bucket.blob("a").upload_from_string(b"2", if_generation_match=0)
        with pytest.raises(PreconditionFailed):
            bucket.blob("a").upload_from_string(b"2", if_generation_match=blob.generation + 1)
        with pytest.raises(NotModified):
            bucket.blob("a").upload_from_string(b"2", if_generation_not_match=blob.generation)
        with pytest.raises(PreconditionFailed):
            bucket.blob("a").upload_from_string(b"2", if_metageneration_match=2)
        bucket.blob("a").upload_from_string(b"3", if_generation_match=blob.generation)
        assert bucket.blob("a").download_as_bytes() == b"3"

    def test_a_resumable_write(self, bucket):
        bucket.blob("a").upload_from_string(b"1")

        late = bucket.blob("a", chunk_size=256 * 1024)
        with pytest.raises(PreconditionFailed):
            late.upload_from_string(b"2" * 600_000, if_generation_match=0)

    def test_reading(self, bucket):
        blob = bucket.blob("a")
        blob.upload_from_string(b"1")

        with pytest.raises(PreconditionFailed):
            blob.download_as_bytes(if_generation_match=blob.generation + 1)
        with pytest.raises(PreconditionFailed):
            blob.reload(if_metageneration_match=2)
        assert blob.download_as_bytes(if_generation_match=blob.generation) == b"1"

    def test_reading_what_one_has(self, cloud, bucket):
        blob = bucket.blob("a")
        blob.upload_from_string(b"1")
        url = f"{cloud.url}/storage/v1/b/{bucket.name}/o/a"

        status, _, _ = request("GET", f"{url}?ifGenerationNotMatch={blob.generation}")
        changed, _, _ = request("GET", f"{url}?ifMetagenerationNotMatch=7")

        assert (status, changed) == (304, 200)

    def test_changing(self, bucket):
        blob = bucket.blob("a")
        blob.upload_from_string(b"1")
        blob.cache_control = "no-cache"

        with pytest.raises(PreconditionFailed):
            blob.patch(if_metageneration_match=2)
        with pytest.raises(PreconditionFailed):
            blob.patch(if_generation_match=1)
        blob.patch(if_metageneration_match=1)
        assert (blob.metageneration, blob.cache_control) == (2, "no-cache")

    def test_deleting(self, bucket):
        blob = bucket.blob("a")
        blob.upload_from_string(b"1")

        with pytest.raises(PreconditionFailed):
            blob.delete(if_generation_match=1)
        with pytest.raises(NotModified):
            blob.delete(if_metageneration_not_match=1)
        blob.delete(if_generation_match=blob.generation)
        assert not blob.exists()

    def test_a_bucket(self, cloud, bucket):
        bucket.labels = {"a": "b"}

        with pytest.raises(PreconditionFailed):
            bucket.patch(if_metageneration_match=7)
        with pytest.raises(PreconditionFailed):
            bucket.reload(if_metageneration_match=7)
        bucket.patch(if_metageneration_match=1)
        assert bucket.metageneration == 2


def test_one_of_many_writers_wins(cloud, bucket):
    def write(number):
        try:
            bucket.blob("a").upload_from_string(str(number), if_generation_match=0, retry=None)
        except PreconditionFailed:
            return 0
        return 1

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(write, range(64))) == 1


class TestLists:
    """Names, prefixes, pages."""

    @pytest.fixture
    def filled(self, bucket):
        for name in ("a/1", "a/2", "a/b/3", "b", "c/4", "d"):
            bucket.blob(name).upload_from_string(b"")
        return bucket

    def test_pages_hold_each_name_once_in_order(self, filled):
        pages = list(filled.list_blobs(page_size=2).pages)
        names = [blob.name for page in pages for blob in page]
        assert names == ["a/1", "a/2", "a/b/3", "b", "c/4", "d"]
        assert len(pages) == 3

    def test_a_delimiter_folds_folders(self, filled):
        found = filled.list_blobs(delimiter="/")
        assert [blob.name for blob in found] == ["b", "d"]
        assert found.prefixes == {"a/", "c/"}

    def test_a_delimiter_folds_below_a_prefix(self, filled):
        found = filled.list_blobs(delimiter="/", prefix="a/")
        assert [blob.name for blob in found] == ["a/1", "a/2"]
        assert found.prefixes == {"a/b/"}

    def test_folded_pages_go_on_after_the_folder(self, cloud, filled):
        seen, token = [], ""
        while token is not None:
            page = cloud.get(
                f"/storage/v1/b/{filled.name}/o?delimiter=/&maxResults=1&pageToken={token}"
            )
            seen += page.get("prefixes", []) + [item["name"] for item in page.get("items", [])]
            token = page.get("nextPageToken")
        assert seen == ["a/", "b", "c/", "d"]

    def test_offsets_bound_the_names(self, filled):
        found = filled.list_blobs(start_offset="a/2", end_offset="c")
        assert [blob.name for blob in found] == ["a/2", "a/b/3", "b"]

    def test_versions_are_the_live_ones(self, filled):
        assert len(list(filled.list_blobs(versions=True))) == 6

    def test_a_list_of_no_bucket_is_404(self, cloud):
        with pytest.raises(NotFound):
            list(cloud.storage_client().list_blobs("no-such"))


class TestResumable:
    """Bytes in pieces, over a connection that breaks."""

    def start(self, cloud, bucket):
        url = f"{cloud.url}/upload/storage/v1/b/{bucket.name}/o?uploadType=resumable&name=large"
        json_type = {"Content-Type": "application/json; charset=UTF-8"}
        status, headers, _ = request("POST", url, b"{}", **json_type)
        assert status == 200
        return headers["Location"]

    def put(self, url, data, what):
        return request("PUT", url, data, **{"Content-Range": f"bytes {what}"})

    def test_in_pieces_by_the_client(self, bucket):
        data = bytes(range(256)) * 4096 * 10
        bucket.blob("large", chunk_size=2 * 1024 * 1024).upload_from_string(data)
        assert bucket.blob("large").download_as_bytes() == data

    def test_a_question_tells_how_far_it_came(self, cloud, bucket):
        url = self.start(cloud, bucket)

        empty, headers, _ = self.put(url, b"", "*/6")
        assert (empty, headers["Range"]) == (308, None)
        status, headers, _ = self.put(url, b"abc", "0-2/6")
        assert (status, headers["Range"]) == (308, "bytes=0-2")
        status, headers, _ = self.put(url, b"", "*/6")
        assert (status, headers["Range"]) == (308, "bytes=0-2")
        status, _, answer = self.put(url, b"def", "3-5/6")
        assert (status, json.loads(answer)["size"]) == (200, "6")
        again, _, answer = self.put(url, b"", "*/6")
        assert (again, json.loads(answer)["size"]) == (200, "6")
        assert bucket.blob("large").download_as_bytes() == b"abcdef"

    def test_a_piece_that_broke_off_is_kept_as_far_as_it_came(self, cloud, bucket):
        url = self.start(cloud, bucket)
        connection = http.client.HTTPConnection("127.0.0.1", cloud.port)
        connection.putrequest("PUT", url.partition(str(cloud.port))[2])
        connection.putheader("Content-Range", "bytes 0-999999/1000000")
        connection.putheader("Content-Length", "1000000")
        connection.endheaders(b"x" * 300_000)
        connection.close()
        headers, deadline = {"Range": None}, time.monotonic() + 10
        while not headers["Range"] and time.monotonic() < deadline:
            _, headers, _ = self.put(url, b"", "*/1000000")
        came = int(headers["Range"].rpartition("-")[2]) + 1
        status, _, _ = self.put(url, b"y" * (1_000_000 - came), f"{came}-999999/1000000")

        assert 0 < came <= 300_000
        assert status == 200
        data = bucket.blob("large").download_as_bytes()
        assert data == b"x" * came + b"y" * (1_000_000 - came)

    def test_the_client_goes_on_after_a_reset(self, cloud, bucket):
        cloud.fault(method="storage.objects.resume", reset=True, times=1, after=1, late=True)
        data = bytes(range(256)) * 4096

        blob = bucket.blob("large", chunk_size=256 * 1024)
        blob.upload_from_string(data, retry=DEFAULT_RETRY)

        assert bucket.blob("large").download_as_bytes() == data

    def test_it_survives_a_killed_server(self, local_cloud):
        bucket = local_cloud.storage_client().create_bucket("photos")
        url = self.start(local_cloud, bucket)
        self.put(url, b"abc", "0-2/6")

        local_cloud.kill()
        local_cloud.start()

        status, headers, _ = self.put(url, b"", "*/6")
        assert (status, headers["Range"]) == (308, "bytes=0-2")
        assert self.put(url, b"def", "3-5/6")[0] == 200

    def test_nonsense_is_refused(self, cloud, bucket):
        url = self.start(cloud, bucket)
        for what in ("0-2", "2-0/6", "0-9/6", "-1-2/6", "x", "9-11/12"):
            assert self.put(url, b"abc", what)[0] == 400
        assert self.put(url + "x", b"abc", "0-2/3")[0] == 404


class TestPublic:
    """`/<bucket>/<object>`: what a browser sees."""

    @pytest.fixture
    def url(self, cloud, bucket):
        blob = bucket.blob("a b/c.webp")
        blob.cache_control = "public, max-age=86400"
        blob.upload_from_string(b"0123456789", content_type="image/webp")
        return f"{cloud.url}/{bucket.name}/a%20b/c.webp"

    def allow(self, bucket, role):
        policy = bucket.get_iam_policy(requested_policy_version=3)
        policy.bindings.append({"role": f"roles/storage.{role}", "members": {"allUsers"}})
        bucket.set_iam_policy(policy)

    def test_nothing_is_public_until_it_is_granted(self, url):
        assert request("GET", url)[0] == 403

    def test_a_gzipped_object_is_unzipped_for_who_does_not_read_gzip(self, cloud, bucket):
        """As Google does: https://cloud.google.com/storage/docs/transcoding."""
        self.allow(bucket, "legacyObjectReader")
        text = b"const photos = [];" * 100
        blob = bucket.blob("script.js")
        blob.content_encoding = "gzip"
        blob.upload_from_string(gzip.compress(text), content_type="text/javascript")
        url = f"{cloud.url}/{bucket.name}/script.js"

        _, zipped, body = request("GET", url, **{"Accept-Encoding": "gzip, br"})
        status, plain, unzipped = request("GET", url)

        assert zipped["Content-Encoding"] == "gzip"
        assert gzip.decompress(body) == text
        assert (status, unzipped) == (200, text)
        assert "Content-Encoding" not in plain
        assert plain["x-goog-stored-content-encoding"] == "gzip"

    def test_a_reader_by_name_reads_and_cannot_list(self, cloud, bucket, url):
        self.allow(bucket, "legacyObjectReader")

        status, headers, body = request("GET", url)

        assert (status, body) == (200, b"0123456789")
        assert headers["Content-Type"] == "image/webp"
        assert headers["Cache-Control"] == "public, max-age=86400"
        assert headers["x-goog-generation"]
        assert headers["x-goog-hash"].startswith("crc32c=")
        assert request("GET", url + "x")[0] == 403
        assert request("GET", f"{cloud.url}/{bucket.name}")[0] == 403

    def test_a_viewer_lists(self, cloud, bucket, url):
        self.allow(bucket, "objectViewer")

        assert request("GET", url + "x")[0] == 404
        status, _, body = request("GET", f"{cloud.url}/{bucket.name}")
        assert status == 200
        assert b"<Key>a b/c.webp</Key>" in body
        assert request("GET", f"{cloud.url}/no-such-bucket/a")[0] == 404

    def test_odd_names_have_addresses_too(self, cloud, bucket):
        self.allow(bucket, "legacyObjectReader")
        for name in ("/a", "a//b", "a/", "a b#c%?.webp", "é"):
            bucket.blob(name).upload_from_string(name)
            address = f"{cloud.url}/{bucket.name}/{quote(name)}"
            assert request("GET", address)[2].decode() == name

    def test_what_one_has_is_not_sent_again(self, bucket, url):
        self.allow(bucket, "legacyObjectReader")
        etag = request("GET", url)[1]["ETag"]

        status, headers, body = request("GET", url, **{"If-None-Match": etag})

        assert (status, body) == (304, b"")
        assert headers["ETag"] == etag
        assert request("GET", url, **{"If-None-Match": '"other"'})[0] == 200
        assert request("GET", url, **{"If-Match": '"other"'})[0] == 412

    def test_ranges(self, bucket, url):
        self.allow(bucket, "legacyObjectReader")

        status, headers, body = request("GET", url, Range="bytes=2-4")

        assert (status, body) == (206, b"234")
        assert headers["Content-Range"] == "bytes 2-4/10"
        assert request("GET", url, Range="bytes=-3")[2] == b"789"
        assert request("GET", url, Range="bytes=10-")[0] == 416

    def test_head_has_the_headers_alone(self, bucket, url):
        self.allow(bucket, "legacyObjectReader")
        status, headers, body = request("HEAD", url)
        assert (status, headers["Content-Length"], body) == (200, "10", b"")

    def test_cors_as_the_bucket_says(self, bucket, url):
        self.allow(bucket, "legacyObjectReader")
        bucket.cors = [
            {
                "origin": ["https://a.example"],
                "method": ["GET"],
                "responseHeader": ["ETag", "Range"],
                "maxAgeSeconds": 60,
            }
        ]
        bucket.patch()

        _, friend, _ = request("GET", url, Origin="https://a.example")
        _, stranger, _ = request("GET", url, Origin="https://b.example")
        asked = {"Origin": "https://a.example", "Access-Control-Request-Method": "GET"}
        status, before, _ = request("OPTIONS", url, **asked)

        assert friend["Access-Control-Allow-Origin"] == "https://a.example"
        assert friend["Vary"] == "Origin"
        assert friend["Access-Control-Expose-Headers"] == "ETag, Range"
        assert stranger["Access-Control-Allow-Origin"] is None
        assert (status, before["Access-Control-Max-Age"]) == (200, "60")
        assert before["Access-Control-Allow-Methods"] == "GET"

    def test_a_star_allows_every_origin_also_on_errors(self, bucket, url):
        self.allow(bucket, "legacyObjectReader")
        bucket.cors = [{"origin": ["*"], "method": ["GET", "HEAD"]}]
        bucket.patch()

        missing, headers, _ = request("GET", url + "x", Origin="https://a.example")

        assert (missing, headers["Access-Control-Allow-Origin"]) == (403, "*")

    def test_prevention_refuses_grants_and_reads(self, bucket, url):
        self.allow(bucket, "legacyObjectReader")
        bucket.iam_configuration.public_access_prevention = "enforced"
        bucket.patch()

        assert request("GET", url)[0] == 403
        with pytest.raises(PreconditionFailed, match="public access prevention"):
            self.allow(bucket, "objectViewer")


def test_a_stale_policy_is_refused(bucket):
    first = bucket.get_iam_policy(requested_policy_version=3)
    second = bucket.get_iam_policy(requested_policy_version=3)
    first.bindings.append({"role": "roles/storage.admin", "members": {"user:a@example.com"}})
    bucket.set_iam_policy(first)

    with pytest.raises(PreconditionFailed):
        bucket.set_iam_policy(second)


def test_a_bucket_that_holds_something_stays(bucket):
    bucket.blob("a").upload_from_string(b"1")

    with pytest.raises(Conflict, match="not empty"):
        bucket.delete()
    bucket.blob("a").delete()
    bucket.delete()
    assert not bucket.exists()


def test_a_name_is_taken_once_and_never_a_services(cloud, bucket):
    client = cloud.storage_client()
    for name in (bucket.name, "storage", "upload"):
        with pytest.raises(Conflict):
            client.create_bucket(name)


def test_a_replaced_object_leaves_no_bytes_behind(local_cloud):
    bucket = local_cloud.storage_client().create_bucket("photos")
    for text in ("one", "two", "three"):
        bucket.blob("a").upload_from_string(text)

    kept = [path.read_text() for path in local_cloud.state_dir.glob("blobs/*/*")]
    assert kept == ["three"]


class TestFaults:
    """On purpose, and counted."""

    def test_a_status_comes_as_often_as_asked(self, cloud, bucket):
        cloud.fault(method="storage.objects.list", status=403, times=2)
        for _ in range(2):
            with pytest.raises(Forbidden):
                list(bucket.list_blobs(retry=None))
        assert list(bucket.list_blobs(retry=None)) == []

    def test_the_client_tries_again(self, cloud, bucket):
        cloud.fault(method="storage.objects.get", status=503, times=1)
        bucket.blob("a").upload_from_string(b"1")
        assert bucket.get_blob("a").size == 1
        assert cloud.calls()["storage.objects.get"] == 2

    def test_a_cut_body_is_noticed(self, cloud, bucket):
        bucket.blob("a").upload_from_string(b"0123456789")
        cloud.fault(method="storage.objects.getMedia", cut=4, times=1)
        assert bucket.blob("a").download_as_bytes() == b"0123456789"
        assert cloud.get("/_faults")["faults"][0]["fired"] == 1

    def test_a_corrupt_body_is_noticed(self, cloud, bucket):
        bucket.blob("a").upload_from_string(b"0123456789")
        cloud.fault(method="storage.objects.getMedia", corrupt=True)
        with pytest.raises(DataCorruption):
            bucket.blob("a").download_as_bytes()

    def test_a_reset_breaks_the_connection(self, cloud, bucket):
        cloud.fault(method="storage.objects.list", reset=True, times=1)
        with pytest.raises(ConnectionError):
            request("GET", f"{cloud.url}/storage/v1/b/{bucket.name}/o")

    def test_a_delay_delays_after_others_have_passed(self, cloud, bucket):
        cloud.fault(method="*", delay=0.3, after=1)
        started = time.monotonic()
        list(bucket.list_blobs())
        between = time.monotonic()
        list(bucket.list_blobs())
        assert between - started < 0.3 <= time.monotonic() - between

    def test_clearing_and_counting_anew(self, cloud, bucket):
        cloud.fault(method="*", status=500)
        cloud.clear_faults()
        cloud.reset_calls()
        list(bucket.list_blobs())
        assert cloud.calls() == {"storage.objects.list": 1}


def test_acknowledged_writes_survive_being_killed(local_cloud):
    """Of each name the last acknowledged write is there, or the one that was cut short."""
    bucket = local_cloud.storage_client().create_bucket("photos")
    numbers, acknowledged, stopped = [0] * 4, {}, threading.Event()

    def write(thread):
        while not stopped.is_set():
            number = numbers[thread]
            name, text = f"{thread}/{number % 7}", f"{number} " * 500
            try:
                bucket.blob(name).upload_from_string(text, retry=None)
            except (OSError, GoogleAPICallError):
                return
            acknowledged[name] = number
            numbers[thread] += 1

    for _ in range(3):
        stopped.clear()
        threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        stopped.wait(0.7)
        local_cloud.kill()
        stopped.set()
        for thread in threads:
            thread.join()
        local_cloud.start()

    assert len(acknowledged) == 28
    for name, number in acknowledged.items():
        blob = bucket.get_blob(name)
        text = blob.download_as_text()
        assert text in (f"{number} " * 500, f"{number + 7} " * 500)
        assert len(text) == blob.size
