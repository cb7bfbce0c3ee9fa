"""The API as the platform loads it, request by request."""

import json
import time

import pytest

from .conftest import CONTRACT, KEY

PHOTOS = {photo["id"]: photo for photo in json.loads((CONTRACT / "photos.json").read_text())}
A_PHOTO = "3a91f0c2d4e5b687"


def expected(storage, identity):
    """Return the contract's photo under this storage's address."""
    text = json.dumps(PHOTOS[identity])
    return json.loads(text.replace("https://gallery.storage.googleapis.com", storage.url))


def test_a_photo_at_random_is_one_of_the_contracts(client, storage):
    answer = client.get("/")

    assert answer.status_code == 200
    assert answer.json == expected(storage, answer.json["id"])
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Gallery-Count"] == "4"


def test_all_photos_come_sooner_or_later(client):
    seen = {client.get("/").json["id"] for _ in range(200)}

    assert seen == set(PHOTOS)


def test_format_url_is_the_bare_address(client, storage):
    answer = client.get("/?format=url")

    assert answer.json in {expected(storage, identity)["src"] for identity in PHOTOS}


def test_format_redirect_leads_to_the_image(client, storage):
    answer = client.get("/?format=redirect")

    assert answer.status_code == 302
    assert answer.data == b""
    assert answer.headers["Location"].startswith(f"{storage.url}/photos/v2/")


@pytest.mark.parametrize(
    ("width", "leads_to"),
    [
        ("", 1600),
        ("&width=1", 400),
        ("&width=400", 400),
        ("&width=401", 800),
        ("&width=9999", 1600),
    ],
)
def test_a_width_leads_to_the_smallest_that_is_at_least_as_wide(client, width, leads_to):
    answer = client.get(f"/?album=mountains&format=redirect{width}")

    assert answer.headers["Location"].endswith(f"-{leads_to}.webp")


def test_a_photo_is_found_by_its_id(client, storage):
    answer = client.get(f"/photos/{A_PHOTO}")

    assert answer.json == expected(storage, A_PHOTO)
    assert answer.headers["Cache-Control"] == "max-age=30"


@pytest.mark.parametrize("path", ["/photos/0000000000000000", "/photos/x"])
def test_an_unknown_id_is_no_such_photo(client, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert answer.json["type"] == "urn:image-gallery:no-such-photo"


@pytest.mark.parametrize(
    "path", ["/nothing", "/photos/", "/photos/a/b", "/albums/", "/%00", "/health/x", "/p/"]
)
def test_other_paths_are_not_found(client, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert answer.json["type"] == "urn:image-gallery:not-found"
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"


def test_another_method_is_told_those_that_are(client):
    answer = client.delete("/")

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert answer.json["type"] == "urn:image-gallery:method-not-allowed"


def test_head_is_get_without_a_body(client):
    answer = client.head("/?seed=a")

    whole = client.get("/?seed=a")
    assert answer.data == b""
    assert answer.headers == whole.headers


def test_health_wants_no_key_and_counts_the_photos(make_client):
    answer = make_client().get("/health")

    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "photos": 4, "stale": False}


@pytest.mark.parametrize("key", [KEY, "second-key"])
def test_each_key_admits_as_header_and_as_parameter(make_client, key):
    client = make_client()

    assert client.get("/", headers={"x-api-key": key}).status_code == 200
    assert client.get(f"/?key={key}").status_code == 200


@pytest.mark.parametrize("query", ["", "?key=", "?key=other", "?key=sample-ke", "?key=%ff"])
def test_without_a_valid_key_nobody_is_admitted(make_client, query):
    answer = make_client().get(f"/{query}")

    assert answer.status_code == 401
    assert answer.json["type"] == "urn:image-gallery:unauthorized"
    assert answer.headers["WWW-Authenticate"] == "ApiKey"


def test_a_required_key_that_nobody_configured_is_503_and_never_open(make_client):
    client = make_client(GALLERY_API_KEYS="")

    for path in ("/", "/?key=", f"/?key={KEY}"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert answer.json["type"] == "urn:image-gallery:key-not-configured"


def test_a_key_is_required_unless_the_setting_says_false(make_client):
    for setting in ("", "true", "no", "0"):
        assert make_client(GALLERY_REQUIRE_KEY=setting).get("/").status_code == 401

    assert make_client(GALLERY_REQUIRE_KEY="false").get("/").status_code == 200


@pytest.mark.parametrize("path", ["/", "/nothing", "/?count=0", "/?key=wrong"])
def test_an_allowed_page_reads_answers_and_errors(client, path):
    answer = client.get(path, headers={"Origin": "https://blog.example"})

    assert answer.headers["Access-Control-Allow-Origin"] == "https://blog.example"
    exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert set(exposed) == {"X-Gallery-Count", "Retry-After", "Age", "ETag"}
    assert "Origin" in answer.headers["Vary"]


def test_the_published_page_is_allowed(client, storage):
    origin = storage.url.removesuffix("/gallery")

    answer = client.get("/", headers={"Origin": origin})

    assert answer.headers["Access-Control-Allow-Origin"] == origin


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://blog.example", "https://blog.example:444", "null", "", "://"],
)
def test_no_other_page_may_read(client, origin):
    answer = client.get("/", headers={"Origin": origin})

    assert answer.status_code == 200
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["Vary"] == "Origin"


def test_a_preflight_wants_no_key(make_client):
    asked = {"Origin": "https://blog.example", "Access-Control-Request-Method": "POST"}

    answer = make_client().options("/views", headers=asked)

    assert answer.status_code == 204
    assert answer.data == b""
    assert answer.headers["Access-Control-Allow-Methods"] == "POST, OPTIONS"
    assert "x-api-key" in answer.headers["Access-Control-Allow-Headers"]


def test_an_address_of_4096_bytes_is_just_short_enough(client):
    spent = len("/") + len("album=")

    assert client.get("/?album=" + (4096 - spent) * "a").status_code == 404
    assert client.get("/?album=" + (4097 - spent) * "a").status_code == 414


def test_an_answer_from_a_catalog_that_is_not_confirmed_says_since_when(
    client, storage, monkeypatch
):
    assert "Age" not in client.get("/").headers
    storage.status = 503
    monkeypatch.setattr("gallery_api.reader.monotonic", lambda: time.monotonic() + 45)

    for path in ("/", "/photos", "/health"):
        assert 44 <= int(client.get(path).headers["Age"]) <= 47


def test_a_long_address_is_refused(client):
    answer = client.get("/?album=" + 100_000 * "a")

    assert answer.status_code == 414
    assert answer.json["type"] == "urn:image-gallery:uri-too-long"


def test_a_view_of_a_photo_that_is_not_there_is_not_counted(client):
    answer = client.post("/views", json={"id": "0000000000000000"})

    assert answer.status_code == 404
    assert answer.json["type"] == "urn:image-gallery:no-such-photo"


def test_a_deck_begins_with_its_card_0(client):
    assert client.get("/?deck=a").json == client.get("/?deck=a&n=0").json
    assert client.get("/?deck=a").json != client.get("/?deck=a&n=1").json
