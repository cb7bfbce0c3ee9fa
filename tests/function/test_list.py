"""All photos, page by page: newest first, and a cursor that outlives the catalog it came from."""

import pytest
from gallery_api.api import Gallery

from .conftest import make_record, make_records, write_catalog

DATES = ["2018", "2017-08-14T18:03", "2017-08-14", "2017-08", "2017", "1955-06-01"]


@pytest.fixture
def publish(storage):
    """Publish records, in whatever order they come."""

    def write(records):
        storage.catalog = write_catalog(sorted(records, key=lambda record: record["id"]))

    return write


def ids_of(page):
    return [photo["id"] for photo in page["photos"]]


def all_pages(client, query=""):
    """Return every photo's id, page after page."""
    page = client.get(f"/photos?{query}").json
    found = ids_of(page)
    while "next" in page:
        page = client.get(f"/photos?{query}&cursor={page['next']}").json
        found += ids_of(page)
    return found


def test_the_newest_come_first_undated_last_and_like_dates_by_id(publish, open_client):
    records = make_records(20)
    for record, date in zip(records, 2 * DATES, strict=False):
        record["date"] = date
    publish(records)

    dates = [photo.get("date") for photo in open_client.get("/photos").json["photos"]]
    ids = ids_of(open_client.get("/photos").json)

    assert dates == [*(date for date in DATES for _ in range(2)), *8 * [None]]
    by_id = [{one["id"]: n for n, one in enumerate(records)}[one] for one in ids]
    assert all(by_id[n] < by_id[n + 1] for n in range(0, 12, 2))
    assert by_id[12:] == sorted(by_id[12:])


@pytest.mark.parametrize("limit", [1, 7, 60, 100])
def test_pages_together_are_the_gallery(publish, open_client, limit):
    records = make_records(130)
    for number, record in enumerate(records):
        record |= {"date": DATES[number % 6]} if number % 5 else {}
    publish(records)

    found = all_pages(open_client, f"limit={limit}")

    assert len(found) == 130
    assert set(found) == {record["id"] for record in records}
    assert found == ids_of(open_client.get("/photos?limit=100").json) + found[100:]


def test_a_page_has_60_photos_unless_it_is_told_otherwise(publish, open_client):
    publish(make_records(61))

    assert len(open_client.get("/photos").json["photos"]) == 60
    assert len(open_client.get("/photos?limit=61").json["photos"]) == 61
    assert "next" not in open_client.get("/photos?limit=61").json


def test_a_photo_of_the_list_is_the_photo_of_its_own_address(client):
    for photo in client.get("/photos").json["photos"]:
        assert client.get(f"/photos/{photo['id']}").json == photo


def test_album_and_orientation_narrow_the_list_down(publish, open_client):
    records = make_records(30)
    for number, record in enumerate(records):
        record["album"] = f"album {number % 3}"
        record["sizes"] = [[400, 300]] if number % 2 else [[300, 400]]
    publish(records)

    assert len(all_pages(open_client, "album=album 1&limit=3")) == 10
    assert len(all_pages(open_client, "album=album 1&orientation=portrait&limit=2")) == 5
    assert open_client.get("/photos?album=none").json == {"photos": []}


def test_a_cursor_survives_photos_that_come_and_go(publish, storage, environment):
    records = [make_record(n, date=f"20{n:02d}") for n in range(10, 30)]
    publish(records)
    gallery = fresh(environment)
    first = gallery.get("/photos?limit=10").json
    assert [photo["date"] for photo in first["photos"]] == [f"20{n}" for n in range(29, 19, -1)]

    changed = [one for one in records if one["date"] not in {"2020", "2018"}]
    publish([*changed, make_record(99, date="2031"), make_record(98, date="2015-03")])
    second = fresh(environment).get(f"/photos?limit=5&cursor={first['next']}").json

    assert [photo["date"] for photo in second["photos"]] == [
        "2019", "2017", "2016", "2015-03", "2015",
    ]  # fmt: skip


def fresh(environment):
    """Return a client of an instance that has read no catalog yet."""
    from flask import Flask, request
    from gallery_api.settings import Settings

    gallery = Gallery(
        Settings(
            base_url=environment["GALLERY_BASE_URL"],
            keys=(),
            origins=frozenset(),
            require_key=False,
        )
    )
    app = Flask("fresh")
    app.add_url_rule("/<path:path>", view_func=lambda path: gallery.answer(request))
    return app.test_client()


@pytest.mark.parametrize(
    "odd", ["99999", "circa 1950", "2017-8", "", "x" * 1000, "2017-13-45T99:99"]
)
def test_an_odd_date_neither_breaks_the_list_nor_its_cursor(publish, open_client, odd):
    publish([make_record(n, date=odd) for n in range(5)])

    assert len(set(all_pages(open_client, "limit=2"))) == 5


def test_an_empty_gallery_has_an_empty_list(publish, open_client):
    publish([])

    assert open_client.get("/photos").json == {"photos": []}


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=1.5", "cursor=x", "cursor=", "limit=1&limit=2"]
)
def test_a_wrong_limit_or_cursor_is_refused_by_name(client, query):
    answer = client.get(f"/photos?{query}")

    assert answer.status_code == 400
    assert f"Give {query.partition('=')[0]} once" in answer.json["detail"]


def test_albums_that_are_not_there_leave_nothing_in_memory(publish, environment):
    publish(make_records(3, album="alps"))
    from gallery_api.catalog import Catalog

    catalog = Catalog(write_catalog(make_records(3, album="alps")))
    for number in range(100):
        catalog.newest_first(f"album {number}", None)

    assert len(catalog._newest_first) == 0
