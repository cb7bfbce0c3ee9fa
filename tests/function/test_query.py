"""Parameters are read strictly, and a refusal names the parameter."""

import re

import pytest
from gallery_api.errors import Problem
from gallery_api.query import Query, parse
from hypothesis import given
from hypothesis import strategies as st

NAMES = [
    *("album", "count", "cursor", "deck", "format", "limit"),
    *("n", "orientation", "seed", "type", "width"),
]


def refusal(arguments):
    with pytest.raises(Problem) as problem:
        parse(arguments, NAMES)
    assert problem.value.status == 400
    return problem.value.body["detail"]


def test_nothing_asked_for_is_one_photo_as_json():
    assert parse({}, NAMES) == Query()


def test_everything_that_combines_is_read():
    query = parse(
        {
            "album": ["alps"],
            "orientation": ["portrait"],
            "count": ["30"],
            "deck": ["d"],
            "n": ["0"],
            "format": ["url"],
            "key": ["k"],
            "utm_source": ["a", "b"],
        },
        NAMES,
    )

    assert query == Query(
        album="alps", orientation="portrait", count=30, deck="d", n=0, format="url"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("count", value) for value in ("0", "-1", "1e9", "7.0", "31", "", " 7", "٧", "\0", "07")),
        *(("n", value) for value in ("-1", "1000000000", "x", "1_0")),
        *(("width", value) for value in ("0", "100000", "wide", "400\n")),
        *(("limit", value) for value in ("0", "101", "1.5", "", "07")),
        *(("cursor", value) for value in ("", "x", "201708000000", f"{1:012d}-{10:016X}")),
        *(("type", value) for value in ("", "png", "JPEG")),
        *(("format", value) for value in ("xml", "", "JSON", "json,url")),
        *(("orientation", value) for value in ("tall", "", "square ")),
        *((name, "") for name in ("album", "seed", "deck")),
    ],
)
def test_a_wrong_value_is_refused_by_name(name, value):
    assert f"Give {name} once" in refusal({name: [value]})


@pytest.mark.parametrize("name", NAMES)
def test_a_parameter_given_twice_is_refused_by_name(name):
    assert f"Give {name} once" in refusal({name: ["1", "1"]})


@pytest.mark.parametrize(
    ("one", "other", "arguments"),
    [
        ("seed", "deck", {"seed": ["a"], "deck": ["b"]}),
        ("seed", "count", {"seed": ["a"], "count": ["2"]}),
        ("format=redirect", "count", {"format": ["redirect"], "count": ["1"]}),
        ("width", "format=redirect", {"width": ["400"]}),
        ("width", "format=redirect", {"width": ["400"], "format": ["url"]}),
        ("type", "format=redirect", {"type": ["jpeg"]}),
        ("n", "deck", {"n": ["1"]}),
    ],
)
def test_a_pair_that_makes_no_sense_is_refused_by_both_names(one, other, arguments):
    detail = refusal(arguments)

    assert one in detail
    assert other in detail


def test_an_album_is_compared_in_nfc():
    assert parse({"album": ["e\u0301te\u0301"]}, NAMES).album == "été"


@given(st.dictionaries(st.sampled_from([*NAMES, "x"]), st.lists(st.text(), min_size=1)))
def test_whatever_is_given_is_read_or_refused_by_name(arguments):
    try:
        query = parse(arguments, NAMES)
    except Problem as problem:
        named = re.findall(r"\b(?:" + "|".join(NAMES) + r")\b", problem.body["detail"])
        assert set(named) & set(arguments)
    else:
        assert query.count is None or 1 <= query.count <= 30


def test_a_parameter_belongs_to_its_route():
    assert parse({"count": ["none"], "seed": ["a"]}, ["seed"]) == Query(seed="a")


def test_a_route_of_one_format_combines_with_what_wants_that_format():
    query = parse({"width": ["800"], "format": ["url"]}, ["width"], preset="redirect")

    assert query == Query(format="redirect", width=800)
