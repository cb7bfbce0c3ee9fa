"""One local cloud for the tests that only talk to it; those that kill it ask for `local_cloud`."""

import itertools

import pytest

from tests.conftest import LocalCloud

_numbers = itertools.count(1)


@pytest.fixture(scope="package")
def one_cloud(tmp_path_factory):
    cloud = LocalCloud(tmp_path_factory.mktemp("local"))
    cloud.start()
    yield cloud
    cloud.stop()


@pytest.fixture
def cloud(one_cloud):
    """Shared, with no faults and no counts."""
    one_cloud.clear_faults()
    one_cloud.reset_calls()
    yield one_cloud
    one_cloud.clear_faults()


@pytest.fixture
def bucket(cloud):
    """An empty bucket, through google-cloud-storage."""
    return cloud.storage_client().create_bucket(f"photos-{next(_numbers)}")
