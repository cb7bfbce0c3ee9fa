"""The uploader: many calls in flight, a folder that has not changed, all cores on large photos."""

import hashlib
import io
import json
import os
import resource
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
from PIL import Image

from bench.counted import serving
from bench.instances import memory_of
from bench.rows import Row, Section, at_least, at_most
from uploader.folder.files import Stamp
from uploader.folder.index import Index
from uploader.folder.survey import survey
from uploader.render.pool import Pool
from uploader.render.renditions import WIDTHS, Inspection, Rendered, sizes_for
from uploader.sync.bucket import Bucket, connect
from uploader.sync.sync import Sync

__all__ = ["measure"]

_LATENCY = 0.06  # seconds a call
_SAMPLE = Path(__file__).parents[1] / "photos" / "outdoors" / "picos-de-europa.jpg"
_TEXT = (
    "Uploading: six renditions of 100 kB a photo, made beforehand, each call 60 ms; one after the"
    " other was timed over 100 calls. Unchanged: calls are counted by the local cloud. Large"
    " photos: {count} JPEGs of 12 megapixels by `./gallery sync`; memory is that of its"
    " processes together (PSS), and busy is what was not idle on {cores} cores, the local cloud"
    " included."
)


def measure(quick: bool) -> list[Section]:
    """Measure; fewer photos if `quick`."""
    large = 30 if quick else 200
    with tempfile.TemporaryDirectory() as name, serving(Path(name) / "cloud") as url:
        rows = (
            _uploading(url, Path(name), 400 if quick else 2_000),
            *_unchanged(url, Path(name), 2_000 if quick else 10_000),
            *_large(url, Path(name), large),
        )
    text = _TEXT.format(count=large, cores=os.cpu_count())
    return [Section(title="The uploader", text=text, columns=("measured",), rows=rows)]


class _Painter(Pool):
    """In place of the pool: any file is a photo of its own, rendered at once."""

    def __init__(self, size: tuple[int, int], weight: int) -> None:
        super().__init__()
        self._size, self._file = size, os.urandom(weight)
        self.opened = 0

    def inspect(self, path: Path, file_size: int) -> tuple[Inspection, Stamp]:
        """Answer without looking."""
        self.opened += 1
        status = path.stat()
        id_ = hashlib.sha256(str(path).encode()).hexdigest()[:16]
        stamp = (file_size, status.st_mtime_ns, status.st_ino)
        return Inspection(id_, self._size, {}), stamp

    def render(
        self, _path: Path, _id: str, size: tuple[int, int], *, widest: int = WIDTHS[-1]
    ) -> Rendered:
        """Answer without decoding."""
        self.opened += 1
        count = sum(width <= widest for width, _ in sizes_for(*size))
        return Rendered([self._file] * count, self._file, "AAAA")


def _uploading(url: str, folder: Path, count: int) -> Row:
    bucket = _bucket(url, "uploading")
    root = _folder(folder / "uploading", count)
    _ask(f"{url}/_delay", {"storage.objects.insert": _LATENCY})
    try:
        alone = _one_after_the_other(bucket, 100)
        started = time.perf_counter()
        with Index(root) as index, _Painter((4000, 3000), 100_000) as painter:
            sync = Sync(bucket, "bench", index, painter)
            outcome = sync.carry_out(sync.plan(survey(root, index, painter)))
        together = (time.perf_counter() - started) / outcome.files_sent
    finally:
        _ask(f"{url}/_delay", {})
    ratio = alone / together
    text = f"{1 / together:.0f} files/s against {1 / alone:.1f}: {ratio:.0f} times faster"
    return at_least(f"uploading {count:,} photos", (text,), ratio, 25)


def _one_after_the_other(bucket: Bucket, count: int) -> float:
    content = os.urandom(100_000)
    started = time.perf_counter()
    for number in range(count):
        bucket.write(f"alone/{number}", content, "image/webp", "no-cache", generation=0)
    return (time.perf_counter() - started) / count


def _unchanged(url: str, folder: Path, count: int) -> Iterator[Row]:
    bucket = _bucket(url, "unchanged")
    root = _folder(folder / "unchanged", count)
    with _Painter((300, 200), 1_000) as painter:
        for _ in range(2):
            painter.opened = 0
            _ask(f"{url}/_calls", verb="DELETE")
            started = time.process_time()
            with Index(root) as index:
                sync = Sync(bucket, "bench", index, painter)
                sync.carry_out(sync.plan(survey(root, index, painter)))
            seconds = time.process_time() - started
    calls = json.loads(_ask(f"{url}/_calls"))
    lists, others = calls.pop("storage.objects.list"), sum(calls.values())
    what = f"second sync of {count:,}"
    yield at_most(f"{what}: calls but lists", (f"{others}",), others, 1, " (the catalog)")
    yield at_most(
        f"{what}: lists", (f"{lists}",), lists, -(-2 * count // 1000)
    )  # of two files a photo
    yield at_most(f"{what}: photos opened", (f"{painter.opened}",), painter.opened, 0)
    yield Row(what=f"{what}: CPU time", figures=(f"{seconds:.1f} s",))


def _large(url: str, folder: Path, count: int) -> Iterator[Row]:
    _bucket(url, "large")
    root = folder / "large"
    _photographs(root, count)
    command = [sys.executable, "-m", "cli", "sync", str(root), "--bucket", "large"]
    environment = os.environ | {"STORAGE_EMULATOR_HOST": url}
    spent = _cpu_of_children()
    process = psutil.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    psutil.cpu_percent()  # of the machine, from now on
    most = 0.0
    while process.poll() is None:
        most = max(most, memory_of(process.pid))
        time.sleep(0.5)
    busy, cpu = psutil.cpu_percent(), _cpu_of_children() - spent
    what = f"{count:,} photos of 12 MP"
    yield Row(what=f"{what}: CPU time", figures=(f"{cpu / count:.2f} s a photo",))
    yield at_most(f"{what}: memory", (f"{most:.0f} MB",), most, 600, " MB")
    yield at_least(f"{what}: cores busy", (f"{busy:.0f} %",), busy, 85, " %")


def _photographs(root: Path, count: int) -> None:
    """Distinct pictures at the price of one: the colour profile belongs to the picture."""
    root.mkdir()
    out = io.BytesIO()
    with Image.open(_SAMPLE) as image:
        image.resize((4000, 3000)).save(out, "JPEG", quality=85)
    content = out.getvalue()
    for number in range(count):
        profile = b"ICC_PROFILE\0\1\1no profile, %d" % number
        segment = b"\xff\xe2" + struct.pack(">H", len(profile) + 2) + profile
        (root / f"{number:05}.jpg").write_bytes(content[:2] + segment + content[2:])


def _folder(root: Path, count: int) -> Path:
    root.mkdir()
    for number in range(count):
        (root / f"{number:05}.jpg").touch()
    return root


def _bucket(url: str, name: str) -> Bucket:
    _ask(f"{url}/storage/v1/b?project=p", {"name": name})
    return connect(name, endpoint=url)


def _ask(url: str, body: dict[str, Any] | None = None, verb: str | None = None) -> bytes:
    data = None if body is None else json.dumps(body).encode()
    kind = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, data, kind, method=verb)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return bytes(answer.read())


def _cpu_of_children() -> float:
    """CPU seconds of processes that have ended, and of theirs: no other program's work counts."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
