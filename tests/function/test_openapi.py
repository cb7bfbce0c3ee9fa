"""The API is what its own document says: by schemathesis, and by the limits in the code."""

import json
import os
import re
import subprocess
import sys

import pytest
from gallery_api.api import ROUTES
from gallery_api.errors import PROBLEMS
from gallery_api.query import _PATTERNS, Query

from .conftest import KEY, ROOT, make_records, write_catalog

DOCUMENT = json.loads((ROOT / "function" / "gallery_api" / "openapi.json").read_text())


def run_schemathesis(instance, examples):
    """Return exit code, report and number of requests of a run with all checks."""
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{instance.url}/openapi.json"]
    options = ["--header", f"x-api-key: {KEY}", "--checks", "all", "--max-examples", str(examples)]
    deterministic = ["--generation-deterministic", "--no-color", "--warnings", "off"]
    done = subprocess.run(
        [*command, *options, *deterministic],
        env=os.environ
        | {"SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(ROOT / "tests/function")},
        cwd=instance.log.parent,  # it leaves a folder of its own
        capture_output=True,
        text=True,
        check=False,
    )
    counted = re.search(r"(\d+) generated", done.stdout)
    return done.returncode, done.stdout + done.stderr, int(counted[1]) if counted else 0


def test_the_document_wants_no_key(make_client):
    answer = make_client().get("/openapi.json")

    assert answer.status_code == 200
    assert answer.json == DOCUMENT


def test_schemathesis_finds_nothing_in_a_short_run(start_instance):
    code, report, requests = run_schemathesis(start_instance(), examples=10)

    assert code == 0, report
    assert requests > 100


@pytest.mark.deep
def test_schemathesis_finds_nothing_in_2000_requests(start_instance):
    code, report, requests = run_schemathesis(start_instance(), examples=150)

    assert code == 0, report
    assert requests >= 2000


def resolved(parameter):
    name = parameter.get("$ref", "").rpartition("/")[2]
    return DOCUMENT["components"]["parameters"][name] if name else parameter


def operation(path):
    [only] = DOCUMENT["paths"][path.replace("<id>", "{id}")].items()
    return only


def test_every_route_is_documented_and_every_documented_path_is_a_route():
    """By the document, by the page for people, and by the code."""
    page = (ROOT / "docs" / "api.md").read_text()
    table = re.findall(r"^\| `([A-Z]+) (/\S*)` \|", page, re.MULTILINE)
    in_document = {
        (method.upper(), path.replace("{id}", "<id>"))
        for path, methods in DOCUMENT["paths"].items()
        for method in methods
    }

    in_code = {(route.method, path) for path, route in ROUTES.items()}
    assert in_document == in_code
    assert {(method, path) for method, path in table} == in_code


@pytest.mark.parametrize("path", ROUTES)
def test_every_parameter_of_a_route_is_documented(path):
    """As a parameter, or in words where it changes the form of the answer."""
    _, described = operation(path)
    listed = {resolved(one)["name"] for one in described.get("parameters", [])} - {"id"}
    in_words = set(re.findall(r"`([a-z]+)`", described["description"]))

    assert listed <= set(ROUTES[path].parameters)
    assert set(ROUTES[path].parameters) <= listed | in_words


@pytest.mark.parametrize("path", ROUTES)
def test_a_route_without_a_key_is_documented_as_open(path):
    _, described = operation(path)

    assert (described.get("security") == []) == (not ROUTES[path].event)


def test_every_parameter_of_the_code_belongs_to_a_route():
    used = {name for route in ROUTES.values() for name in route.parameters}

    assert used == _PATTERNS.keys() == set(Query.__dataclass_fields__)


@pytest.mark.parametrize("name", DOCUMENT["components"]["parameters"])
def test_documented_limits_are_those_of_the_code(name):
    schema = DOCUMENT["components"]["parameters"][name]["schema"]
    pattern = re.compile(_PATTERNS[name][0])

    if schema["type"] == "integer":
        inside, outside = {schema["minimum"], schema["maximum"]}, {-1, schema["maximum"] + 1}
        outside.add(schema["minimum"] - 1)
    else:
        given = ["201708000000-0c5d7a1e9b3f2846"] if "pattern" in schema else ["a", "b\n%"]
        inside, outside = set(schema.get("enum", given)), {""}
        outside |= {value + "x" for value in schema.get("enum", [])}
    assert all(pattern.fullmatch(str(value)) for value in inside)
    assert not any(pattern.fullmatch(str(value)) for value in outside)


def test_documented_defaults_are_those_of_the_code(storage, open_client):
    storage.catalog = write_catalog(make_records(99))
    default = {
        name: parameter["schema"].get("default")
        for name, parameter in DOCUMENT["components"]["parameters"].items()
    }

    assert len(open_client.get("/photos").json["photos"]) == default["limit"]
    assert len(open_client.get("/random").json) == default["count"]


def test_every_problem_is_documented_under_its_status():
    told = {}
    for path in DOCUMENT["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                name = response.get("$ref", "").rpartition("/")[2]
                words = DOCUMENT["components"]["responses"].get(name, {}).get("description", "")
                told.setdefault(int(status), set()).update(re.findall(r"`([a-z-]+)`", words))

    for name, (status, _) in PROBLEMS.items():
        assert name in told[status]
