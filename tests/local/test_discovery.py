"""Every call of runner, uploader, page and doctor is one that Google knows, and so is its answer.

Google's own discovery documents (`google-api-python-client`) are the reference: paths, query
parameters, fields of requests and answers, and the OAuth scopes that allow a method.
"""

import json
import re
import shutil

import pytest

from local.cloud.application import METHODS
from tests.conftest import LocalCloud
from tests.e2e.gallery import ROOT, Gallery
from tests.local import discovery
from tests.local.discovery import ALIASES, OURS, described, document, paths

GOOGLES = [method for method in METHODS if not method.name.startswith(OURS)]


@pytest.mark.parametrize("method", GOOGLES, ids=lambda method: method.name)
def test_a_method_has_googles_name_verb_path_and_parameters(method):
    google = described(method.name)
    path = re.sub("<.*?>", "x", method.path).strip("/")
    below = path.partition("/")[2]  # each service is below a folder of its own here
    shapes = [root + shape for root in ("", "storage/v1/", "compute/v1/", "download/storage/v1/")
              for shape in paths(method.name)]  # fmt: skip

    if method.name not in ALIASES:
        assert method.verb == google["httpMethod"]
    assert any(re.fullmatch(shape, one) for shape in shapes for one in (path, below))
    known = {*google.get("parameters", {}), *document(method.name)["parameters"]}
    # the protocol of resumable uploads, which the documents leave out
    assert set(method.parameters or ()) - known - {"upload_id", "uploadId", ""} <= SPARE


# Taken by every row of the generic collection; no client sends them where Google has none.
SPARE = {"pageSize", "maxResults", "requestId", "validateOnly", "force", "paths", "updateMask"}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """All exchanges of an `up`, a doctor's visit and a second `up`, by the README's commands."""
    gallery = Gallery(tmp_path_factory.mktemp("discovery") / "gallery")
    log = gallery.folder / "recorded.jsonl"
    cloud = LocalCloud(gallery.state_dir, "--record", str(log))
    cloud.port = gallery.port
    cloud.start()
    gallery.make("up")
    gallery.make("doctor", check=False)
    gallery.make("up")
    cloud.stop()
    yield [json.loads(line) for line in log.read_text().splitlines()]
    shutil.rmtree(gallery.folder)


@pytest.mark.deep
def test_it_was_a_whole_gallery(recorded):
    names = {one["name"] for one in recorded}

    assert {
        "storage.buckets.insert", "storage.objects.insert", "storage.buckets.setIamPolicy",
        "apikeys.projects.locations.keys.create", "secretmanager.projects.secrets.addVersion",
        "cloudfunctions.projects.locations.functions.create", "storage.public.get",
    } <= names  # fmt: skip
    assert {one["status"] for one in recorded} <= {200, 204, 206, 304, 308, 401, 403, 404, 412}


@pytest.mark.deep
@pytest.mark.parametrize("check", discovery.CHECKS, ids=lambda check: check.__name__)
def test_google_knows_all_of_it(recorded, check):
    assert [(one["name"], hole) for one in recorded for hole in check(one)] == []


@pytest.mark.deep
def test_the_uploader_asks_for_a_scope_that_allows_its_calls(recorded):
    source = "".join(path.read_text() for path in (ROOT / "uploader").rglob("*.py"))
    (scope,) = set(re.findall(r"https://www\.googleapis\.com/auth/devstorage\.\w+", source))
    called = {one["name"] for one in discovery.held(recorded) if "gcloud-python" in one["agent"]}

    assert {"storage.objects.insert", "storage.objects.list"} <= called
    for name in called | {"storage.objects.patch", "storage.objects.delete"}:
        assert scope in described(name)["scopes"], name
