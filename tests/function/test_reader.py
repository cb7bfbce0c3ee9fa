"""The catalog is asked for once in 30 s, by one thread, and the last good one is kept."""

import json
import socket
import threading
import time

import pytest
from gallery_api import reader as reader_module
from gallery_api.errors import Problem
from gallery_api.reader import Reader

from .conftest import CONTRACT, make_records, write_catalog

GOLDEN = (CONTRACT / "catalog.jsonl").read_bytes()


class Clock:
    """Monotonic seconds, which go on by hand."""

    def __init__(self):
        self.skipped = 0.0

    def __call__(self):
        return time.monotonic() + self.skipped


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(reader_module, "monotonic", clock)
    return clock


@pytest.fixture
def reader(storage, clock):
    return Reader(storage.url)


@pytest.fixture
def told(capfd):
    """Read what the log was told of the catalog."""
    return lambda: [json.loads(line)["message"] for line in capfd.readouterr().out.splitlines()]


def refused(reader):
    with pytest.raises(Problem) as problem:
        reader.current()
    assert problem.value.status == 503
    return problem.value


def test_the_catalog_is_asked_for_once_in_30_seconds(reader, storage, clock):
    for _ in range(1000):
        reader.current()
    clock.skipped += 29
    reader.current()

    assert len(storage.asked) == 1
    clock.skipped += 2
    reader.current()
    assert len(storage.asked) == 2


def test_an_empty_gallery_is_asked_for_no_more_often(reader, storage, clock):
    """An empty catalog is a catalog, whatever its length."""
    storage.catalog = write_catalog([])
    for _ in range(6):
        assert len(reader.current()[0]) == 0
        clock.skipped += 7

    assert storage.asked == [None, storage.etag]
    assert reader.current()[1] is None


def test_the_question_is_conditional_and_an_unchanged_catalog_stays_the_same_object(
    reader, storage, clock
):
    first = reader.current()[0]
    clock.skipped += 31
    second = reader.current()

    assert storage.asked == [None, storage.etag]
    assert storage.read == 1
    assert second == (first, None)


def test_a_changed_catalog_is_there_after_30_seconds(reader, storage, clock):
    reader.current()
    storage.catalog = write_catalog(make_records(7))
    assert len(reader.current()[0]) == 4

    clock.skipped += 31

    assert len(reader.current()[0]) == 7


def test_200_first_requests_at_once_read_the_catalog_once(reader, storage):
    storage.delay = 0.3
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(reader.current()[0])) for _ in range(200)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(storage.asked) == 1
    assert len(found) == 200
    assert len(set(map(id, found))) == 1


def test_others_answer_from_the_old_while_one_asks(reader, storage, clock):
    reader.current()
    clock.skipped += 31
    storage.delay = 0.5
    asking = threading.Thread(target=reader.current)
    asking.start()
    time.sleep(0.1)

    started = time.monotonic()
    for _ in range(100):
        reader.current()
    passed = time.monotonic() - started
    asking.join()

    assert passed < 0.3
    assert len(storage.asked) == 2


@pytest.mark.parametrize("status", [403, 404, 500, 503, 302, 304, 206, 204])
def test_cold_with_storage_down_is_503_and_heals(reader, storage, clock, status):
    storage.status = status

    problem = refused(reader)

    assert problem.headers == {"Retry-After": "5"}
    assert str(status) in problem.body["detail"]
    storage.status = 200
    clock.skipped += 5.1
    assert len(reader.current()[0]) == 4


def test_cold_with_storage_down_is_not_asked_by_each_request(reader, storage):
    storage.status = 503
    for _ in range(50):
        refused(reader)

    assert len(storage.asked) == 1


def test_warm_with_storage_down_serves_the_last_good_one_as_stale(reader, storage, clock):
    good, age = reader.current()
    assert age is None
    storage.status = 503
    clock.skipped += 31

    assert reader.current() == (good, 31)
    clock.skipped += 10
    assert reader.current() == (good, 41)
    storage.status = 200
    clock.skipped += 31
    assert reader.current() == (good, None)


def test_trouble_is_told_once_and_again_after_it_healed(reader, storage, clock, told):
    reader.current()
    for status in (503, 503, 503, 200, 503):
        storage.status = status
        clock.skipped += 31
        reader.current()

    assert told() == 2 * ["catalog not read: storage answered 503"]


def test_trouble_is_an_error_for_google(reader, storage, capfd):
    storage.status = 503
    refused(reader)

    assert json.loads(capfd.readouterr().out)["severity"] == "ERROR"


DOUBTFUL = {
    "cut off in the file": GOLDEN[:-40],
    "corrupt": GOLDEN.replace(b'"recipe"', b'"recipe\xff'),
    "out of order": write_catalog(make_records(5)[::-1]),
    "newer": GOLDEN.replace(b'"catalog":1', b'"catalog":2'),
    "no catalog": b"<html>sign in</html>",
    "a side of 400 digits": write_catalog([make_records(1)[0] | {"sizes": [[400, 10**400]]}]),
}


