"""Every example in docs/api.md is run, and answers what stands there."""

import json
import re
import shlex

import pytest

from .conftest import KEY, ROOT

PAGE = ROOT / "docs" / "api.md"
SAMPLE = ROOT / "tests" / "contract" / "sample.jsonl"  # of the gallery that `make up` makes
EXAMPLES = re.findall(r"```console\n\$ (curl .*)\n((?:.*\n)*?)```", PAGE.read_text())
HEADERS_SHOWN = re.compile(r"^(HTTP|Content-Type|Location|Allow|X-Gallery|Cache-Control|Access)")


def run(client, command, base):
    """Do what curl would; return its output, without the headers that no example shows."""
    words = shlex.split(command.replace("$API", "").replace("$KEY", KEY))[1:]
    headers, method, body, shows_headers, path = {}, "GET", None, False, ""
    while words:
        word = words.pop(0)
        if word == "-i":
            shows_headers = True
        elif word == "-X":
            method = words.pop(0)
        elif word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = words.pop(0)
        else:
            path = word
    answer = client.open(path, method=method, headers=headers, data=body)
    lines = [f"HTTP/1.1 {answer.status}", *(f"{n}: {v}" for n, v in sorted(answer.headers))]
    shown = [line for line in lines if HEADERS_SHOWN.match(line)] if shows_headers else []
    text = answer.get_data(as_text=True)
    if text:
        shown += ["", *text.splitlines()] if shown else text.splitlines()
    return "\n".join(shown).replace(base, "$BASE") + "\n"


def test_there_are_examples():
    assert len(EXAMPLES) > 10


@pytest.mark.parametrize(("command", "expected"), EXAMPLES, ids=[one for one, _ in EXAMPLES])
def test_an_example_answers_what_stands_below_it(make_client, storage, command, expected):
    storage.catalog = SAMPLE.read_bytes()

    assert run(make_client(), command, storage.url) == expected


def test_the_problems_of_the_page_are_those_of_the_contract():
    table = re.findall(r"^\| `([a-z-]+)` \| (\d+) \|", PAGE.read_text(), re.MULTILINE)

    golden = json.loads((ROOT / "tests" / "contract" / "problems.json").read_text())
    assert {name: int(status) for name, status in table} == {
        name: problem["status"] for name, problem in golden.items()
    }
