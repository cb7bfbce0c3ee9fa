"""The field: instances of the compared functions, and the local cloud that they all ask."""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.galleries import serving
from bench.instances import Instance

__all__ = ["PATH", "Field", "field"]

PATH = "/?key=bench-key"  # the others take no notice of the key
_ROOT = Path(__file__).parents[1]
_SOURCES = {
    "baseline": _ROOT / "bench" / "baseline" / "main.py",
    "ours": _ROOT / "function" / "main.py",
    "constant": _ROOT / "bench" / "constant" / "main.py",
}


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
        log = self._folder / f"log-{self._started}"
        instance = Instance(_SOURCES[kind], environment, log)
        self._ends.callback(instance.stop)
        return instance

    def calls(self) -> dict[str, int]:
        """Return how often each method of storage was called, and count from nothing again."""
        address = f"{self.url}/_calls"
        with urllib.request.urlopen(address, timeout=10) as answer:
            calls: dict[str, int] = json.load(answer)
        forget = urllib.request.Request(address, method="DELETE")
        urllib.request.urlopen(forget, timeout=10).close()
        return calls


@contextmanager
def field(sizes: tuple[int, ...]) -> Iterator[Field]:
    """Serve galleries of these sizes, and end all that was started."""
    with (
        TemporaryDirectory() as name,
        serving(Path(name) / "cloud", sizes) as url,
        ExitStack() as ends,
    ):
        yield Field(url, Path(name), ends)
