"""COVERAGE.md says what is there, and it is so."""

import json
import re
import urllib.error
from pathlib import Path

import pytest
from local.cloud.services.unsupported import METHODS as UNSUPPORTED
from werkzeug.wrappers import Request

from local.cloud.errors import CloudError
from local.cloud.services import METHODS
from local.cloud.web import Router

HERE = Path(__file__).parent
ROW = re.compile(
    r"\| `(?P<method>.*?)` \| (?P<has>.*?) \| (?P<checked>.*?) \| (?P<differs>.*?) ?\|"
)
ROWS = [
    match.groupdict()
    for line in (HERE.parents[1] / "local" / "cloud" / "COVERAGE.md").read_text().splitlines()
    if (match := ROW.fullmatch(line))
]


def test_every_method_has_one_row():
    methods = [method.name for method in METHODS if not method.name.startswith("local.")]
    assert sorted(row["method"] for row in ROWS) == sorted(methods)


def test_partly_says_how_it_differs_and_yes_does_not():
    assert {row["has"] for row in ROWS} == {"yes", "partly", "no"}
    assert [row for row in ROWS if (row["has"] == "partly") != bool(row["differs"])] == []


def test_no_is_refused_by_name(cloud):
    absent = {row["method"] for row in ROWS if row["has"] == "no"}
    assert absent == {method.name for method in UNSUPPORTED}
    for method in UNSUPPORTED:
        path = re.sub("<.*?>", "x", method.path)
        with pytest.raises(urllib.error.HTTPError) as refused:
            cloud.call(method.verb, path)
        assert refused.value.code == 501
        assert method.name in json.loads(refused.value.read())["error"]["message"]


def test_replay_is_what_the_recording_holds():
    router, held = Router(METHODS), set()
    for line in (HERE / "real-provider.jsonl").read_text().splitlines():
        exchange = json.loads(line)
        environ = {"REQUEST_METHOD": exchange["method"], "REQUEST_URI": exchange["path"]}
        try:
            held.add(router.find(Request({**environ, "wsgi.url_scheme": "http"}))[0].name)
        except CloudError:
            assert exchange["path"].startswith("/apigateway/")
    said = {row["method"] for row in ROWS if "replay" in row["checked"]}
    assert said == held - {method.name for method in UNSUPPORTED}


def test_the_tests_that_it_names_are_there():
    named = {name for row in ROWS for name in row["checked"].split(", ")} - {"replay"}
    assert [name for name in named if not (HERE / name).is_file()] == []
