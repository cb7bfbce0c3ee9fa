from pathlib import Path

import pytest

from uploader.errors import CatalogError, Outdated
from uploader.sync.catalog import merge, parse_catalog, split_names, write_catalog

GOLDEN = (Path(__file__).parents[2] / "contract" / "catalog.jsonl").read_bytes()


def test_the_golden_catalog_is_written_byte_for_byte():
    records = parse_catalog(GOLDEN)

    assert write_catalog(list(reversed(records))) == GOLDEN


def test_a_gallery_that_holds_nothing_has_a_catalog_of_count_0():
    assert write_catalog([]) == b'{"catalog":1,"count":0}\n'
    assert parse_catalog(write_catalog([])) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null\n",
        b'{"catalog":1,"count":1}\n',
        GOLDEN[:-40],
        b'{"catalog":1,"count":2}\n{"id":"b","source":"s"}\n{"id":"a","source":"s"}\n',
        b"\xff\xfe",
    ],
)
def test_a_wrong_version_count_or_order_is_refused(content):
    with pytest.raises(CatalogError, match="none that this version reads"):
        parse_catalog(content)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b'{"catalog":2,"count":0}\n', "version 2"),
        (GOLDEN.replace(b'"alt"', b'"mood":"calm","alt"', 1), "the field “mood”"),
        (GOLDEN.replace(b'"v2"', b'"v901"', 1), "photos of recipe v901"),
    ],
)
def test_a_catalog_of_a_newer_program_asks_for_an_update(content, named):
    with pytest.raises(Outdated, match=f"{named}. Nothing was written. Update this program"):
        parse_catalog(content)


@pytest.mark.parametrize(
    "name",
    [
        "photos/2019/wedding/DSC_0001.NEF", "photos/holiday.jpg", "photos/index.html",
        "photos/v2/0123456789abcdef-400.png", "photos/v2/0123456789ABCDEF-400.webp",
        "photos/v2/sub/0123456789abcdef-400.webp", "photos/2019/0123456789abcdef-400.webp",
        "photos/v2/0123456789abcdef-400.webp.bak", "photos/v2/0123456789abcde-400.webp",
    ],
)  # fmt: skip
def test_what_this_program_cannot_have_made_is_somebody_elses(name):
    made = "photos/v2/0123456789abcdef-400.webp"

    assert split_names({name: 1, made: 2}) == ({made: 2}, [name])


def test_an_object_of_a_newer_recipe_asks_for_an_update():
    with pytest.raises(Outdated, match="Update this program"):
        split_names({"photos/v901/0123456789abcdef-400.webp": 1})


def test_merging_replaces_one_source_and_keeps_unknown_fields_of_others():
    theirs = {"id": "b", "source": "talk", "alt": "", "later": 1}
    mine = {"id": "a", "source": "stack", "alt": "new"}

    merged = merge([{"id": "a", "source": "stack", "alt": "old"}, theirs], "stack", [mine])

    assert sorted(merged, key=lambda record: record["id"]) == [mine, theirs]


def test_more_than_the_ceiling_is_refused():
    records = [{"id": f"{number:016x}", "source": "s"} for number in range(200_001)]

    with pytest.raises(CatalogError, match="200,001 photos; its ceiling is 200,000"):
        write_catalog(records)
