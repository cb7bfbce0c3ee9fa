"""Cloud Storage through its own client."""

import pytest


@pytest.fixture
def bucket(local_cloud):
    return local_cloud.storage_client().create_bucket("photos")


def test_an_object_comes_back_as_it_was_written(bucket):
    blob = bucket.blob("a/b c#%é.txt")
    blob.cache_control = "no-cache"
    blob.metadata = {"colour": "red"}
    blob.upload_from_string(b"hello", content_type="text/plain")

    again = bucket.get_blob("a/b c#%é.txt")

    assert again.download_as_bytes() == b"hello"
    assert (again.content_type, again.cache_control) == ("text/plain", "no-cache")
    assert again.metadata == {"colour": "red"}
    assert again.generation == blob.generation


def test_a_large_object_is_uploaded_in_pieces(bucket):
    data = bytes(range(256)) * 4096 * 10
    blob = bucket.blob("large", chunk_size=256 * 1024 * 8)
    blob.upload_from_string(data)

    assert bucket.blob("large").download_as_bytes() == data
