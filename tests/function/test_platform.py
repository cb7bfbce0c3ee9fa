"""The function as a process of its own, under the framework's server, as the platform runs it."""

import json
import signal
import socket
import threading
import time

import pytest

from .conftest import KEY, ROOT, make_records, write_catalog

PATH = f"/?key={KEY}"
# The function, but for how often it asks for its catalog.
HURRIED = """
import sys
sys.path.insert(0, {folder!r})
import gallery_api.reader
gallery_api.reader._FRESH = {seconds}
exec(open({source!r}).read())
"""


@pytest.fixture
def hurried(tmp_path):
    """Return the source of a function that asks for its catalog every so many seconds."""

    def write(seconds):
        folder = ROOT / "function"
        source = tmp_path / "hurried.py"
        text = HURRIED.format(folder=str(folder), source=str(folder / "main.py"), seconds=seconds)
        source.write_text(text)
        return source

    return write


class Load:
    """Callers that ask one request after the other, and keep what they were answered."""

    def __init__(self, instance, callers=6, path=PATH):
        self.answers, self._path = [], path
        self._ended = threading.Event()
        self._threads = [
            threading.Thread(target=self._call, args=(instance,)) for _ in range(callers)
        ]

    def _call(self, instance):
        while not self._ended.is_set():
            try:
                self.answers.append(instance.get(self._path))
            except OSError as error:
                self.answers.append((0, repr(error)))

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def failed(self):
        return [answer for answer in self.answers if answer[0] != 200]


def at_once(instance, count):
    """Send so many requests at the same time; return their statuses and the seconds it took."""
    ready, statuses = threading.Barrier(count), []

    def call():
        ready.wait()
        statuses.append(instance.get(PATH)[0])

    threads = [threading.Thread(target=call) for _ in range(count)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses, time.monotonic() - started


def test_it_answers_and_logs_one_line(start_instance):
    instance = start_instance()

    status, body = instance.get(PATH)

    assert status == 200
    hits = [line for line in instance.lines() if line["event"] == "hit"]
    assert [line["photos"] for line in hits] == [[json.loads(body)["id"]]]


def test_it_imports_no_storage_client(start_instance):
    """A cold start has no time for google.cloud.storage, nor for requests."""
    instance = start_instance(PYTHONPROFILEIMPORTTIME="1")

    assert instance.get("/health")[0] == 200
    log = instance.log.read_text()
    assert "import time" in log
    for heavy in ("google.cloud.storage", "requests", "aiohttp", "grpc"):
        assert f" {heavy}\n" not in log


def test_200_first_requests_at_once_read_the_catalog_once(start_instance, storage):
    instance = start_instance(THREADS="80")
    storage.delay = 1.0

    statuses, _ = at_once(instance, 200)

    assert statuses == 200 * [200]
    assert len(storage.asked) == 1


def test_80_requests_wait_side_by_side_on_one_instance(start_instance, storage):
    """One after the other they would take as many times the second that storage takes."""
    instance = start_instance(THREADS="80")
    storage.delay = 1.0

    statuses, seconds = at_once(instance, 80)

    assert statuses == 80 * [200]
    assert seconds < 10


def test_cold_with_storage_down_is_503_and_heals_by_itself(start_instance, storage):
    instance = start_instance()
    storage.status = 503

    status, body = instance.get(PATH)
    health, _ = instance.get("/health")

    assert (status, health) == (503, 503)
    assert json.loads(body)["type"] == "urn:image-gallery:catalog-unavailable"
    storage.status = 200
    time.sleep(5.2)
    assert instance.get(PATH)[0] == 200


def test_sigterm_finishes_what_is_in_flight(start_instance, storage):
    instance = start_instance()
    storage.delay = 2.0
    answers = []
    caller = threading.Thread(target=lambda: answers.append(instance.get(PATH)[0]))
    caller.start()
    while not storage.asked:
        time.sleep(0.01)

    instance.process.send_signal(signal.SIGTERM)
    caller.join()

    assert answers == [200]
    assert instance.process.wait(10) == 0


@pytest.mark.deep
def test_no_request_fails_while_storage_is_down_for_a_minute(start_instance, storage):
    instance = start_instance(THREADS="80")
    with Load(instance) as load:
        time.sleep(2)
        storage.status = 503
        time.sleep(62)
        storage.status = 200
        time.sleep(2)

    assert load.failed() == []
    assert len(load.answers) > 1000
    assert 3 <= len(storage.asked) <= 4
    stale = [line["stale"] for line in instance.lines() if line["event"] == "hit"]
    assert True in stale
    assert stale.count(False) > 0


@pytest.mark.deep
def test_50_catalogs_swapped_under_load_tear_no_answer(start_instance, storage, hurried):
    """Every photo's caption names its catalog, and so does each that comes with it."""
    records = make_records(500)

    def publish(number):
        storage.catalog = write_catalog([one | {"caption": f"{number}"} for one in records])

    publish(0)
    instance = start_instance(source=hurried(0.1), THREADS="80")
    with Load(instance, path=f"{PATH}&count=30") as load:
        for number in range(1, 51):
            publish(number)
            time.sleep(0.4)

    assert load.failed() == []
    captions = [{photo["caption"] for photo in json.loads(body)} for _, body in load.answers]
    assert all(len(together) == 1 for together in captions)
    assert len(set.union(*captions)) > 40


@pytest.mark.deep
def test_doubtful_catalogs_under_load_are_refused_and_no_answer_fails(
    start_instance, storage, hurried
):
    good = storage.catalog
    instance = start_instance(source=hurried(0.1), THREADS="80")
    with Load(instance) as load:
        time.sleep(1)
        for number in range(20):
            storage.catalog = good[: 100 + 40 * number] if number % 2 else good
            storage.cut = 50 if number % 3 else 0
            time.sleep(0.3)

    assert load.failed() == []
    assert len(storage.asked) > 10
    assert {json.loads(body)["id"] for _, body in load.answers} <= {
        json.loads(line)["id"] for line in good.splitlines()[1:]
    }


@pytest.mark.parametrize(
    "chunk", [b"zz\r\nnonsense\r\n", b"-1\r\n", b"5\r\n{\r\n0\r\n\r\n", b"\xff\r\n"]
)
def test_a_malformed_chunked_body_is_a_problem_and_no_traceback(start_instance, chunk):
    instance = start_instance()
    head = f"POST /views?key={KEY} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
    with socket.create_connection(("127.0.0.1", instance.port), 20) as connection:
        connection.sendall(head.encode() + b"Connection: close\r\n\r\n" + chunk)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.makefile("rb").read()

    assert answer.split()[1] == b"400"
    assert b"application/problem+json" in answer
    assert "Traceback" not in instance.log.read_text()
