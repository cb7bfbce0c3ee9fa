"""What the engine and its provider ask in a stack's whole life is held to Google's documents."""

import json

import pytest

from tests.conftest import LocalCloud
from tests.engine.conftest import end_all_in
from tests.engine.stack import Checkout
from tests.engine.test_changes import EVERYTHING
from tests.local import discovery


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """All exchanges of a stack with every setting: made, looked at, unchanged, destroyed."""
    folder = tmp_path_factory.mktemp("discovery")
    log = folder / "recorded.jsonl"
    cloud = LocalCloud(folder / "cloud", "--record", str(log))
    cloud.start()
    try:
        checkout = Checkout(folder / "gallery", cloud)
        checkout.add_stack("all", **EVERYTHING)
        checkout.up("all")
        checkout.pulumi("refresh", "--yes", "--run-program", stack="all")
        checkout.up("all")
        checkout.destroy("all")
        return [json.loads(line) for line in log.read_text().splitlines()]
    finally:
        end_all_in(folder / "gallery")
        cloud.stop()


def test_it_was_a_whole_life(recorded):
    names = {one["name"] for one in recorded}

    assert {
        "storage.buckets.insert", "storage.buckets.delete", "storage.objects.delete",
        "apikeys.projects.locations.keys.delete", "secretmanager.projects.secrets.delete",
        "cloudfunctions.projects.locations.functions.delete",
    } <= names  # fmt: skip
    assert len(discovery.held(recorded)) > 200


@pytest.mark.parametrize("check", discovery.CHECKS, ids=lambda check: check.__name__)
def test_google_knows_all_of_it(recorded, check):
    assert [(one["name"], hole) for one in recorded for hole in check(one)] == []
