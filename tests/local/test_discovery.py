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
from tests.local.discovery import ALIASES, described, document, paths, result_schema, unknown

OURS = ("local.", "storage.public.", "cloudfunctions.call")
GOOGLES = [method for method in METHODS if not method.name.startswith(OURS)]
# What is no JSON of the method's own: bytes, and a policy's wrapper.
MEDIA = ("storage.objects.getMedia", "storage.objects.resume", "storage.objects.insert")


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


def held(recorded):
    return [one for one in recorded if not one["name"].startswith(OURS)]


def test_it_was_a_whole_gallery(recorded):
    names = {one["name"] for one in recorded}

    assert {
        "storage.buckets.insert", "storage.objects.insert", "storage.buckets.setIamPolicy",
        "apikeys.projects.locations.keys.create", "secretmanager.projects.secrets.addVersion",
        "cloudfunctions.projects.locations.functions.create", "storage.public.get",
    } <= names  # fmt: skip
    assert {one["status"] for one in recorded} <= {200, 204, 206, 304, 308, 401, 403, 404, 412}


def test_parameters_are_googles(recorded):
    for one in held(recorded):
        known = {*described(one["name"]).get("parameters", {}), "uploadType", "upload_id"}
        assert set(one["query"]) - known - set(document(one["name"])["parameters"]) == set(), one


def test_fields_of_requests_are_googles(recorded):
    for one in held(recorded):
        if isinstance(one["request"], dict) and one["name"] not in MEDIA:
            schema = described(one["name"]).get("request", {})
            found = unknown(one["request"], schema, document(one["name"])["schemas"])
            assert found == [], one["name"]


def test_fields_of_answers_are_googles(recorded):
    for one in held(recorded):
        answer, schemas = one["answer"], document(one["name"])["schemas"]
        if one["status"] >= 300 or not isinstance(answer, dict):
            continue
        found = unknown(answer, described(one["name"]).get("response", {}), schemas)
        if "@type" in answer.get("response", {}):
            result = {k: v for k, v in answer["response"].items() if k != "@type"}
            found += unknown(result, result_schema(answer["response"], one["name"]), schemas)
        assert found == [], one["name"]


def test_the_uploader_asks_for_a_scope_that_allows_its_calls(recorded):
    source = "".join(path.read_text() for path in (ROOT / "uploader").rglob("*.py"))
    (scope,) = set(re.findall(r"https://www\.googleapis\.com/auth/devstorage\.\w+", source))
    called = {one["name"] for one in held(recorded) if "gcloud-python" in one["agent"]}

    assert {"storage.objects.insert", "storage.objects.list"} <= called
    for name in called | {"storage.objects.patch", "storage.objects.delete"}:
        assert scope in described(name)["scopes"], name
