"""Choosing is uniform, steady by seed, and without repeats by deck."""

import hashlib
import math
from collections import Counter
from itertools import permutations
from statistics import mean

import pytest
from gallery_api.catalog import Catalog
from gallery_api.choosing import at_random, by_deck, by_seed, choose
from gallery_api.errors import Problem
from gallery_api.query import Query
from hypothesis import given, settings
from hypothesis import strategies as st

from .conftest import make_record, make_records, write_catalog

SIZES = st.integers(1, 3000)
DECKS = st.binary(max_size=20)
DRAWS = 100_000


def deep(value):
    """A parameter for CI alone."""
    return pytest.param(value, marks=pytest.mark.deep)


def ids_of(count):
    return [int(record["id"], 16) for record in make_records(count)]


def chi_squared_per_freedom(counts, size):
    """Return how far counts are from even; about 1 if each is as likely as any other."""
    even = sum(counts.values()) / size
    return sum((counts[place] - even) ** 2 / even for place in range(size)) / (size - 1)


def test_photos_at_random_are_uniform():
    counts = Counter(at_random(range(1000), 1)[0] for _ in range(DRAWS))

    assert chi_squared_per_freedom(counts, 1000) <= 1.5


def test_several_photos_at_random_are_uniform():
    counts = Counter(place for _ in range(DRAWS // 20) for place in at_random(range(500), 20))

    assert chi_squared_per_freedom(counts, 500) <= 1.5


def test_a_choice_that_prefers_one_half_would_be_found_out():
    skewed = Counter(at_random(range(1000 - place % 200), 1)[0] for place in range(DRAWS))

    assert chi_squared_per_freedom(skewed, 1000) > 1.5


def test_filtered_photos_are_uniform_and_a_picture_of_two_sources_counts_once():
    records = make_records(400)
    for number, record in enumerate(records):
        record["album"] = "alps" if number % 4 else "sea"
    twice = [record | {"source": "talk"} for record in records[:100]]
    together = sorted(records + twice, key=lambda record: (record["id"], record["source"]))
    catalog = Catalog(write_catalog(together))

    counts = Counter(choose(catalog, Query(album="alps"))[0] for _ in range(DRAWS))
    places = Counter({catalog.among("alps", None).index(place): n for place, n in counts.items()})

    assert len(counts) == 300
    assert chi_squared_per_freedom(places, 300) <= 1.5


@given(SIZES, st.integers(1, 30))
def test_a_count_gives_so_many_different_photos(size, count):
    chosen = at_random(range(size), count)

    assert len(chosen) == len(set(chosen)) == min(size, count)


def hashed(count, gallery=0):
    """Return ids as the uploader makes them: hashes, so that gaps between them vary."""
    digests = (hashlib.sha256(f"{gallery}/{number}".encode()) for number in range(count))
    return sorted(int(digest.hexdigest()[:16], 16) for digest in digests)


def seeded(ids, seeds):
    photos = range(len(ids))
    return [ids[by_seed(photos, ids, f"seed {number}")] for number in range(seeds)]


@given(st.text(min_size=1), st.sampled_from([1, 2, 300, 2048, 2049, 3000]))
def test_a_seed_always_chooses_the_same_photo(seed, size):
    ids = hashed(size)

    assert by_seed(range(size), ids, seed) == by_seed(range(size), ids, seed)


# Freedom, and the χ²/df that even chances exceed once in ten thousand galleries: over several
# galleries the mean is held to what the contract says, 1.3.
@pytest.mark.parametrize("size", [2, 9, 30, 100])
def test_every_photo_has_the_same_share_of_the_seeds(size):
    found = []
    for gallery in range(8):
        counts = Counter(seeded(hashed(size, gallery), seeds=max(1000, 6 * size)))
        places = Counter({place: counts[one] for place, one in enumerate(hashed(size, gallery))})
        found.append(chi_squared_per_freedom(places, size))

    # Of two photos there is one degree of freedom: the mean of eight varies by 0.5.
    assert mean(found) <= (2.5 if size == 2 else 1.6 if size == 9 else 1.3)


@pytest.mark.deep
@pytest.mark.parametrize("size", [2, 9, 30, 100, 1000, 3000])
def test_every_photo_has_the_same_share_of_many_seeds(size):
    found = []
    for gallery in range(max(1, min(30, 1500 // size))):
        counts = Counter(seeded(hashed(size, gallery), seeds=max(1000, 10 * size)))
        places = Counter({place: counts[one] for place, one in enumerate(hashed(size, gallery))})
        found.append(chi_squared_per_freedom(places, size))

    assert mean(found) <= 1.3


@pytest.mark.parametrize("size", [1, 9, 100, deep(1000), 2048, deep(5000)])
def test_one_photo_more_moves_what_it_takes_and_little_else(size):
    ids = hashed(size)
    more = sorted([*ids, hashed(1, gallery="newcomer")[0]])
    seeds = 2000

    before, after = seeded(ids, seeds), seeded(more, seeds)

    moved = sum(old != new for old, new in zip(before, after, strict=True))
    even = seeds / (size + 1)
    assert moved <= 1.5 * seeds / size + 4 * even**0.5  # four deviations of a count


def test_a_newcomer_among_its_like_takes_seeds_from_them_alone():
    """All ids with the same beginning: the tickets of that beginning are fewer than the photos."""
    ids = list(range(40))
    before, after = seeded(ids, 500), seeded(sorted([*ids, 1 << 63]), 500)

    moved = {new for old, new in zip(before, after, strict=True) if old != new}
    assert moved == {1 << 63}
    assert set(before) == set(ids)


def test_few_and_many_photos_are_chosen_from_by_the_same_rule():
    ids = hashed(2049)

    few, many = seeded(ids[:-1], 1000), seeded(ids, 1000)

    assert sum(one != other for one, other in zip(few, many, strict=True)) <= 6


def test_a_seed_keeps_its_photo_when_another_album_grows():
    records = make_records(200)
    for number, record in enumerate(records):
        record["album"] = "alps" if number % 2 else "sea"
    alps = [record for record in records if record["album"] == "alps"]
    query = Query(album="alps", seed="a blog post")

    among_all, among_alps = Catalog(write_catalog(records)), Catalog(write_catalog(alps))

    [one], [other] = choose(among_all, query), choose(among_alps, query)
    assert among_all[one] == among_alps[other]


@pytest.mark.parametrize("size", [2048, 2049, 100_000])
def test_the_cost_of_a_seed_is_bounded_whatever_the_size(size):
    """Two thousand ids at most, or seventeen looks for each of fewer tickets."""

    class Looks(list):
        count = 0

        def __getitem__(self, place):
            self.count += 1
            return super().__getitem__(place)

    ids = Looks(hashed(size))
    for number in range(20):
        by_seed(range(size), ids, f"seed {number}")

    assert ids.count / 20 < 5000


def test_the_seed_today_is_the_date_in_utc(monkeypatch):
    class Clock:
        @staticmethod
        def now(zone):
            from datetime import datetime

            return datetime(2026, 2, 3, 23, 59, tzinfo=zone)

    monkeypatch.setattr("gallery_api.choosing.datetime", Clock)
    catalog = Catalog(write_catalog(make_records(50)))

    assert choose(catalog, Query(seed="today")) == choose(catalog, Query(seed="2026-02-03"))


@given(SIZES, DECKS, st.integers(0, 5))
@settings(max_examples=50)
def test_a_pass_of_a_deck_shows_each_photo_once(size, deck, turn):
    cards = by_deck(range(size), deck, turn * size, size)

    assert sorted(cards) == list(range(size))


@given(st.integers(2, 40), DECKS, st.integers(1, 50))
@settings(max_examples=150)
def test_a_pass_does_not_open_with_the_card_that_closed_the_last(size, deck, turn):
    closed, opens = by_deck(range(size), deck, turn * size - 1, 2)

    assert closed != opens


def test_another_pass_and_another_deck_have_another_order():
    first, second = by_deck(range(1000), b"a", 0, 1000), by_deck(range(1000), b"a", 1000, 1000)
    other = by_deck(range(1000), b"b", 0, 1000)

    for one, another in ((first, second), (first, other)):
        same = sum(x == y for x, y in zip(one, another, strict=True))
        assert same < 10
        assert sorted(one) == sorted(another)


@given(SIZES, DECKS, st.integers(0, 10_000), st.integers(1, 30))
def test_cards_dealt_together_are_those_dealt_one_by_one(size, deck, first, count):
    together = by_deck(range(size), deck, first, count)

    one_by_one = [by_deck(range(size), deck, first + more, 1)[0] for more in range(count)]
    assert together == one_by_one


def orders(size, turn, decks):
    """Return the orders of one pass of so many decks."""
    return [tuple(by_deck(range(size), b"%d" % n, turn * size, size)) for n in range(decks)]


@pytest.mark.parametrize("turn", [0, deep(1), deep(7)])
def test_all_120_orders_of_five_photos_are_equally_likely(turn):
    counts = Counter(orders(5, turn, decks=9_600))

    assert set(counts) == set(permutations(range(5)))
    places = Counter({number: counts[order] for number, order in enumerate(sorted(counts))})
    assert chi_squared_per_freedom(places, 120) <= 1.5


@pytest.mark.parametrize("size", [9, 25])
def test_orders_are_as_often_even_as_odd(size):
    odd = [
        sum(one > other for n, one in enumerate(order) for other in order[n:]) % 2
        for order in orders(size, 0, decks=2000)
    ]

    assert abs(sum(odd) - 1000) < 4 * math.sqrt(500)


@pytest.mark.parametrize("size", [3, 9, 17, 600])
@pytest.mark.parametrize("place", [0, deep(1), 8])
def test_each_photo_is_as_likely_at_each_place_of_a_deck(size, place):
    counts = Counter(
        by_deck(range(size), b"%d" % deck, place % size, 1)[0] for deck in range(20_000)
    )

    assert chi_squared_per_freedom(counts, size) <= (4 if size < 100 else 1.3)  # few vary more


def test_places_beyond_one_hash_are_shuffled_too():
    """512 places share a hash; far ones must not move alike."""
    order = by_deck(range(5000), b"a", 0, 5000)

    distances = Counter(one - order[place - 512] for place, one in enumerate(order) if place > 511)
    assert distances.most_common(1)[0][1] < 12


@pytest.fixture
def record_of():
    records = make_records(100)
    return lambda **changes: [records[0] | changes, *records[1:]]


def test_a_deck_depends_on_which_photos_there_are_and_on_nothing_else(record_of):
    query = Query(deck="a", count=30)
    dealt = choose(Catalog(write_catalog(record_of())), query)

    for changes in ({"caption": "new"}, {"date": "2017"}, {"recipe": "v2"}, {"source": "talk"}):
        assert choose(Catalog(write_catalog(record_of(**changes))), query) == dealt
    fewer = Catalog(write_catalog(record_of()[1:]))
    assert [fewer.ids[place] for place in choose(fewer, query)] != [
        Catalog(write_catalog(record_of())).ids[place] for place in dealt
    ]


def test_the_deck_of_an_album_stays_when_another_album_grows():
    records = make_records(60, album="alps")
    more = sorted([*records, make_record(99, album="sea")], key=lambda one: one["id"])
    query = Query(album="alps", deck="a", count=30)

    before, after = Catalog(write_catalog(records)), Catalog(write_catalog(more))

    assert [before.ids[place] for place in choose(before, query)] == [
        after.ids[place] for place in choose(after, query)
    ]


@pytest.mark.parametrize(
    "query", [Query(), Query(count=5), Query(seed="a"), Query(deck="a", n=7), Query(album="a")]
)
def test_an_empty_gallery_says_so(query):
    with pytest.raises(Problem) as refusal:
        choose(Catalog(write_catalog([])), query)

    assert refusal.value.body["type"] == "urn:image-gallery:gallery-empty"


@pytest.mark.parametrize("query", [Query(), Query(count=5), Query(seed="a"), Query(deck="a", n=7)])
def test_a_gallery_of_one_always_shows_it(query):
    catalog = Catalog(write_catalog(make_records(1)))

    assert set(choose(catalog, query)) == {0}


def test_no_match_names_what_to_do():
    catalog = Catalog(write_catalog(make_records(3, album="alps")))

    for query in (Query(album="sea"), Query(orientation="square"), Query(album="alps\0")):
        with pytest.raises(Problem) as refusal:
            choose(catalog, query)
        assert refusal.value.body["type"] == "urn:image-gallery:no-match"
