"""The bytes of objects, one file each, named at random and never changed.

Bytes are first received below `incoming/`, then moved to where records point at. A record is
written after its file is complete, so no reader meets a torn one; what a killed server left
without a record is removed by `sweep()` at the next start.
"""

import base64
import hashlib
import os
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import google_crc32c

__all__ = ["Blobs", "Digest", "digest_of"]

_BLOCK = 256 * 1024


@dataclass(frozen=True, kw_only=True)
class Digest:
    """Size and both checksums, base64 as the storage API writes them."""

    size: int
    md5: str
    crc32c: str


class Blobs:
    """Files below one folder."""

    def __init__(self, folder: Path) -> None:
        self._kept = folder / "blobs"
        self._incoming = folder / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)
        for number in range(256):
            (self._kept / f"{number:02x}").mkdir(parents=True, exist_ok=True)

    def path(self, blob: str) -> Path:
        """Where the bytes of a blob are."""
        return self._kept / blob[:2] / blob

    def receive(self) -> Path:
        """A new empty file for bytes that are on their way."""
        path = self._incoming / uuid.uuid4().hex
        path.touch()
        return path

    def incoming(self, name: str) -> Path:
        """The file of an upload that goes on."""
        return self._incoming / name

    def keep(self, path: Path) -> str:
        """Make received bytes permanent; the blob's name."""
        blob = uuid.uuid4().hex
        with path.open("rb") as file:
            os.fsync(file.fileno())
        path.replace(self.path(blob))
        return blob

    def remove(self, blob: str) -> None:
        """Forget the bytes; a reader who has them open reads on."""
        self.path(blob).unlink(missing_ok=True)

    def sweep(self, blobs: Iterable[str], uploads: Iterable[str]) -> None:
        """Remove every file that no record names."""
        for folder, names in ((self._kept, set(blobs)), (self._incoming, set(uploads))):
            for path in folder.rglob("*"):
                if path.is_file() and path.name not in names:
                    path.unlink()


def digest_of(path: Path) -> Digest:
    """Read a file once for its size and checksums."""
    md5 = hashlib.md5(usedforsecurity=False)
    crc = 0
    size = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            md5.update(block)
            crc = google_crc32c.extend(crc, block)
            size += len(block)
    return Digest(size=size, md5=_base64(md5.digest()), crc32c=_base64(crc.to_bytes(4, "big")))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
