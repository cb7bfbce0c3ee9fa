"""Galleries of several sizes on a local cloud of the bench's own.

For the baseline, a bucket `listed-<size>` with one object per photo; for us, a bucket
`gallery-<size>` with the catalog. The objects are written into the local cloud's records while it
is stopped: a hundred thousand uploads would take longer than all that is measured.
"""

import base64
import hashlib
import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from google.auth.credentials import AnonymousCredentials
from google.cloud import storage  # type: ignore[attr-defined]  # a namespace package

from bench import counted
from local.cloud import server
from local.cloud.store import Store

__all__ = ["put_catalog", "serving", "write_catalog"]

_SIZES = [[400, 267], [800, 534], [1600, 1067], [2560, 1707]]
_WORDS = {"source": "stack", "recipe": "v1", "date": "2017-08", "license": "CC-BY-4.0"}


@contextmanager
def serving(folder: Path, sizes: tuple[int, ...]) -> Iterator[str]:
    """Serve galleries of these sizes; yield the local cloud's address."""
    client = _client(server.start(folder, 0)["url"])
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
    return _WORDS | {
        "id": hashlib.sha256(b"%d" % number).hexdigest()[:16],
        "sizes": _SIZES,
        "alt": f"A mountain, number {number}",
        "caption": f"{caption} ({number})",
        "album": f"album {number % 12}",
        "placeholder": base64.b64encode(draw.randbytes(21)).decode(),
    }


def _multiply(folder: Path, sizes: tuple[int, ...]) -> None:
    """Make as many objects of one as each bucket is to have; they share its bytes."""
    store = Store(folder / "records.sqlite")
    sql = "SELECT * FROM objects WHERE name = 'template.webp'"
    bucket, template, *rest = store.rows(sql)[0]
    with store.transaction():
        store.run("DELETE FROM objects WHERE bucket = ? AND name = ?", bucket, template)
        for size in sizes:
            for number in range(size):
                name = f"IMG_{number:06}.webp"
                store.run(
                    "INSERT INTO objects VALUES (?, ?, ?, ?, ?, ?, ?)",
                    f"listed-{size}",
                    name,
                    *rest,
                )
    store.close()


def _client(url: str) -> storage.Client:
    return storage.Client(
        project="local-project",
        credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]  # google-auth has none
        client_options={"api_endpoint": url},
    )
