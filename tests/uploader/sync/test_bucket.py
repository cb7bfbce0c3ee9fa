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
