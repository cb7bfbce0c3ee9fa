"""One line a hit and a view, as the contract has it, and nothing about the visitor."""

import json

import pytest

from .conftest import CONTRACT, KEY

HIT, VIEW = json.loads((CONTRACT / "hit.json").read_text())
BLOG = {"Origin": "https://blog.example"}


@pytest.fixture
def lines(capfd):
    """Read the log lines so far, those of the catalog aside."""

    def read():
        lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
        return [line for line in lines if line["event"] != "catalog"]

    return read


def kinds(line):
    return {name: type(value) for name, value in line.items()}


def test_a_hit_is_logged_as_the_contract_has_it(client, lines):
    photo = client.get("/?album=mountains", headers=BLOG).json

    [line] = lines()
    assert kinds(line) == kinds(HIT)
    assert line | {"ms": HIT["ms"]} == HIT
    assert line["photos"] == [photo["id"]]


def test_a_view_is_logged_as_the_contract_has_it(client, lines):
    answer = client.post("/views", json={"id": VIEW["photos"][0]}, headers=BLOG)

    assert answer.status_code == 204
    [line] = lines()
    assert kinds(line) == kinds(VIEW)
    assert line | {"ms": VIEW["ms"]} == VIEW


def test_the_doctors_own_questions_leave_no_line(client, lines):
    client.get("/", headers={"X-Gallery-Check": "1"})

    assert lines() == []


def test_what_is_unknown_is_left_out(client, lines):
    client.get("/")

    [line] = lines()
    assert line.keys() == HIT.keys() - {"album", "origin"}


def test_a_refusal_is_a_line_without_photos(client, lines):
    client.get("/?count=0")

    [line] = lines()
    assert (line["status"], line["photos"]) == (400, [])


@pytest.fixture
def clock(monkeypatch):
    """Seconds that go on by hand."""
    clock = [1000.0]
    monkeypatch.setattr("gallery_api.log.monotonic", lambda: clock[0])
    return clock


def test_calls_without_a_valid_key_are_counted_and_not_logged_one_by_one(make_client, clock, lines):
    client = make_client()
    for _ in range(50):
        assert client.get("/?key=guess").status_code == 401
        assert client.post("/views", json={"id": "x"}).status_code == 401

    assert lines() == [
        {"severity": "INFO", "message": "calls without a valid key: 1",
         "event": "unauthorized", "count": 1}
    ]  # fmt: skip
    clock[0] += 61
    client.get("/")
    assert [line["count"] for line in lines()] == [100]


def test_a_function_without_keys_writes_no_line_for_each_stranger(make_client, clock, lines):
    client = make_client(GALLERY_API_KEYS="")
    for _ in range(50):
        assert client.get("/").status_code == 503

    assert len(lines()) == 1


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH"])
def test_a_stranger_with_another_method_leaves_no_line(make_client, lines, method):
    make_client().open("/", method=method)

    assert lines() == []


def test_a_page_of_the_list_is_a_hit_that_names_no_photo(client, lines):
    client.get("/photos?album=people")

    [line] = lines()
    assert (line["event"], line["photos"], line["album"]) == ("hit", [], "people")


def test_an_unchanged_answer_is_a_hit(client, lines):
    etag = client.get("/albums").headers["ETag"]
    client.get("/albums", headers={"If-None-Match": etag})

    assert [(line["event"], line["status"]) for line in lines()] == [("hit", 200), ("hit", 304)]


@pytest.mark.parametrize("path", ["/health", "/openapi.json", "/nothing", "/p/x"])
def test_what_is_no_hit_leaves_no_line(client, lines, path):
    client.get(path)

    assert lines() == []


def test_a_preflight_leaves_no_line(client, lines):
    client.options("/")

    assert lines() == []


def test_an_answer_to_head_sends_no_photo(client, lines):
    client.head("/")

    [line] = lines()
    assert line["photos"] == []


def test_a_trace_is_passed_on(client, lines):
    client.get("/", headers={"X-Cloud-Trace-Context": f"{7:032x}/1;o=1"})

    [line] = lines()
    assert line["logging.googleapis.com/trace"] == f"{7:032x}"


def test_no_line_tells_of_the_visitor(client, lines):
    visitor = {
        "User-Agent": "Visitor/1",
        "X-Forwarded-For": "192.0.2.7",
        "Referer": "https://a.example/b",
    }

    client.get(f"/?key={KEY}&album=secret-words&seed=more-words", headers=visitor)
    client.get("/?key=wrong-key", headers=visitor | {"x-api-key": ""})
    client.get("/?format=odd", headers=visitor | {"Origin": "https://a.example/b?c"})

    told = json.dumps(lines())
    for trace in (KEY, "wrong-key", "Visitor", "192.0.2.7", "a.example", "secret", "more", "odd"):
        assert trace not in told
