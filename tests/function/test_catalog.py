"""A catalog is read whole or refused; it finds photos by id, album and orientation."""

import json

import pytest
from gallery_api.catalog import Catalog
from gallery_api.errors import CatalogUnreadable, Problem
from gallery_api.rendering import render
from hypothesis import given, settings
from hypothesis import strategies as st

from .conftest import CONTRACT, make_record, make_records, write_catalog

GOLDEN = (CONTRACT / "catalog.jsonl").read_bytes()
RECORDS = [json.loads(line) for line in GOLDEN.splitlines()[1:]]


def test_the_contracts_catalog_is_read_record_by_record():
    catalog = Catalog(GOLDEN)

    assert [catalog[position] for position in range(len(catalog))] == RECORDS


def test_a_photo_is_found_by_its_id():
    catalog = Catalog(GOLDEN)

    for record in RECORDS:
        assert catalog[catalog.find(record["id"])] == record
    for stranger in ("0" * 16, "f" * 16, "", "0C5D7A1E9B3F2846", "0c5d7a1e9b3f2846\n", "é" * 16):
        with pytest.raises(Problem):
            catalog.find(stranger)


def test_albums_and_orientations_are_indexes():
    sizes = {"landscape": [1600, 1067], "portrait": [1067, 1600], "square": [1000, 1000]}
    records = make_records(60)
    for number, record in enumerate(records):
        record["sizes"] = [sizes[list(sizes)[number % 3]]]
        if number % 5:
            record["album"] = f"album {number % 5}"
    catalog = Catalog(write_catalog(records))

    for album in (None, "album 1", "album 4", "none"):
        for shape in (None, *sizes):
            expected = [
                position
                for position, record in enumerate(records)
                if album in (None, record.get("album"))
                and shape in (None, list(sizes)[position % 3])
            ]
            assert list(catalog.among(album, shape)) == expected
    assert catalog.albums() == [(f"album {number}", 12) for number in range(1, 5)]


@pytest.mark.parametrize(
    ("size", "orientation"),
    [
        ([1050, 1000], "square"),
        ([1051, 1000], "landscape"),
        ([950, 1000], "square"),
        ([949, 1000], "portrait"),
        ([1, 99999], "portrait"),
    ],
)
def test_square_is_a_ratio_of_0_95_to_1_05(size, orientation):
    catalog = Catalog(write_catalog([make_record(1, sizes=[size])]))

    assert len(catalog.among(None, orientation)) == 1


def test_a_picture_of_two_sources_is_one_photo_and_the_first_source_is_served():
    record = make_record(1)
    twice = [record | {"source": "a", "caption": "first"}, record | {"source": "b"}]

    catalog = Catalog(write_catalog(twice))

    assert len(catalog) == 1
    assert catalog[0]["caption"] == "first"
    assert catalog.find(record["id"]) == 0


def test_an_empty_gallery_is_a_catalog():
    assert len(Catalog(b'{"catalog":1,"count":0}\n')) == 0


def broken(**words):
    return write_catalog([make_record(1) | words])


def without(word):
    record = make_record(1)
    del record[word]
    return write_catalog([record])


FIRST, SECOND = make_records(2)
REFUSED = {
    "nothing": b"",
    "a line feed": b"\n",
    "HTML": b"<html>not here</html>\n",
    "a list": b"[]\n",
    "a number": b"7\n",
    "no UTF-8": b'{"catalog":1,"count":0}\xff\n',
    "a newer version": b'{"catalog":2,"count":0}\n',
    "no version": b'{"count":0}\n',
    "no count": b'{"catalog":1}\n',
    "too low a count": GOLDEN.replace(b'"count":4', b'"count":3'),
    "too high a count": GOLDEN.replace(b'"count":4', b'"count":5'),
    "a line cut off": GOLDEN[:-30],
    "a record cut off": b"".join(GOLDEN.splitlines(keepends=True)[:-1]),
    "out of order": write_catalog([SECOND, FIRST]),
    "the same twice": write_catalog([FIRST, FIRST]),
    "an empty line": GOLDEN.replace(b"\n", b"\n\n", 2),
    "deep nesting": b'{"catalog":1,"count":1}\n' + 100_000 * b"[" + b"\n",
    "a record that is none": b'{"catalog":1,"count":1}\n[]\n',
    "a short id": broken(id="abc"),
    "an id in capitals": broken(id="ABCDEF0123456789"),
    "an id that is a number": broken(id=7),
    "no id": without("id"),
    "no source": without("source"),
    "no recipe": without("recipe"),
    "no sizes": without("sizes"),
    "no alt": without("alt"),
    "an alt that is null": broken(alt=None),
    "a caption that is a list": broken(caption=[]),
    "an album that is a number": broken(album=7),
    "a recipe that climbs": broken(recipe="../v1"),
    "a recipe that is the folder above": broken(recipe=".."),
    "a side that no number of the machine holds": broken(sizes=[[400, 10**400]]),
    "a side beyond any picture": broken(sizes=[[400, 2**31]]),
    "a JPEG of one side": broken(jpeg=[1200]),
    "a JPEG of no size": broken(jpeg=[0, 0]),
    "details that are a list": broken(details=["ISO 200"]),
    "sizes that are none": broken(sizes=[]),
    "sizes that are null": broken(sizes=None),
    "a size of one side": broken(sizes=[[400]]),
    "a size of zero": broken(sizes=[[400, 0]]),
    "a size that is negative": broken(sizes=[[-400, 300]]),
    "a size in words": broken(sizes=[["400", "267"]]),
    "a size that is true": broken(sizes=[[True, True]]),
    "sizes that descend": broken(sizes=[[800, 534], [400, 267]]),
    "sizes that repeat": broken(sizes=[[400, 267], [400, 267]]),
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_a_doubtful_catalog_is_refused_with_a_reason(text):
    with pytest.raises(CatalogUnreadable, match="catalog"):
        Catalog(text)


def test_unknown_fields_are_left_alone():
    catalog = Catalog(write_catalog([make_record(1, future={"a": [1]})]))

    assert len(catalog) == 1


@given(st.data())
@settings(max_examples=150)
def test_a_catalog_with_a_byte_changed_is_refused_or_still_renders(data):
    place = data.draw(st.integers(0, len(GOLDEN) - 1))
    text = bytearray(GOLDEN)
    text[place] = data.draw(st.integers(0, 255))

    try:
        catalog = Catalog(bytes(text))
    except CatalogUnreadable:
        return
    for position in range(len(catalog)):
        assert render(catalog[position], "http://base.example")["src"].endswith(".webp")


@given(st.integers(0, len(GOLDEN) - 2))
def test_a_catalog_that_is_cut_off_is_refused(length):
    with pytest.raises(CatalogUnreadable):
        Catalog(GOLDEN[:length])
