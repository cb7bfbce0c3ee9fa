"""The function's source as one archive: byte for byte the same wherever it is made.

Owns: which files are deployed. A file that is not listed here is not deployed.
"""

import hashlib
import zipfile
from pathlib import Path

__all__ = ["ARCHIVED", "write_archive"]

# What is deployed, and nothing else: a stray .env or __pycache__ never is.
ARCHIVED = (
    "main.py",
    "requirements.txt",
    "gallery_api/*.py",
    "gallery_api/*.json",
    "gallery_api/*.html",
)
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date that the format knows


def write_archive(source: Path, folder: Path) -> Path:
    """Write the archive of `source` into `folder`; return its path, named by its content.

    Files are stored, not deflated: compression differs between builds of zlib.
    """
    contents = {
        path.relative_to(source).as_posix(): path.read_bytes()
        for pattern in ARCHIVED
        for path in source.glob(pattern)
    }
    digest = hashlib.sha256()
    for name in sorted(contents):
        digest.update(f"{name}\0{len(contents[name])}\0".encode() + contents[name])
    target = folder / f"function-{digest.hexdigest()[:16]}.zip"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.create_system = 3  # Unix, whatever writes it
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, contents[name])
    return target
