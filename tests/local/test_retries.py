"""What fails on the way is tried again by Google's own client, just where that is safe.

The cases are those of Google's retry conformance tests for Storage (googleapis/conformance-tests),
as far as google-cloud-storage and the local cloud have the method: calls that may always be
repeated, those that may under a precondition, errors that are final, broken up- and downloads.
"""

import itertools
import time
from types import SimpleNamespace

import pytest
from google.api_core.exceptions import GoogleAPICallError
from google.cloud.storage.exceptions import DataCorruption
from google.cloud.storage.retry import (
    DEFAULT_RETRY_IF_GENERATION_SPECIFIED,
    DEFAULT_RETRY_IF_METAGENERATION_SPECIFIED,
)
from requests.exceptions import ConnectionError as BrokenConnection

from tests.conftest import LocalCloud

pytestmark = [
    pytest.mark.deep,
    # google-cloud-storage leaves the answers of failed downloads to the garbage collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

PIECE = 256 * 1024
PAYLOAD = bytes(range(256)) * 4096  # 1 MiB: four pieces
_numbers = itertools.count(1)


def _status(code):
    return {"status": code}


RESET = {"reset": True}
# As Google's cases list them: what is answered in the place of an answer, one after the other.
PASSING = {
    "503 twice": [_status(503), _status(503)],
    "503, then a reset": [_status(503), RESET],
    "a reset, then 503": [RESET, _status(503)],
    "408": [_status(408)],
    "429": [_status(429)],
    "500": [_status(500)],
    "502": [_status(502)],
    "504": [_status(504)],
}
FINAL = [400, 403, 405, 409, 412]


def delete_bucket(place):
    place.bucket.blob("one").delete()
    place.bucket.delete()


def set_policy(place):
    policy = place.bucket.get_iam_policy(requested_policy_version=3)
    place.bucket.set_iam_policy(policy)


def patch_object(place, **conditions):
    blob = place.bucket.blob("one")
    blob.metadata = {"a": "b"}
    blob.patch(**conditions)


def patch_bucket(place, **conditions):
    place.bucket.labels = {"a": "b"}
    place.bucket.patch(**conditions)


def insert(place, **conditions):
    place.bucket.blob("two").upload_from_string(b"two", **conditions)


def delete_object(place, **conditions):
    place.bucket.blob("one").delete(**conditions)


ALWAYS = {
    "storage.buckets.list": lambda place: list(place.client.list_buckets()),
    "storage.buckets.insert": lambda place: place.client.create_bucket(f"{place.bucket.name}-2"),
    "storage.buckets.get": lambda place: place.client.get_bucket(place.bucket.name),
    "storage.buckets.delete": delete_bucket,
    "storage.buckets.getIamPolicy": lambda place: place.bucket.get_iam_policy(),
    "storage.objects.list": lambda place: list(place.bucket.list_blobs()),
    "storage.objects.get": lambda place: place.bucket.blob("one").reload(),
    "storage.objects.getMedia": lambda place: place.bucket.blob("one").download_as_bytes(),
}
CONDITIONAL = {
    "storage.buckets.patch": (patch_bucket, "if_metageneration_match"),
    "storage.objects.patch": (patch_object, "if_metageneration_match"),
    "storage.objects.delete": (delete_object, "if_generation_match"),
    "storage.objects.insert": (insert, "if_generation_match"),
}

# Tries again under the precondition alone; the client's default does so always.
SAFE = {
    "if_generation_match": DEFAULT_RETRY_IF_GENERATION_SPECIFIED,
    "if_metageneration_match": DEFAULT_RETRY_IF_METAGENERATION_SPECIFIED,
}


def condition(place, name):
    """The precondition that holds of what the call changes."""
    call, keyword = CONDITIONAL[name]
    if call is patch_bucket:
        place.bucket.reload()
        return {keyword: place.bucket.metageneration}
    if call is insert:
        return {keyword: 0}
    return {keyword: place.bucket.get_blob("one").generation if call is delete_object else 1}


@pytest.fixture(scope="module")
def retried_cloud(tmp_path_factory):
    cloud = LocalCloud(tmp_path_factory.mktemp("retries"))
    cloud.start()
    yield cloud
    cloud.stop()


@pytest.fixture
def place(retried_cloud, monkeypatch):
    """A client and a bucket with one object; between two attempts nobody waits."""
    swift = SimpleNamespace(sleep=lambda seconds: None, monotonic=time.monotonic)
    monkeypatch.setattr("google.api_core.retry.retry_unary.time", swift)
    client = retried_cloud.storage_client()
    bucket = client.create_bucket(f"retries-{next(_numbers)}")
    bucket.blob("one").upload_from_string(b"one")
    yield SimpleNamespace(cloud=retried_cloud, client=client, bucket=bucket)
    retried_cloud.clear_faults()


def fail(place, method, faults):
    """Let the next calls of a method fail thus, one after the other."""
    place.cloud.reset_calls()
    for fault in faults:
        place.cloud.fault(method=method, times=1, **fault)


def all_struck(place):
    return all(fault["fired"] for fault in place.cloud.get("/_faults")["faults"])


@pytest.mark.parametrize("faults", PASSING.values(), ids=PASSING)
@pytest.mark.parametrize("method", ALWAYS)
def test_what_may_be_repeated_is(place, method, faults):
    fail(place, method, faults)

    ALWAYS[method](place)

    assert all_struck(place)
    assert place.cloud.calls()[method] == len(faults) + 1


@pytest.mark.parametrize("faults", PASSING.values(), ids=PASSING)
@pytest.mark.parametrize("method", CONDITIONAL)
def test_under_a_precondition_it_is_as_well(place, method, faults):
    under = condition(place, method)
    fail(place, method, faults)

    call, keyword = CONDITIONAL[method]
    call(place, retry=SAFE[keyword], **under)

    assert all_struck(place)
    assert place.cloud.calls()[method] == len(faults) + 1


@pytest.mark.parametrize("fault", [_status(503), RESET], ids=["503", "a reset"])
@pytest.mark.parametrize("method", sorted(CONDITIONAL))
def test_without_one_it_is_not(place, method, fault):
    fail(place, method, [fault])

    call, keyword = CONDITIONAL[method]

    with pytest.raises((GoogleAPICallError, BrokenConnection)):
        call(place, retry=SAFE[keyword])

    assert place.cloud.calls()[method] == 1


@pytest.mark.parametrize("status", FINAL)
@pytest.mark.parametrize("method", ["storage.buckets.list", "storage.objects.get"])
def test_a_final_error_is_told_at_once(place, method, status):
    fail(place, method, [_status(status)])

    with pytest.raises(GoogleAPICallError) as caught:
        ALWAYS[method](place)

    assert caught.value.code == status
    assert place.cloud.calls()[method] == 1


@pytest.mark.parametrize("late", [False, True], ids=["before it acts", "after it acted"])
@pytest.mark.parametrize("method", sorted(set(ALWAYS) - {"storage.buckets.insert"}))
def test_a_connection_that_breaks_is_made_again(place, method, late):
    fail(place, method, [{"reset": True, "late": late}])
    if late and method == "storage.buckets.delete":
        with pytest.raises(GoogleAPICallError, match="404"):  # it was deleted, and says so
            ALWAYS[method](place)
    else:
        ALWAYS[method](place)

    assert place.cloud.calls()[method] == 2


# How a resumable upload breaks: at which of its requests (the first begins it), and how.
BREAKS = {
    "503 when it begins": ("storage.objects.insert", 0, _status(503)),
    "a reset when it begins": ("storage.objects.insert", 0, RESET),
    "503 at the first piece": ("storage.objects.resume", 0, _status(503)),
    "503 at the third piece": ("storage.objects.resume", 2, _status(503)),
    "a reset at the second piece": ("storage.objects.resume", 1, RESET),
    "a reset after the second piece": ("storage.objects.resume", 1, {**RESET, "late": True}),
    "429 at the last piece": ("storage.objects.resume", 3, _status(429)),
    "a reset before the last piece": ("storage.objects.resume", 3, RESET),
}


@pytest.mark.parametrize("how", BREAKS)
def test_a_broken_upload_goes_on_where_it_was(place, how):
    method, after, effect = BREAKS[how]
    place.cloud.fault(method=method, times=1, after=after, **effect)
    blob = place.bucket.blob("large", chunk_size=PIECE)

    with blob.open("wb", if_generation_match=0, chunk_size=PIECE) as writer:
        writer.write(PAYLOAD)

    assert all_struck(place)
    place.cloud.clear_faults()
    assert place.bucket.blob("large").download_as_bytes() == PAYLOAD


@pytest.mark.parametrize("sent", [0, 1, PIECE, len(PAYLOAD) - 1])
def test_a_download_that_is_cut_is_whole_in_the_end(place, sent):
    blob = place.bucket.blob("large")
    blob.upload_from_string(PAYLOAD)
    place.cloud.fault(method="storage.objects.getMedia", times=1, cut=sent)

    assert blob.download_as_bytes() == PAYLOAD
    assert all_struck(place)


def test_a_download_that_is_damaged_is_told(place):
    blob = place.bucket.blob("large")
    blob.upload_from_string(PAYLOAD)
    place.cloud.fault(method="storage.objects.getMedia", corrupt=True)

    with pytest.raises(DataCorruption):
        blob.download_as_bytes(checksum="md5")
