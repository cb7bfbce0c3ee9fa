"""Refusals are those of the contract."""

import json

from gallery_api.errors import PROBLEMS, Problem

from .conftest import CONTRACT

GOLDEN = json.loads((CONTRACT / "problems.json").read_text())


def test_the_problems_are_the_contracts():
    ours = {name: {"status": status, "title": title} for name, (status, title) in PROBLEMS.items()}

    assert ours == GOLDEN


def test_a_problem_is_told_as_rfc_9457_has_it():
    told = Problem("no-match", "Look elsewhere.").body

    assert told == {
        "type": "urn:image-gallery:no-match",
        "title": "No photo matches",
        "status": 404,
        "detail": "Look elsewhere.",
    }
