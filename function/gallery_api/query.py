"""What a request asks for: its parameters, read strictly; each refusal names the parameter."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gallery_api.errors import Problem

__all__ = ["Query", "parse"]

_KNOWN = {
    "album": ("(?s:.+)", "the name of an album"),
    "count": ("[1-9]|[12][0-9]|30", "a whole number from 1 to 30"),
    "deck": ("(?s:.+)", "the name of a deck"),
    "format": ("json|url|redirect", "json, url or redirect"),
    "n": ("0|[1-9][0-9]{0,8}", "a whole number from 0 to 999999999"),
    "orientation": ("landscape|portrait|square", "landscape, portrait or square"),
    "seed": ("(?s:.+)", "a text"),
    "width": ("[1-9][0-9]{0,4}", "a whole number from 1 to 99999"),
}
_NUMBERS = ("count", "n", "width")
_EXCLUSIVE = [("seed", "deck"), ("seed", "count"), ("format=redirect", "count")]
_DEPENDENT = [("width", "format=redirect"), ("n", "deck")]


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """One request for photos; None is what was not asked for."""

    format: str = "json"
    count: int | None = None
    album: str | None = None
    orientation: str | None = None
    seed: str | None = None
    deck: str | None = None
    n: int = 0  # the card of the deck
    width: int = 0


_ANY = Query()


def parse(arguments: Mapping[str, Sequence[str]]) -> Query:
    """Read the parameters, each with all its values; unknown ones are ignored."""
    given: dict[str, Any] = {}
    if _KNOWN.keys().isdisjoint(arguments):
        return _ANY
    for name in _KNOWN.keys() & arguments.keys():
        pattern, wanted = _KNOWN[name]
        if len(arguments[name]) > 1 or not re.fullmatch(pattern, arguments[name][0]):
            raise Problem("bad-request", f"Give {name} once; it must be {wanted}.")
        given[name] = unicodedata.normalize("NFC", arguments[name][0])
    said = {*given, f"format={given.get('format')}"}
    for one, other in _EXCLUSIVE:
        if {one, other} <= said:
            raise Problem("bad-request", f"Give {one} or {other}, not both.")
    for one, other in _DEPENDENT:
        if one in said and other not in said:
            raise Problem("bad-request", f"Give {one} together with {other}, or leave it out.")
    given.update((name, int(given[name])) for name in _NUMBERS if name in given)
    return Query(**given)
