"""The bytes of objects, one file each, named at random and never changed.

Bytes are first received below `incoming/`, then moved to where records point at. A record is
written after its file is complete, so no reader meets a torn one; what a killed server left
without a record is removed by `sweep()` at the next start.
"""

import base64
import hashlib
import os
import uuid
from pathlib import Path

import google_crc32c

__all__ = ["Blobs", "digest_of"]

_BLOCK = 256 * 1024


class Blobs:
    """Files below one folder."""

    def __init__(self, folder: Path) -> None:
        self._kept, self._incoming = folder / "blobs", folder / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)
        for number in range(256):
            (self._kept / f"{number:02x}").mkdir(parents=True, exist_ok=True)

    def path(self, blob: str) -> Path:
        """Where the bytes of a blob are."""
        return self._kept / blob[:2] / blob

    def incoming(self, name: str = "") -> Path:
        """The file of bytes that are on their way; without a name, a new one."""
        path = self._incoming / (name or uuid.uuid4().hex)
        if not name:
            path.touch()
        return path

    def keep(self, path: Path) -> str:
        """Make received bytes permanent; the blob's name."""
        with path.open("rb") as file:
            os.fsync(file.fileno())
        blob = uuid.uuid4().hex
        path.replace(self.path(blob))
        return blob

    def remove(self, blob: str) -> None:
        """Forget the bytes; a reader who has them open reads on."""
        self.path(blob).unlink(missing_ok=True)

    def sweep(self, named: set[str]) -> None:
        """Remove every file that no record names."""
        for path in (*self._kept.glob("*/*"), *self._incoming.glob("*")):
            if path.name not in named:
                path.unlink()


def digest_of(path: Path) -> dict[str, str]:
    """`size`, `md5Hash` and `crc32c` of a file, as the storage API writes them."""
    md5, crc, size = hashlib.md5(usedforsecurity=False), 0, 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            md5.update(block)
            crc = google_crc32c.extend(crc, block)
            size += len(block)
    checksums = {"md5Hash": md5.digest(), "crc32c": crc.to_bytes(4, "big")}
    encoded = {name: base64.b64encode(value).decode() for name, value in checksums.items()}
    return {"size": str(size), **encoded}
