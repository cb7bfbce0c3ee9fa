"""COVERAGE.md says what is there, and it is so."""

import json
import re
from pathlib import Path

from werkzeug.wrappers import Request

from local.cloud.application import METHODS
from local.cloud.errors import CloudError
from local.cloud.web import Router
from tests.local.test_google import DIFFERS

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
    assert {row["has"] for row in ROWS} == {"yes", "partly"}
    assert [row for row in ROWS if (row["has"] == "partly") != bool(row["differs"])] == []


def test_where_it_differs_from_the_recordings_is_said():
    said = {row["method"]: row["differs"] for row in ROWS}
    for method, marks in DIFFERS.items():
        assert said[method], method
        fields = [mark[1:] for mark in marks.split()]
        whole = "the whole account" in said[method]
        assert whole or [field for field in fields if f"`{field}`" not in said[method]] == []


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
    assert said == held - {"storage.public.get"}  # of API Gateway, which is not built


def test_the_tests_that_it_names_are_there():
    named = {name for row in ROWS for name in row["checked"].split(", ")} - {"replay"}
    folders = (HERE, HERE.parent / "doctor")
    assert [n for n in named if not any((folder / n).is_file() for folder in folders)] == []