@pytest.mark.parametrize("text", DOUBTFUL.values(), ids=DOUBTFUL)
def test_a_doubtful_catalog_is_refused_and_told_once(reader, storage, clock, told, text):
    good = reader.current()[0]
    storage.catalog = text
    for _ in range(3):
        clock.skipped += 31
        assert reader.current()[0] is good
        assert reader.current()[1] is not None

    assert len(told()) == 1
    storage.catalog = write_catalog(make_records(3))
    clock.skipped += 31
    assert len(reader.current()[0]) == 3
    assert reader.current()[1] is None


@pytest.mark.parametrize("text", DOUBTFUL.values(), ids=DOUBTFUL)
def test_cold_with_a_doubtful_catalog_is_503_and_heals(reader, storage, clock, text):
    storage.catalog = text
    for _ in range(2):
        refused(reader)
        clock.skipped += 5.1

    storage.catalog = GOLDEN
    assert len(reader.current()[0]) == 4


def test_a_catalog_cut_off_on_its_way_is_refused_and_read_again(reader, storage, clock):
    reader.current()
    storage.catalog = write_catalog(make_records(100))
    storage.cut = 200
    clock.skipped += 31
    assert len(reader.current()[0]) == 4

    storage.cut = 0
    clock.skipped += 31

    assert len(reader.current()[0]) == 100


def test_a_catalog_that_is_too_large_is_refused(reader, storage, clock, monkeypatch, told):
    reader.current()
    storage.catalog = write_catalog(make_records(100))
    monkeypatch.setattr(reader_module, "_MOST_BYTES", 1000)
    clock.skipped += 31

    assert len(reader.current()[0]) == 4
    assert told() == ["catalog not read: the catalog has more than 1000 bytes"]


def test_a_question_that_is_not_answered_is_given_up_after_a_second(reader, storage, clock):
    reader.current()
    storage.delay = 5
    clock.skipped += 31

    started = time.monotonic()
    assert reader.current()[1] is not None
    assert time.monotonic() - started < 2.5


def drip(answers, pause):
    """Serve bytes one by one to one client; return the port."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        connection, _ = server.accept()
        with server, connection:
            connection.recv(65536)
            try:
                for byte in answers:
                    connection.sendall(bytes([byte]))
                    time.sleep(pause)
            except OSError:
                pass

    threading.Thread(target=serve, daemon=True).start()
    return server.getsockname()[1]


def test_an_answer_that_comes_in_drops_is_given_up_as_well():
    """Each drop would start the time limit of a socket anew."""
    reader = Reader(f"http://127.0.0.1:{drip(b'HTTP/1.1 200 OK' * 10, 0.1)}/gallery")

    started = time.monotonic()
    refused(reader)
    assert time.monotonic() - started < 4.5


def test_a_body_that_comes_in_drops_is_given_up_as_well(monkeypatch):
    monkeypatch.setattr(reader_module, "_READING", 1)
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + 1000 * b"x"
    reader = Reader(f"http://127.0.0.1:{drip(answer, 0.01)}/gallery")

    started = time.monotonic()
    refused(reader)
    assert time.monotonic() - started < 3


def test_whatever_breaks_while_a_catalog_is_read_is_a_refused_catalog(
    reader, storage, clock, monkeypatch, told
):
    good = reader.current()[0]

    def fail(text):
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(reader_module, "Catalog", fail)
    storage.catalog = write_catalog(make_records(3))
    clock.skipped += 31

    assert reader.current()[0] is good
    assert told() == ["catalog not read: storage fails: RuntimeError"]
    asked = len(storage.asked)
    reader.current()
    assert len(storage.asked) == asked


def test_answers_that_come_in_drops_leave_the_threads_free(storage, clock, monkeypatch):
    """Six of them, where four threads ask: each is hung up on, so that a sound answer is heard."""
    monkeypatch.setattr(reader_module, "_FIRST_QUESTION", 0.2)
    reader = Reader("http://127.0.0.1:1/gallery")
    for _ in range(6):
        port = drip(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000, 0.05)
        reader._url = f"http://127.0.0.1:{port}/gallery/catalog.jsonl"
        refused(reader)
        clock.skipped += 6

    monkeypatch.setattr(reader_module, "_FIRST_QUESTION", 3)
    reader._url = f"{storage.url}/catalog.jsonl"
    assert len(reader.current()[0]) == 4


@pytest.mark.parametrize("address", ["", "gallery.example", "http://127.0.0.1:1/x", "http://[::"])
def test_a_base_url_that_leads_nowhere_is_503(address):
    refused(Reader(address))


def test_no_connection_is_left_open(reader, storage, clock):
    """Warnings are errors here, and an unclosed socket is a warning."""
    for status in (200, 503, 200):
        storage.status = status
        clock.skipped += 31
        reader.current()
