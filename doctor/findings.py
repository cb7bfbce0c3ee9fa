"""One line of the doctor's: what was looked at, how it is, what to type."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Finding", "judge", "ok", "unknown", "wrong"]


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
