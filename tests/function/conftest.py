"""A storage service that hands out one catalog, and the function as the platform loads it."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import functions_framework
import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "function" / "main.py"
CONTRACT = ROOT / "tests" / "contract"
KEY = "sample-key"


class Storage:
    """Hands out `catalog` at /gallery/catalog.jsonl; its faults are attributes."""

    def __init__(self):
        self.catalog = (CONTRACT / "catalog.jsonl").read_bytes()
        self.status = 200
        self.delay = 0.0  # seconds before each answer
        self.cut = 0  # bytes that the body lacks
        self.asked = []  # the If-None-Match of each question
        self.read = 0  # bodies sent
        storage = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                storage.answer(self)

            def log_message(self, *arguments):
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 256

            def handle_error(self, request, client_address):
                pass  # clients that gave up are part of the tests

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/gallery"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def etag(self):
        return f'"{hash(self.catalog):x}"'

    def answer(self, handler):
        self.asked.append(handler.headers.get("If-None-Match"))
        time.sleep(self.delay)
        unchanged = self.status == 200 and self.asked[-1] == self.etag
        body = self.catalog if self.status == 200 and not unchanged else b""
        handler.send_response(304 if unchanged else self.status)
        handler.send_header("ETag", self.etag)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        self.read += bool(body)
        handler.wfile.write(body[: len(body) - self.cut])

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def write_catalog(records):
    """Return a catalog of these records, as an uploader would write it."""
    lines = [{"catalog": 1, "count": len(records)}, *records]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def make_record(number, **words):
    """Return a record whose id spreads over the ring as a hash would."""
    identity = f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}"
    sizes = [[400, 267], [800, 534]]
    return {"id": identity, "source": "stack", "recipe": "v1", "sizes": sizes, "alt": ""} | words


def make_records(count, **words):
    """Return so many records in the catalog's order."""
    records = [make_record(number, **words) for number in range(1, count + 1)]
    return sorted(records, key=lambda record: record["id"])


@pytest.fixture
def storage():
    """A storage service with the contract's catalog."""
    service = Storage()
    yield service
    service.stop()


@pytest.fixture
def environment(storage):
    """The function's environment, as the stack declares it."""
    return {
        "GALLERY_BASE_URL": storage.url,
        "GALLERY_API_KEYS": f"{KEY}\nsecond-key",
        "GALLERY_ALLOWED_ORIGINS": "https://blog.example\nhttps://shop.example",
        "GALLERY_REQUIRE_KEY": "true",
    }


@pytest.fixture
def make_client(environment, monkeypatch):
    """Load the function as the framework does, with other settings if wanted."""

    def load(**changes):
        for name, value in (environment | changes).items():
            monkeypatch.setenv(name, value)
        return functions_framework.create_app("choose_image", str(SOURCE)).test_client()

    return load


@pytest.fixture
def client(make_client):
    """The function, and a key for every request."""
    client = make_client()
    client.environ_base["HTTP_X_API_KEY"] = KEY
    return client


@pytest.fixture
def open_client(make_client):
    """The function that asks for no key."""
    return make_client(GALLERY_REQUIRE_KEY="false")


class Instance:
    """The function as a process of its own under the framework's server."""

    def __init__(self, environment, log, source=SOURCE):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        inherited = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        command = [sys.executable, "-m", "functions_framework", "--target", "choose_image"]
        with log.open("wb") as stdout:
            self.process = subprocess.Popen(
                [
                    *command,
                    "--source",
                    str(source),
                    "--host",
                    "127.0.0.1",
                    "--port",
                    str(self.port),
                ],
                env=inherited | environment,
                stdout=stdout,
                stderr=subprocess.STDOUT,
            )

    def wait(self, seconds=20):
        """Wait until it listens."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return self
        raise TimeoutError(self.log.read_text())

    def get(self, path, **headers):
        """Return status and body of one request."""
        request = urllib.request.Request(self.url + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def lines(self):
        """Return the log's JSON lines."""
        lines = self.log.read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def stop(self):
        """End it, and wait."""
        self.process.terminate()
        self.process.wait(40)


@pytest.fixture
def start_instance(environment, tmp_path):
    """Start instances of the function; they end with the test."""
    started = []

    def start(source=SOURCE, **changes):
        log = tmp_path / f"log-{len(started)}.jsonl"
        instance = Instance(environment | changes, log, source)
        started.append(instance)
        return instance.wait()

    yield start
    for instance in started:
        instance.stop()
