"""A row with a goal ends in its verdict, and the page counts them."""

import pytest

from bench.__main__ import _page
from bench.chart import chart
from bench.rows import Row, Section, at_least, at_most


def section(*rows):
    return Section(title="A part", text="How.", columns=("measured",), rows=rows)


@pytest.mark.parametrize(("value", "verdict"), [(15.0, "holds"), (14.9, "falls short")])
def test_at_least_holds_from_its_goal_on(value, verdict):
    row = at_least("speed", ("x",), value, 15, " times")

    assert (row.goal, row.verdict) == ("≥ 15 times", verdict)


@pytest.mark.parametrize(("value", "verdict"), [(3, "holds"), (3.01, "falls short")])
def test_at_most_holds_up_to_its_goal(value, verdict):
    row = at_most("reads", ("x",), value, 3)

    assert (row.goal, row.verdict) == ("≤ 3", verdict)


def test_a_table_has_a_cell_for_each_column():
    text = section(at_most("reads", ("1",), 1, 3), Row(what="size", figures=("7",))).markdown()

    assert "| reads | 1 | ≤ 3 | holds |" in text
    assert "| size | 7 |  |  |" in text


def test_a_table_without_goals_has_no_room_for_them():
    assert "| size | 7 |\n" in section(Row(what="size", figures=("7",))).markdown()


def test_the_page_names_what_falls_short_and_no_place_of_the_machine():
    page = _page(
        [section(at_most("reads", ("9",), 9, 3), at_most("lists", ("0",), 0, 0))], 60, quick=False
    )

    assert "2 rows with a goal, 1 hold, 1 falls short" in page
    assert "/" not in page.partition("##")[0].replace("make bench", "")


def test_a_chart_draws_each_line_through_its_points():
    drawn = chart(
        "p50", "photos", {"ours": [(10, 0.5), (1000, 0.5)], "theirs": [(10, 4), (1000, 30)]}
    )

    assert "<svg" in drawn
    assert [name in drawn for name in ("ours", "theirs", "photos", "p50")] == [True] * 4
    assert drawn == chart(
        "p50", "photos", {"ours": [(10, 0.5), (1000, 0.5)], "theirs": [(10, 4), (1000, 30)]}
    )
