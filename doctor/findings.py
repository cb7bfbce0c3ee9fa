"""One line of the doctor's: what was looked at, how it is, what to type."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from doctor.errors import DoctorError

__all__ = ["Finding", "as_json", "as_text", "asked", "ok", "unknown", "wrong"]

_MARKS = {"ok": "ok   ", "wrong": "WRONG", "unknown": "?    "}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`about` is one word that stays; `do` is what to type, empty where nothing is to be done."""

    about: str
    verdict: Literal["ok", "wrong", "unknown"]
    says: str
    do: str = ""


def ok(about: str, says: str) -> Finding:
    """It is as it should be."""
    return Finding(about=about, verdict="ok", says=says)


def wrong(about: str, says: str, do: str) -> Finding:
    """It is not; `do` says what to type."""
    return Finding(about=about, verdict="wrong", says=says, do=do)


def unknown(about: str, says: str, do: str) -> Finding:
    """It could not be asked; `do` says how to find out by hand."""
    return Finding(about=about, verdict="unknown", says=says, do=do)


def asked(about: str, question: Callable[[], Finding], by_hand: str) -> Finding:
    """Return the answer to a question, or that it could not be asked."""
    try:
        return question()
    except DoctorError as error:
        return unknown(about, f"could not be asked ({error})", by_hand)


def as_text(findings: Sequence[Finding]) -> str:
    """One line each, what to type below it."""
    lines = []
    for finding in findings:
        lines.append(f"{_MARKS[finding.verdict]} {finding.about}: {finding.says}")
        if finding.do:
            lines.append(f"      → {finding.do}")
    return "\n".join(lines)


def as_json(findings: Sequence[Finding]) -> str:
    """The same for machines."""
    return json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2)
