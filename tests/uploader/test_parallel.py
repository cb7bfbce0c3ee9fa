"""Threads that work through a list."""

import time

import pytest

from uploader.errors import Unusable
from uploader.parallel import attempt_all, run_all


def test_what_is_in_trouble_has_another_turn_alone_and_last():
    order, given_up, busy = [], [], []

    def do(name):
        busy.append(name)
        if name != "first" and order.count(name) == 0 and name in ("a", "b"):
            order.append(name)
            busy.remove(name)
            raise Unusable("makes the decoder crash", transient=True)
        order.append(name)
        assert name not in ("a", "b", "first") or busy == [name]
        busy.remove(name)
        if name == "never":
            raise Unusable("is cut off")

    names = ["first", "a", "c", "never", "b", "d"]
    attempt_all(do, names, 4, lambda name, error: given_up.append(name), lambda n: n == "first")

    assert sorted(order[-3:]) == ["a", "b", "first"]
    assert given_up == ["never"]


def test_the_first_exception_stops_what_has_not_begun():
    begun = []

    def do(number):
        begun.append(number)
        time.sleep(0.01)
        if number == 3:
            raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - it has no message
        run_all(do, range(1000), 4)

    time.sleep(0.1)
    assert len(begun) < 100
