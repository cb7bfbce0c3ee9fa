"""The local cloud at two sizes of a bucket: what a page and an upload cost, and its memory."""

import json
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from bench.rows import Row, Section, at_most
from local.cloud import server as process
from local.cloud.store import Store

__all__ = ["main", "measure"]

_SMALL, _LARGE = 2_000, 100_000
_TITLE = "The local cloud"
_TEXT = (
    "One server holds both buckets; a page is a thousand objects from the middle, an upload 20 kB."
    " Medians, the two sizes in turns. The objects were written into its records while it was"
    " stopped. Memory is the highest of the run."
)


def measure(quick: bool) -> list[Section]:
    """Measure; half the pages and uploads if `quick`."""
    count = 100 if quick else 200
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _fill(folder)
        server = process.start(folder, 0)
        try:
            url = str(server["url"])
            rows = (
                _row("page of 1,000", lambda bucket: _page(url, bucket), count // 5),
                _row("upload", lambda bucket: _upload(url, bucket), count),
                _memory(int(server["pid"])),
            )
        finally:
            process.stop(folder)
    columns = tuple(f"{size:,} objects" for size in (_SMALL, _LARGE))
    return [Section(title=_TITLE, text=_TEXT, columns=(*columns, "ratio"), rows=rows)]


def _fill(folder: Path) -> None:
    """Two buckets, full of copies of one object."""
    url = str(process.start(folder, 0)["url"])
    for size in (_SMALL, _LARGE):
        body = json.dumps({"name": f"bucket-{size}"}).encode()
        _ask(f"{url}/storage/v1/b?project=p", "POST", body)
    _upload(url, _SMALL)
    process.stop(folder)
    store = Store(folder / "records.sqlite")
    template = store.rows("SELECT * FROM objects")[0][2:]
    with store.transaction():
        store.run("DELETE FROM objects")
        for size in (_SMALL, _LARGE):
            for number in range(size):
                row = (f"bucket-{size}", f"photos/v1/{number:08}-400.webp", *template)
                store.run("INSERT INTO objects VALUES (?, ?, ?, ?, ?, ?, ?)", *row)
    store.close()


def _row(what: str, call: Callable[[int], None], count: int) -> Row:
    seconds: dict[int, list[float]] = {_SMALL: [], _LARGE: []}
    for size in [_SMALL, _LARGE] * count:
        started = time.perf_counter()
        call(size)
        seconds[size].append(time.perf_counter() - started)
    small, large = (statistics.median(seconds[size]) * 1000 for size in (_SMALL, _LARGE))
    figures = (f"{small:.1f} ms", f"{large:.1f} ms", f"{large / small:.2f}")
    return at_most(what, figures, large / small, 1.5)


def _page(url: str, size: int) -> None:
    middle = f"photos/v1/{size // 2:08}"
    _ask(f"{url}/storage/v1/b/bucket-{size}/o?maxResults=1000&startOffset={middle}")


def _upload(url: str, size: int) -> None:
    name = f"photos/v1/{time.time_ns() % size:08}-800.webp"
    path = f"{url}/upload/storage/v1/b/bucket-{size}/o?uploadType=media&name={name}"
    _ask(path, "POST", b"photo" * 4000)


def _ask(url: str, verb: str = "GET", body: bytes | None = None) -> None:
    kind = {"Content-Type": "application/json" if b"{" in (body or b"") else "image/webp"}
    request = urllib.request.Request(url, body, kind, method=verb)
    with urllib.request.urlopen(request, timeout=60) as answer:
        answer.read()


def _memory(pid: int) -> Row:
    """The most that the server held in memory; Linux says so."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    megabytes = int(kilobytes) / 1024
    return at_most("memory", ("", f"{megabytes:.0f} MB", ""), megabytes, 250, " MB")


def main() -> None:
    """Print the rows."""
    for section in measure(quick=False):
        print(section.markdown())  # noqa: T201 run by hand


if __name__ == "__main__":
    main()
