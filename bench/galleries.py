"""Galleries of several sizes on a local cloud of the bench's own, and functions that read them.

For the baseline, a bucket `listed-<size>` with one object per photo; for us, a bucket
`gallery-<size>` with the catalog. The objects are written into the local cloud's records while it
is stopped: a hundred thousand uploads would take longer than all that is measured.
"""

import base64
import hashlib
import json
import random
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from google.auth.credentials import AnonymousCredentials
from google.cloud import storage  # type: ignore[attr-defined]  # a namespace package

from bench import counted
from bench.instances import Instance
from local.cloud import server
from local.cloud.store import Store

__all__ = ["PATH", "Field", "field", "put_catalog", "write_catalog"]

PATH = "/?key=bench-key"  # the others take no notice of the key
_ROOT = Path(__file__).parents[1]
_SOURCES = {
    "baseline": _ROOT / "bench" / "baseline" / "main.py",
    "ours": _ROOT / "function" / "main.py",
    "constant": _ROOT / "bench" / "constant" / "main.py",
}

_SIZES = [[400, 267], [800, 534], [1200, 800], [1600, 1067], [2560, 1707]]
_FACTS = {"source": "stack", "recipe": "v2", "license": "CC-BY-4.0", "jpeg": [1200, 800]}


class Field:
    """Starts instances, and counts what they ask of storage."""

    def __init__(self, url: str, folder: Path, ends: ExitStack) -> None:
        self.url = url
        self._folder, self._ends, self._started = folder, ends, 0

    def start(self, kind: str, size: int) -> Instance:
        """Start an instance of `baseline`, `ours` or `constant`; it ends with the field."""
        self._started += 1
        environment = {
            "STORAGE_EMULATOR_HOST": self.url,
            "DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA": "true",
            "BUCKET": f"listed-{size}",
            "GALLERY_BASE_URL": f"{self.url}/gallery-{size}",
            "GALLERY_API_KEYS": "bench-key",
        }
        instance = Instance(_SOURCES[kind], environment, self._folder / f"log-{self._started}")
        self._ends.callback(instance.stop)
        return instance

    def calls(self) -> dict[str, int]:
        """Return how often each method of storage was called, and count from nothing again."""
        with urllib.request.urlopen(f"{self.url}/_calls", timeout=10) as answer:
            calls: dict[str, int] = json.load(answer)
        forget = urllib.request.Request(f"{self.url}/_calls", method="DELETE")
        urllib.request.urlopen(forget, timeout=10).close()
        return calls


@contextmanager
def field(sizes: tuple[int, ...]) -> Iterator[Field]:
    """Serve galleries of these sizes, and end all that was started."""
    with TemporaryDirectory() as name, ExitStack() as ends:
        url = ends.enter_context(_serving(Path(name) / "cloud", sizes))
        yield Field(url, Path(name), ends)


@contextmanager
def _serving(folder: Path, sizes: tuple[int, ...]) -> Iterator[str]:
    """Serve galleries of these sizes; yield the local cloud's address."""
    client = _client(server.start(folder, 0).url)
    try:
        for size in sizes:
            for kind in ("listed", "gallery"):
                bucket = client.create_bucket(f"{kind}-{size}")
                policy = bucket.get_iam_policy(requested_policy_version=3)
                role = "roles/storage.objectViewer"
                policy.bindings.append({"role": role, "members": ["allUsers"]})
                bucket.set_iam_policy(policy)
            put_catalog(client.api_endpoint, size, write_catalog(size))
        client.bucket(f"listed-{sizes[0]}").blob("template.webp").upload_from_string(
            b"a photo", content_type="image/webp"
        )
    finally:
        server.stop(folder)
    _multiply(folder, sizes)
    with counted.serving(folder) as url:
        yield url


def put_catalog(url: str, size: int, text: bytes) -> None:
    """Publish a catalog."""
    blob = _client(url).bucket(f"gallery-{size}").blob("catalog.jsonl")
    blob.cache_control = "no-cache"
    blob.upload_from_string(text, content_type="application/x-ndjson")


def write_catalog(size: int, caption: str = "Above the village, before the snow") -> bytes:
    """Write a catalog of about 350 bytes a photo, in a dozen albums."""
    draw = random.Random(size)
    records = sorted((_record(number, caption, draw) for number in range(size)), key=_id)
    lines: list[dict[str, Any]] = [{"catalog": 1, "count": size}, *records]
    return "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines).encode()


def _id(record: dict[str, Any]) -> str:
    return str(record["id"])


def _record(number: int, caption: str, draw: random.Random) -> dict[str, Any]:
    return _FACTS | {
        "id": hashlib.sha256(b"%d" % number).hexdigest()[:16],
        "sizes": _SIZES,
        "alt": f"A mountain, number {number}",
        "caption": f"{caption} ({number})",
        "album": f"album {number % 12}",
        "date": f"{1990 + number % 30}-{number % 12 + 1:02}-{number % 28 + 1:02}",
        "placeholder": base64.b64encode(draw.randbytes(21)).decode(),
    }


def _multiply(folder: Path, sizes: tuple[int, ...]) -> None:
    """Make as many objects of one as each bucket is to have; they share its bytes."""
    store = Store(folder / "records.sqlite")
    sql = "SELECT * FROM objects WHERE name = 'template.webp'"
    bucket, template, *rest = store.rows(sql)[0]
    insert = f"INSERT INTO objects VALUES ({', '.join('?' * (2 + len(rest)))})"
    with store.transaction():
        store.run("DELETE FROM objects WHERE bucket = ? AND name = ?", bucket, template)
        for size in sizes:
            for number in range(size):
                store.run(insert, f"listed-{size}", f"IMG_{number:06}.webp", *rest)
    store.close()


def _client(url: str) -> storage.Client:
    return storage.Client(
        project="local-project",
        credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]  # google-auth has none
        client_options={"api_endpoint": url},
    )
