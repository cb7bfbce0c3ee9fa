"""What the doctor prints: what is wrong first, with what to type below it, and an exit code."""

import json

import pytest

from cli.app import main
from doctor.examine import examine
from doctor.findings import ok, unknown, wrong
from doctor.stack import Stack
from doctor.visitor import visit

FOUND = [
    ok("api", "answers"), unknown("billing", "?", "x"), wrong("key", "lets all in", "./gallery up"),
]  # fmt: skip


@pytest.fixture
def found(monkeypatch):
    """Findings in the place of a gallery's."""
    findings = list(FOUND)
    monkeypatch.setattr("doctor.stack.read_stack", lambda *_: None)
    monkeypatch.setattr("doctor.examine.examine", lambda _: findings)
    return findings


def test_what_is_wrong_comes_first_and_what_is_in_order_is_one_line(found, capsys):
    main(["doctor"])

    assert capsys.readouterr().out.splitlines() == [
        "! WRONG key: lets all in",
        "        → ./gallery up",
        "? ?     billing: ?",
        "        → x",
        "  ok    api (./gallery doctor --all says more)",
    ]


def test_all_says_what_is_in_order_too(found, capsys):
    main(["doctor", "--all"])

    assert capsys.readouterr().out.splitlines()[-1] == "  ok    api: answers"


def test_the_same_for_machines(found, capsys):
    main(["doctor", "--json"])

    assert json.loads(capsys.readouterr().out)[2] == {
        "about": "key", "verdict": "wrong", "says": "lets all in", "do": "./gallery up",
    }  # fmt: skip


@pytest.mark.parametrize(("kept", "code"), [(FOUND, 1), (FOUND[:1], 0), (FOUND[1:2], 0)])
def test_the_exit_code_says_whether_something_is_wrong(found, kept, code):
    found[:] = kept

    assert main(["doctor"]) == code
    assert main(["doctor", "--json"]) == code


def test_a_stack_that_is_not_there_is_one_line(tmp_path, capsys):
    assert main(["doctor", "--stack", "nowhere", "--state", str(tmp_path)]) == 1
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

    says = [finding.says for finding in examine(stack)]

    assert says == [
        "not needed: this stack is on this machine",
        "none of this stack yet; to make it: ./gallery up",
    ]
