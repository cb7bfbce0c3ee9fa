"""What the doctor prints: a line each, what to type below it, and an exit code."""

import json

import pytest

from doctor import __main__ as command
from doctor.findings import as_json, as_text, ok, unknown, wrong
from doctor.stack import Stack
from doctor.visitor import visit

FOUND = [ok("api", "answers"), wrong("key", "lets all in", "make up"), unknown("billing", "?", "x")]


def test_each_is_a_line_with_what_to_type_below():
    assert as_text(FOUND).splitlines() == [
        "ok    api: answers",
        "WRONG key: lets all in",
        "      → make up",
        "?     billing: ?",
        "      → x",
    ]


def test_the_same_for_machines():
    assert json.loads(as_json(FOUND))[1] == {
        "about": "key", "verdict": "wrong", "says": "lets all in", "do": "make up",
    }  # fmt: skip


@pytest.mark.parametrize(("found", "code"), [(FOUND, 1), (FOUND[:1], 0), (FOUND[2:], 0)])
def test_the_exit_code_says_whether_something_is_wrong(monkeypatch, capsys, found, code):
    monkeypatch.setattr(command, "read_stack", lambda *_: None)
    monkeypatch.setattr(command, "examine", lambda _: found)

    assert command.main(["--stack", "local"]) == code
    assert command.main(["--stack", "local", "--json"]) == code


def test_a_stack_that_is_not_there_is_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(command.__file__.rpartition("/doctor/")[0])

    assert command.main(["--stack", "nowhere", "--state", str(tmp_path)]) == 1
    assert capsys.readouterr().err == (
        "error: There is no Pulumi.nowhere.yaml here. Stacks: local, dev, prod.\n"
    )


def test_a_gallery_that_does_not_answer_is_one_line():
    nobody = "http://127.0.0.1:9"
    outputs = {"apiUrl": nobody, "siteUrl": f"{nobody}/b/site/index.html", "apiKey": "k"}
    stack = Stack(name="dev", config={}, outputs=outputs, held=frozenset())

    (found,) = visit(stack)

    assert found.verdict == "wrong"
    assert found.says == f"{nobody}/b does not answer (ConnectionError)"
    assert found.do == "pulumi up -s dev"


def test_a_stack_without_a_gallery_says_how_to_make_one():
    config = {"gcp:storageCustomEndpoint": "http://127.0.0.1:9/storage/v1/"}
    stack = Stack(name="local", config=config, outputs={}, held=frozenset())

    says = [finding.says for finding in command.examine(stack)]

    assert says == [
        "not needed: this stack is on this machine",
        "none of this stack yet; to make it: make up",
    ]
