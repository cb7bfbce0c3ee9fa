"""What a request asks for: a route's parameters, read strictly; a refusal names the parameter."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gallery_api.errors import Problem

__all__ = ["Query", "parse"]

# The pattern of each parameter's value, and the same in English.
_PATTERNS = {
    "album": ("(?s:.+)", "the name of an album"),
    "count": ("[1-9]|[12][0-9]|30", "a whole number from 1 to 30"),
    "cursor": (r"[0-9]{12}-[0-9a-f]{16}", "the `next` of an earlier answer"),
    "deck": ("(?s:.+)", "the name of a deck"),
    "format": ("json|url|redirect", "json, url or redirect"),
    "limit": ("[1-9][0-9]?|100", "a whole number from 1 to 100"),
    "n": ("0|[1-9][0-9]{0,8}", "a whole number from 0 to 999999999"),
    "orientation": ("landscape|portrait|square", "landscape, portrait or square"),
    "seed": ("(?s:.+)", "a text"),
    "type": ("jpeg|webp", "jpeg or webp"),
    "width": ("[1-9][0-9]{0,4}", "a whole number from 1 to 99999"),
}
_NUMBERS = ("count", "limit", "n", "width")
_EXCLUSIVE = [("seed", "deck"), ("seed", "count"), ("format=redirect", "count")]
_DEPENDENT = [("width", "format=redirect"), ("type", "format=redirect"), ("n", "deck")]


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """One request for photos; None is what was not asked for."""

    format: str = "json"
    count: int | None = None
    album: str | None = None
    orientation: str | None = None
    seed: str | None = None
    deck: str | None = None
    n: int = 0  # the number of the deck's card, from 0
    width: int = 0  # pixels
    type: str | None = None
    limit: int = 60  # photos on a page of the list
    cursor: str | None = None


_NOTHING = Query()


def parse(
    arguments: Mapping[str, Sequence[str]], names: Collection[str], preset: str = ""
) -> Query:
    """Read the parameters `names`, each with all its values; unknown ones are ignored.

    `preset` is the format of a route that has just one. Raises the problem `bad-request`.
    """
    given: dict[str, Any] = {"format": preset} if preset else {}
    given_names = arguments.keys() & names
    if not given_names and not given:
        return _NOTHING
    for name in sorted(given_names):
        pattern, wanted = _PATTERNS[name]
        if len(arguments[name]) > 1 or not re.fullmatch(pattern, arguments[name][0]):
            raise Problem("bad-request", f"Give {name} once; it must be {wanted}.")
        given[name] = unicodedata.normalize("NFC", arguments[name][0])
    present = {*given, f"format={given.get('format')}"}
    for one, other in _EXCLUSIVE:
        if {one, other} <= present:
            raise Problem("bad-request", f"Give {one} or {other}, not both.")
    for one, other in _DEPENDENT:
        if one in present and other not in present:
            raise Problem("bad-request", f"Give {one} together with {other}, or leave it out.")
    given.update((name, int(given[name])) for name in _NUMBERS if name in given)
    return Query(**given)
