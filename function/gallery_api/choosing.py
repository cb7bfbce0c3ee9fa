"""Choosing: at random, by seed, by deck. Knows no HTTP, and is no slower for a larger gallery."""

import math
import random
from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b, shake_128
from struct import unpack

from gallery_api.catalog import Catalog
from gallery_api.errors import Problem
from gallery_api.query import Query

__all__ = ["at_random", "by_deck", "by_seed", "choose"]


def choose(catalog: Catalog, query: Query) -> list[int]:
    """Choose what is asked for; return positions in the catalog."""
    if not len(catalog):
        raise Problem("gallery-empty", "Add photos and upload them.")
    photos, count = catalog.among(query.album, query.orientation), query.count or 1
    if not photos:
        raise Problem("no-match", "GET /albums lists the albums; ask for less, or for others.")
    if query.seed:
        today = f"{datetime.now(UTC):%F}"
        return [by_seed(photos, catalog.ids, today if query.seed == "today" else query.seed)]
    if query.deck:
        return by_deck(photos, catalog.digest + query.deck.encode(), query.n, count)
    return at_random(photos, count)


def at_random(photos: Sequence[int], count: int) -> list[int]:
    """Choose so many different photos, each as likely as any other; all, if there are fewer."""
    if count == 1:
        return [random.choice(photos)]  # noqa: S311 - no secret is drawn, and it is the common case
    places = random.sample(range(len(photos)), min(count, len(photos)))
    return [photos[place] for place in places]


def by_seed(photos: Sequence[int], ids: Sequence[int], seed: str) -> int:
    """Choose the photo that this seed always has: only a photo added close by takes it over.

    Multi-probe consistent hashing (Appleton and O'Reilly, 2015): of 21 points on the ring of ids
    the one nearest to a photo decides, which evens out the gaps to about a tenth.
    """
    nearest = []
    for point in unpack(">21Q", shake_128(seed.encode()).digest(21 * 8)):
        place = bisect_left(photos, point, key=ids.__getitem__) % len(photos)
        nearest.append(((ids[photos[place]] - point) % 2**64, photos[place]))
    return min(nearest)[1]


def by_deck(photos: Sequence[int], deck: bytes, first: int, count: int) -> list[int]:
    """Deal so many cards, from this one on, of an endless row of shuffled passes."""
    return [photos[_card(len(photos), deck, number)] for number in range(first, first + count)]


def _card(size: int, deck: bytes, number: int) -> int:
    """Return the place of one card; a pass does not open with the card that closed the last one."""
    turn, place = divmod(number, size)
    if size < 3:
        return _shuffled(size, deck, 0, place)  # two photos can only alternate
    if turn and place < 2:
        opens, closed = _shuffled(size, deck, turn, 0), _shuffled(size, deck, turn - 1, size - 1)
        place = 1 - place if opens == closed else place
    return _shuffled(size, deck, turn, place)


def _shuffled(size: int, deck: bytes, turn: int, place: int) -> int:
    """Permute the places below size, without a list of them.

    A Feistel network of 8 rounds over the smallest square that holds them, walked until it ends up
    inside (Black and Rogaway, 2002), which takes two walks at most on average.
    """
    key = blake2b(deck + turn.to_bytes(8, "big"), digest_size=32).digest()
    side = math.isqrt(size - 1) + 1
    while True:
        left, right = divmod(place, side)
        for step in range(8):
            mixed = blake2b(b"%d %d" % (step, right), key=key, digest_size=8).digest()
            left, right = right, (left + int.from_bytes(mixed, "big")) % side
        place = left * side + right
        if place < size:
            return place
