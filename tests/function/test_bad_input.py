"""Whatever reaches the function is answered in its own words, never with a 500 or a traceback."""

import io
import json

import pytest
from gallery_api.api import ROUTES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .conftest import KEY, make_record, write_catalog

FORMS = {200: "application/json", 204: None, 302: None}
PARAMETERS = ["album", "count", "deck", "format", "key", "n", "orientation", "seed", "width", "x"]
VALUES = st.sampled_from(
    ["0", "-1", "1e9", "7.0", "30", "%00", "%ff", "%C3%A9", "redirect", "url", "today", "", "a&b"]
)
BYTES = st.binary(max_size=60).map(lambda raw: raw.decode("latin-1"))
PATHS = st.one_of(
    st.sampled_from([*(path.replace("<id>", "0c5d7a1e9b3f2846") for path in ROUTES), "/p/x"]),
    BYTES.map("/photos/".__add__),
    BYTES.map("/".__add__),
)
QUERIES = st.one_of(
    BYTES,
    st.lists(st.tuples(st.sampled_from(PARAMETERS), VALUES), max_size=5).map(
        lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
    ),
)
METHODS = st.sampled_from(
    ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get", "BREW"]
)


def call(client, path, query="", method="GET", body=b"", headers=()):
    """Send what no client library would; bytes are Latin-1, as in WSGI."""
    environment = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "HTTP_X_API_KEY": KEY,
    } | dict(headers)
    return client.run_wsgi_app(environment)


def check(answer):
    """Hold an answer to the forms that the API has."""
    parts, status, headers = answer
    code, body = int(status.split()[0]), b"".join(parts)
    assert code < 500, body
    if headers.get("Content-Type", "").startswith("text/html"):
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        return
    assert headers.get("Content-Type") == FORMS.get(code, "application/problem+json")
    assert "Origin" in headers["Vary"]
    if body and code != 302:
        json.loads(body)
    if code >= 400 and body:
        assert json.loads(body)["status"] == code


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=PATHS, query=QUERIES, method=METHODS, body=st.binary(max_size=50), origin=BYTES)
def test_any_request_is_answered_in_a_form_of_the_api(client, path, query, method, body, origin):
    check(call(client, path, query, method, body, {"HTTP_ORIGIN": origin}))


@pytest.mark.parametrize(
    ("query", "name"),
    [
        *((f"count={value}", "count") for value in ("0", "-1", "1e9", "7.0", "%00", "%ff", "")),
        ("count=1&count=2", "count"),
        ("width=0&format=redirect", "width"),
        ("format=xml", "format"),
        ("seed=a&seed=a", "seed"),
        ("n=-1&deck=a", "n"),
    ],
)
def test_a_refusal_names_the_parameter(client, query, name):
    answer = client.get(f"/?{query}")

    assert answer.status_code == 400
    assert f"Give {name} once" in answer.json["detail"]


@pytest.mark.parametrize("path", ["/" + 100_000 * "a", "/photos/" + 100_000 * "a"])
def test_100_kilobytes_of_address_are_too_long(client, path):
    assert client.get(path).status_code == 414


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"7", b'"id"', b"null", b'{"id": 7}', b'{"id": null}', b"\xff", 9999 * b"["],
)
def test_a_view_of_nothing_is_refused(client, body):
    answer = client.post("/views", data=body)

    assert answer.status_code == 400
    assert '"id"' in answer.json["detail"]


def test_a_view_of_a_megabyte_is_refused(client):
    answer = client.post("/views", data=b'{"id": "' + 1_000_000 * b"a" + b'"}')

    assert answer.status_code == 400


@pytest.mark.parametrize("kind", [None, "text/plain", "application/json", "x/y", "nonsense"])
def test_a_view_may_have_any_content_type(client, kind):
    body = b'{"id": "3a91f0c2d4e5b687"}'

    assert client.post("/views", data=body, content_type=kind).status_code == 204


@pytest.mark.parametrize("path", ["/robots.txt", "/favicon.ico", "/photos/a%0Ab", "/a%0A"])
def test_what_the_framework_would_answer_in_html_is_a_problem_too(client, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_captions_of_all_kinds_come_back_as_they_are(storage, open_client):
    """A lone surrogate is no character, but JSON can hold it, and so can a catalog."""
    captions = ["</script>", "\u202eabc\u202c", "🎞️", 'a "b" \\c', "\u2028", "é\x00", "\ud800"]
    records = [make_record(n, caption=caption) for n, caption in enumerate(captions, 1)]
    lines = write_catalog(sorted(records[:-1], key=lambda one: one["id"]))
    storage.catalog = lines

    answered = open_client.get("/?count=30").json

    assert {photo["caption"] for photo in answered} == set(captions[:-1])


def test_a_lone_surrogate_in_a_caption_is_answered_as_its_escape(storage, open_client):
    catalog = write_catalog([make_record(1, caption="CAPTION")])
    storage.catalog = catalog.replace(b"CAPTION", rb"\ud800")

    answer = open_client.get("/")

    assert answer.status_code == 200
    assert json.loads(answer.data)["caption"] == "\ud800"


def test_a_gallery_of_none_says_so_and_is_healthy(storage, open_client):
    storage.catalog = write_catalog([])

    assert open_client.get("/").json["type"] == "urn:image-gallery:gallery-empty"
    assert open_client.get("/albums").json == []
    assert open_client.get("/health").json["photos"] == 0


def test_a_gallery_of_one_without_words_is_answered(storage, open_client):
    storage.catalog = write_catalog([make_record(1)])

    for query in ("", "?seed=a", "?deck=a&n=5", "?orientation=landscape"):
        photo = open_client.get(f"/{query}").json
        assert photo.keys() == {"id", "src", "width", "height", "srcSet", "alt"}
    assert len(open_client.get("/?count=30").json) == 1
    assert len(open_client.get("/?deck=a&count=3").json) == 3
