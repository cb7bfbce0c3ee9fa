"""One line of the doctor's: what was looked at, how it is, what to type."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

__all__ = ["Finding", "as_json", "as_text", "judge", "ok", "unknown", "wrong"]

_MARKS = {"ok": "ok   ", "wrong": "WRONG", "unknown": "?    "}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`about` is a name that stays; `do` is what to type, empty where nothing is to be done."""

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


def judge(about: str, fault: str, do: str, fine: str) -> Finding:
    """Return `wrong` where there is a fault, else `ok`."""
    return wrong(about, fault, do) if fault else ok(about, fine)


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
