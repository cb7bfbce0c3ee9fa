"""What is known is not sent again, what is large is compressed, an image is what is accepted."""

import gzip
import json

import pytest

from .conftest import make_record, write_catalog

PHOTO = "/photos/3a91f0c2d4e5b687"
BRIEFLY = "max-age=30"
KEPT = {
    "/albums": BRIEFLY, "/photos": BRIEFLY, PHOTO: BRIEFLY, "/p/3a91f0c2d4e5b687": BRIEFLY,
    "/openapi.json": "max-age=300", "/?seed=a": "private, max-age=300",
}  # fmt: skip


@pytest.mark.parametrize("path", KEPT)
def test_an_answer_that_is_known_is_not_sent_again(client, path):
    first = client.get(path)
    etag = first.headers["ETag"]

    known = client.get(path, headers={"If-None-Match": etag})
    any_of = client.get(path, headers={"If-None-Match": f'"other", {etag}'})
    other = client.get(path, headers={"If-None-Match": '"other"'})

    assert first.headers["Cache-Control"] == KEPT[path]
    assert "Origin" in first.vary
    for answer in (known, any_of):
        assert (answer.status_code, answer.data) == (304, b"")
        assert answer.headers["ETag"] == etag
        assert answer.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert (other.status_code, other.data) == (200, first.data)


def test_a_changed_answer_has_another_etag(storage, client, make_client):
    before = client.get(PHOTO).headers["ETag"]
    storage.catalog = storage.catalog.replace(b"Two dogs", b"Three dogs")

    after = make_client(GALLERY_REQUIRE_KEY="false").get(PHOTO, headers={"If-None-Match": before})

    assert after.status_code == 200
    assert after.headers["ETag"] != before


@pytest.mark.parametrize("path", ["/", "/random", "/?deck=a", "/image"])
def test_what_differs_each_time_has_no_etag(client, path):
    answer = client.get(path)

    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


def test_a_refusal_has_no_etag_and_says_why(client):
    refusal = client.get("/photos/0000000000000000")

    assert "ETag" not in refusal.headers
    assert refusal.json["detail"] == "It is not, or no more, in this gallery."


def test_an_address_with_a_slash_too_many_is_none(client):
    assert client.get(PHOTO.replace("/3", "//3")).status_code == 404


@pytest.mark.parametrize("welcome", ["gzip", "br, gzip;q=0.5", "GZIP", "*"])
def test_a_large_answer_is_compressed_for_whom_that_is_welcome(client, welcome):
    plain = client.get("/openapi.json")

    small = client.get("/openapi.json", headers={"Accept-Encoding": welcome})

    if welcome in {"GZIP", "*"}:  # nobody sends these; the answer is right, if large
        assert small.data == plain.data
        return
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert len(small.data) < len(plain.data) / 3
    assert int(small.headers["Content-Length"]) == len(small.data)
    assert small.headers["ETag"] == plain.headers["ETag"]
    assert {"Origin", "Accept-Encoding"} <= set(plain.vary) & set(small.vary)


@pytest.mark.parametrize("welcome", ["", "br", "gzip;q=0", "identity"])
def test_nobody_else_gets_it_compressed(client, welcome):
    answer = client.get("/openapi.json", headers={"Accept-Encoding": welcome})

    assert "Content-Encoding" not in answer.headers
    assert json.loads(answer.data)


def test_a_small_answer_is_not_worth_compressing(client):
    answer = client.get("/albums", headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in answer.headers
    assert len(answer.data) < 1000


@pytest.fixture
def with_jpeg(storage, open_client):
    """The function over a gallery of one photo that has a JPEG."""
    record = make_record(1, sizes=[[400, 267], [800, 534], [1600, 1067]], jpeg=[1200, 800])
    storage.catalog = write_catalog([record])
    return open_client


def leads_to(answer):
    assert answer.status_code == 302
    assert "Accept" in answer.vary
    return answer.headers["Location"].rpartition("-")[2]


def test_a_type_leads_to_an_image_of_that_type(with_jpeg):
    assert leads_to(with_jpeg.get("/?format=redirect&type=jpeg")) == "1200.jpg"
    assert leads_to(with_jpeg.get("/?format=redirect&type=jpeg&width=100")) == "1200.jpg"
    assert leads_to(with_jpeg.get("/image?type=jpeg")) == "1200.jpg"
    assert leads_to(with_jpeg.get("/?format=redirect&type=webp&width=500")) == "800.webp"


# What clients really send for images, as their makers document it.
@pytest.mark.parametrize(
    ("accept", "image"),
    [
        (None, "1600.webp"),
        ("*/*", "1600.webp"),
        ("image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", "1600.webp"),
        ("image/webp,image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5", "1600.webp"),
        ("image/png,image/jpeg", "1200.jpg"),
        ("image/jpeg, image/gif, image/pjpeg", "1200.jpg"),
        ("image/jpeg, image/webp;q=0", "1200.jpg"),
        ("image/jpeg, image/webp", "1600.webp"),
        ("image/*", "1600.webp"),
        ("text/html,application/xhtml+xml", "1600.webp"),
    ],
)
def test_without_a_type_the_callers_accept_decides(with_jpeg, accept, image):
    headers = {"Accept": accept} if accept else {}

    assert leads_to(with_jpeg.get("/?format=redirect", headers=headers)) == image
    explicit = with_jpeg.get("/?format=redirect&type=webp", headers=headers)
    assert leads_to(explicit) == "1600.webp"


def test_a_photo_without_a_jpeg_leads_to_its_largest_image(storage, open_client):
    storage.catalog = write_catalog([make_record(1)])

    assert leads_to(open_client.get("/image?type=jpeg")) == "800.webp"


def test_the_forms_of_an_answer_are_routes_of_their_own(client):
    assert isinstance(client.get("/random").json, list)
    assert len(client.get("/random?count=3").json) == 3
    seeded = client.get("/?seed=a").json
    assert client.get("/random?seed=a").json == [seeded]
    assert client.get("/image?seed=a").headers["Location"] == seeded["src"]
    assert client.get("/random?format=url&seed=a").json == [seeded]


def test_details_pass_through_where_they_are_shown(storage, open_client):
    storage.catalog = write_catalog([make_record(1, details="FUJIFILM X100V · 23 mm · ƒ/4")])

    assert open_client.get("/").json["details"] == "FUJIFILM X100V · 23 mm · ƒ/4"
