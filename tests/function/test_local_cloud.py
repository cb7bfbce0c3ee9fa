"""The catalog is read from the local cloud as from Google: conditionally, and through faults."""

import time

import pytest
from gallery_api import reader as reader_module
from gallery_api.errors import Problem
from gallery_api.reader import Reader

from .conftest import CONTRACT, make_records, write_catalog

METHOD = "storage.public.get"
FAULTS = [
    {"status": 503},
    {"status": 404},
    {"reset": True},
    {"cut": 100},
    {"corrupt": True},
    {"delay": 2},
]


class Gallery:
    """A bucket on the local cloud, its reader, and a clock that goes on by hand."""

    def __init__(self, cloud, monkeypatch):
        self.cloud, self._skipped = cloud, 0.0
        monkeypatch.setattr(reader_module, "monotonic", lambda: time.monotonic() + self._skipped)
        self._bucket = cloud.storage_client().create_bucket("gallery")
        policy = self._bucket.get_iam_policy(requested_policy_version=3)
        policy.bindings.append({"role": "roles/storage.objectViewer", "members": ["allUsers"]})
        self._bucket.set_iam_policy(policy)
        self.reader = Reader(f"{cloud.url}/gallery")

    def publish(self, text):
        blob = self._bucket.blob("catalog.jsonl")
        blob.cache_control = "no-cache"
        blob.upload_from_string(text)

    def later(self):
        """Return photos and age when storage is due to be asked again."""
        self._skipped += 31
        catalog, age = self.reader.current()
        return len(catalog), age


@pytest.fixture
def gallery(local_cloud, monkeypatch):
    gallery = Gallery(local_cloud, monkeypatch)
    gallery.publish((CONTRACT / "catalog.jsonl").read_bytes())
    return gallery


def test_a_bucket_without_a_catalog_is_503_and_heals(local_cloud, monkeypatch):
    gallery = Gallery(local_cloud, monkeypatch)
    with pytest.raises(Problem):
        gallery.reader.current()

    gallery.publish(write_catalog(make_records(3)))

    assert gallery.later() == (3, None)


def test_a_changed_catalog_is_read_and_an_unchanged_one_is_not(gallery, local_cloud):
    assert gallery.later() == (4, None)
    kept, _ = gallery.reader.current()
    assert gallery.later() == (4, None)
    assert gallery.reader.current()[0] is kept

    gallery.publish(write_catalog(make_records(9)))

    assert gallery.later() == (9, None)
    assert local_cloud.calls()[METHOD] == 3
    assert "storage.objects.list" not in local_cloud.calls()


@pytest.mark.parametrize("fault", FAULTS, ids=[next(iter(fault)) for fault in FAULTS])
def test_through_a_fault_the_last_good_catalog_is_served(gallery, local_cloud, fault):
    assert gallery.later() == (4, None)
    gallery.publish(write_catalog(make_records(9)))
    local_cloud.fault(method=METHOD, times=1, **fault)

    photos, age = gallery.later()

    assert (photos, age >= 31) == (4, True)
    assert gallery.later() == (9, None)


def test_a_local_cloud_that_was_killed_does_not_show(gallery, local_cloud):
    assert gallery.later() == (4, None)
    local_cloud.kill()

    assert gallery.later()[0] == 4
    local_cloud.start()
    assert gallery.later() == (4, None)
