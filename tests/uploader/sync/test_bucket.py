"""What is not there is told from a bucket that is not there, whatever the bucket's name."""

import pytest

from uploader.errors import NotThere
from uploader.sync.bucket import connect


@pytest.mark.parametrize("name", ["gallery", "my-bucket", "no-such-object"])
def test_an_object_that_is_not_there_is_empty(cloud, name):
    cloud.storage_client().create_bucket(name)

    assert connect(name).read("catalog.jsonl") == (b"", 0)


def test_a_bucket_that_is_not_there_is_said(cloud):
    with pytest.raises(NotThere):
        connect("nowhere").read("catalog.jsonl")


def test_many_objects_are_listed_side_by_side_and_none_twice_or_not_at_all(bucket, cloud):
    names = {f"photos/v2/{number:02x}00000000000000-400.webp" for number in range(256)}
    names |= {"photos/2019/a.NEF", "photos/zoo.jpg", "photos/v2/~", "photos/v2/"}
    for name in names:
        bucket.bucket.blob(name).upload_from_string(b"x")
    opened = connect(bucket.name)
    opened.page_size = 10
    cloud.reset_calls()

    assert set(opened.list("photos/")) == names
    assert cloud.calls()["storage.objects.list"] > 16
