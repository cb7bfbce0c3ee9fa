"""Choosing is uniform, steady by seed, and without repeats by deck."""

from collections import Counter
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


@given(st.text(min_size=1), st.integers(1, 300))
def test_a_seed_always_chooses_the_same_photo(seed, size):
    ids = ids_of(size)

    assert by_seed(range(size), ids, seed) == by_seed(range(size), ids, seed)


def seeded(ids, seeds=3000):
    return [ids[by_seed(range(len(ids)), ids, f"seed {number}")] for number in range(seeds)]


@pytest.mark.parametrize("newcomer", range(1000, 1010))
def test_one_photo_more_in_a_hundred_moves_at_most_3_percent_of_the_seeds(newcomer):
    ids = ids_of(100)
    added = int(make_record(newcomer)["id"], 16)

    before, after = seeded(ids), seeded(sorted([*ids, added]))

    moved = {new for old, new in zip(before, after, strict=True) if old != new}
    share = mean(old != new for old, new in zip(before, after, strict=True))
    assert share <= 0.03
    assert moved <= {added}


def test_seeds_spread_over_all_photos():
    """With one probe the luckiest of 100 photos would have five times its share."""
    counts = Counter(seeded(ids_of(100), seeds=10_000))

    assert len(counts) == 100
    assert max(counts.values()) <= 2 * 100


def test_a_seed_keeps_its_photo_when_another_album_grows():
    records = make_records(200)
    for number, record in enumerate(records):
        record["album"] = "alps" if number % 2 else "sea"
    alps = [record for record in records if record["album"] == "alps"]
    query = Query(album="alps", seed="a blog post")

    among_all, among_alps = Catalog(write_catalog(records)), Catalog(write_catalog(alps))

    [one], [other] = choose(among_all, query), choose(among_alps, query)
    assert among_all[one] == among_alps[other]


def test_the_cost_of_a_seed_does_not_grow_with_the_gallery():
    """A binary search for each probe: seventeen looks for a hundred thousand ids."""

    class Looks(list):
        count = 0

        def __getitem__(self, place):
            self.count += 1
            return super().__getitem__(place)

    small, large = Looks(ids_of(100)), Looks(sorted(range(0, 2**64, 2**64 // 100_000)))
    by_seed(range(len(small)), small, "a")
    by_seed(range(len(large)), large, "a")

    assert large.count < 3 * small.count


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
@settings(max_examples=50, deadline=None)
def test_a_pass_of_a_deck_shows_each_photo_once(size, deck, turn):
    cards = by_deck(range(size), deck, turn * size, size)

    assert sorted(cards) == list(range(size))


@given(st.integers(2, 40), DECKS, st.integers(1, 50))
@settings(max_examples=150, deadline=None)
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
@settings(deadline=None)
def test_cards_dealt_together_are_those_dealt_one_by_one(size, deck, first, count):
    together = by_deck(range(size), deck, first, count)

    one_by_one = [by_deck(range(size), deck, first + more, 1)[0] for more in range(count)]
    assert together == one_by_one


@pytest.mark.parametrize("size", [3, 9, 17])
@pytest.mark.parametrize("place", [0, 1, 8])
def test_each_photo_is_as_likely_at_each_place_of_a_deck(size, place):
    counts = Counter(
        by_deck(range(size), b"%d" % deck, place % size, 1)[0] for deck in range(20_000)
    )

    assert chi_squared_per_freedom(counts, size) <= 4  # few degrees of freedom vary more


def test_a_deck_is_shuffled_anew_when_the_catalog_changes():
    records = make_records(100)
    before = Catalog(write_catalog(records))
    after = Catalog(write_catalog([records[0] | {"caption": "new"}, *records[1:]]))
    query = Query(deck="a", count=30)

    assert choose(before, query) == choose(Catalog(write_catalog(records)), query)
    assert choose(before, query) != choose(after, query)


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
