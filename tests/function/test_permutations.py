"""Keyed permutations are permutations, in both directions, and depend on their key."""

import random

import pytest
from gallery_api.permutations import Feistel, SwapOrNot


def test_the_feistel_network_goes_back_the_way_it_came():
    order = Feistel(b"a")

    for number in (0, 1, 1023, 1024, Feistel.SIZE - 1, *random.sample(range(Feistel.SIZE), 1000)):
        assert 0 <= order(number) < Feistel.SIZE
        assert order.inverse(order(number)) == number


@pytest.mark.deep
def test_the_feistel_network_meets_every_place_once():
    order = Feistel(b"a")

    assert len({order(number) for number in range(Feistel.SIZE)}) == Feistel.SIZE


def test_another_key_is_another_order():
    one, other = Feistel(b"a"), Feistel(b"b")

    assert sum(one(number) == other(number) for number in range(10_000)) < 5


@pytest.mark.parametrize("size", [1, 2, 5, 512, 513, 2000])
def test_swap_or_not_is_a_permutation(size):
    order = SwapOrNot(size, b"a key of sixteen")

    assert sorted(map(order, range(size))) == list(range(size))


def test_swap_or_not_depends_on_every_bit_of_its_key():
    one, other = SwapOrNot(1000, b"a key of sixteen"), SwapOrNot(1000, b"a key of sixteem")

    assert sum(one(place) == other(place) for place in range(1000)) < 10
