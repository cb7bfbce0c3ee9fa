"""The API is what its own document says: by schemathesis, and by the limits in the code."""

import json
import os
import re
import subprocess
import sys

import pytest
from gallery_api.errors import PROBLEMS
from gallery_api.query import _KNOWN, Query

from .conftest import KEY, ROOT

DOCUMENT = json.loads((ROOT / "function" / "gallery_api" / "openapi.json").read_text())
PARAMETERS = DOCUMENT["paths"]["/"]["get"]["parameters"]


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


def test_every_parameter_is_documented():
    documented = {resolved(parameter)["name"] for parameter in PARAMETERS}

    assert documented == _KNOWN.keys()
    assert documented == set(Query.__dataclass_fields__)


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda it: resolved(it)["name"])
def test_documented_limits_are_those_of_the_code(parameter):
    name, schema = resolved(parameter)["name"], resolved(parameter)["schema"]
    pattern = re.compile(_KNOWN[name][0])

    if schema["type"] == "integer":
        inside, outside = {schema["minimum"], schema["maximum"]}, {-1, schema["maximum"] + 1}
        outside.add(schema["minimum"] - 1)
    else:
        inside, outside = set(schema.get("enum", ["a", "b\n%"])), {""}
        outside |= {value + "x" for value in schema.get("enum", [])}
    assert all(pattern.fullmatch(str(value)) for value in inside)
    assert not any(pattern.fullmatch(str(value)) for value in outside)


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
