"""Choosing: at random, by seed, by deck. Knows no HTTP; its time is bounded whatever the size.

Everywhere `photos` are ascending positions in the catalog, and `ids` the ids of all positions,
ascending, as 64-bit numbers.
"""

import random
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import blake2b

from gallery_api.catalog import Catalog
from gallery_api.errors import Problem
from gallery_api.permutations import Feistel, SwapOrNot
from gallery_api.query import Query

__all__ = ["at_random", "by_deck", "by_seed", "choose"]


def choose(catalog: Catalog, query: Query) -> list[int]:
    """Return the chosen positions; raise the problem `gallery-empty` or `no-match`."""
    if not len(catalog):
        raise Problem("gallery-empty", "Add photos and upload them.")
    photos, count = catalog.among(query.album, query.orientation), query.count or 1
    if not photos:
        raise Problem("no-match", "GET /albums lists the albums; ask for less, or for others.")
    if query.seed:
        today = f"{datetime.now(UTC):%F}"
        return [by_seed(photos, catalog.ids, today if query.seed == "today" else query.seed)]
    if query.deck:
        deck = catalog.fingerprint(query.album, query.orientation) + query.deck.encode()
        return by_deck(photos, deck, query.n, count)
    return at_random(photos, count)


def at_random(photos: Sequence[int], count: int) -> list[int]:
    """Choose so many different photos, each as likely as any other; all, if there are fewer."""
    if count == 1:
        return [random.choice(photos)]  # noqa: S311 - no secret is drawn, and it is the common case
    places = random.sample(range(len(photos)), min(count, len(photos)))
    return [photos[place] for place in places]


# By seed. 16 tickets for each 16-bit prefix of an id: of 200,000 hashed ids, the most that a
# gallery holds, more than 16 share a prefix once in 2,000 galleries (Poisson, mean 3.05).
_PREFIX_SHIFT = 64 - 16
_TICKETS_PER_PREFIX = Feistel.SIZE >> 16
_FEW = 2048  # measured: up to here it is faster to look all tickets up (CPython 3.11)


def by_seed(photos: Sequence[int], ids: Sequence[int], seed: str) -> int:
    """Choose the photo that this seed always has; each has a chance of 1/n.

    Rendezvous hashing (Thaler and Ravishankar, 1998): every photo holds one of 2**20 tickets, a
    seed puts the tickets in an order of its own, and the first one that is held wins. One photo
    more takes 1/(n + 1) of the seeds over, and where it shares a prefix with others a part of
    theirs. Few photos are looked up in the order; of many, the order soon meets one: after 512
    tickets at 2,048 photos, after ten at 100,000.
    """
    order = Feistel(seed.encode())
    if len(photos) <= _FEW:
        winner = min(_held(photos, ids), key=order)
        group = _with_prefix(photos, ids, winner // _TICKETS_PER_PREFIX)
    else:
        group = _first_met(photos, ids, order)
    if len(group) == 1:
        return group[0]
    key = blake2b(seed.encode()).digest()
    return min(group, key=lambda place: blake2b(b"%d" % ids[place], key=key).digest())


def _held(photos: Sequence[int], ids: Sequence[int]) -> Iterator[int]:
    """Yield each ticket that is held."""
    last, number = -1, 0
    for place in photos:
        prefix = ids[place] >> _PREFIX_SHIFT
        last, number = prefix, number + 1 if prefix == last else 0
        if number < _TICKETS_PER_PREFIX:
            yield prefix * _TICKETS_PER_PREFIX + number


def _with_prefix(photos: Sequence[int], ids: Sequence[int], prefix: int) -> Sequence[int]:
    """Return the photos whose ids begin with these 16 bits."""
    first = bisect_left(photos, prefix << _PREFIX_SHIFT, key=ids.__getitem__)
    end = bisect_left(photos, prefix + 1 << _PREFIX_SHIFT, lo=first, key=ids.__getitem__)
    return photos[first:end]


def _first_met(photos: Sequence[int], ids: Sequence[int], order: Feistel) -> Sequence[int]:
    """Return the photos of the prefix whose ticket comes first in the order."""
    rank = 0
    while True:  # it ends: at least one ticket is held, and the order meets every ticket
        prefix, number = divmod(order.inverse(rank), _TICKETS_PER_PREFIX)
        place = bisect_left(photos, prefix << _PREFIX_SHIFT, key=ids.__getitem__) + number
        if place < len(photos) and ids[photos[place]] >> _PREFIX_SHIFT == prefix:
            return _with_prefix(photos, ids, prefix)
        rank += 1


def by_deck(photos: Sequence[int], deck: bytes, first: int, count: int) -> list[int]:
    """Deal so many cards, from card `first` on, of an endless row of shuffled passes.

    Within a pass no photo comes twice, and every order is equally likely. `deck` is whatever
    the order depends on.
    """
    passes: dict[int, SwapOrNot] = {}

    def card(turn: int, place: int) -> int:
        if turn not in passes:
            key = blake2b(deck + turn.to_bytes(8, "big"), digest_size=32).digest()
            passes[turn] = SwapOrNot(size, key)
        return passes[turn](place)

    def deal(number: int) -> int:
        turn, place = divmod(number, size)
        if size < 3:
            return card(0, place)  # two photos can only alternate
        # A pass that would open with the card that closed the last one swaps its first two.
        if turn and place < 2 and card(turn, 0) == card(turn - 1, size - 1):
            place = 1 - place
        return card(turn, place)

    size = len(photos)
    return [photos[deal(number)] for number in range(first, first + count)]
