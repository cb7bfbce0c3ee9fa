"""What a request asks for: its parameters, read strictly, each refusal naming the parameter."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gallery_api.errors import Problem

__all__ = ["FORMATS", "MOST_CARDS", "MOST_COUNT", "MOST_WIDTH", "ORIENTATIONS", "Query", "parse"]

ORIENTATIONS = ("landscape", "portrait", "square")
FORMATS = ("json", "url", "redirect")
MOST_COUNT, MOST_CARDS, MOST_WIDTH = 30, 1_000_000_000, 100_000
_DIGITS = re.compile("[0-9]{1,12}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """One request for photos; None is: not asked for."""

    format: str = "json"
    count: int | None = None
    album: str | None = None
    orientation: str | None = None
    seed: str | None = None
    deck: str | None = None
    card: int = 0
    width: int | None = None


_ANY = Query()
_KNOWN = frozenset(("album", "count", "deck", "format", "key", "n", "orientation", "seed", "width"))


def parse(arguments: Mapping[str, Sequence[str]]) -> Query:
    """Read the parameters, each with all its values; unknown ones are ignored."""
    for name in _KNOWN.intersection(arguments):
        if len(arguments[name]) > 1:
            raise _refused(f"{name} is given more than once; give it once")
    given = {name: arguments[name][0] for name in _KNOWN.intersection(arguments) if name != "key"}
    if not given:
        return _ANY
    query = Query(
        format=_one_of(given, "format", FORMATS) or "json",
        count=_number(given, "count", 1, MOST_COUNT),
        album=_text(given, "album"),
        orientation=_one_of(given, "orientation", ORIENTATIONS),
        seed=_text(given, "seed"),
        deck=_text(given, "deck"),
        card=_number(given, "n", 0, MOST_CARDS) or 0,
        width=_number(given, "width", 1, MOST_WIDTH),
    )
    _refuse_pairs(query, given)
    return query


def _refuse_pairs(query: Query, given: Mapping[str, str]) -> None:
    if query.seed is not None and query.deck is not None:
        raise _refused("seed and deck exclude each other; give one of them")
    if query.seed is not None and query.count is not None:
        raise _refused("seed and count exclude each other: a seed always chooses one photo")
    if query.format == "redirect" and query.count is not None:
        raise _refused("format=redirect and count exclude each other: it leads to one photo")
    if query.width is not None and query.format != "redirect":
        raise _refused("width belongs to format=redirect; other formats carry every width")
    if "n" in given and query.deck is None:
        raise _refused("n is the number of a card and wants a deck; add deck")


def _number(given: Mapping[str, str], name: str, low: int, high: int) -> int | None:
    value = given.get(name)
    if value is None:
        return None
    if not _DIGITS.fullmatch(value) or not low <= int(value) <= high:
        raise _refused(f"{name} must be a whole number from {low} to {high}")
    return int(value)


def _one_of(given: Mapping[str, str], name: str, choices: Sequence[str]) -> str | None:
    value = given.get(name)
    if value is not None and value not in choices:
        raise _refused(f"{name} must be one of {', '.join(choices)}")
    return value


def _text(given: Mapping[str, str], name: str) -> str | None:
    value = given.get(name)
    if value == "":
        raise _refused(f"{name} is empty; give it a value or leave it out")
    return value and unicodedata.normalize("NFC", value)


def _refused(detail: str) -> Problem:
    return Problem("bad-request", f"{detail}.")
