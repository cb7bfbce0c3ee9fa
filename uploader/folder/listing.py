"""The files of a photo folder: which may be photos, and which are left alone, with the reason.

Nothing is opened here. Links out of the folder and links that turn in a circle are named and not
followed; names that begin with a dot are not looked at.
"""

from __future__ import annotations

import errno
import os
import stat
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from uploader.errors import FolderError, Unusable
from uploader.folder.captions import CAPTIONS, METADATA

__all__ = [
    "PHOTOS",
    "Folder",
    "PhotoFile",
    "Stamp",
    "list_folder",
    "read_regular",
    "text_of",
]

Stamp = tuple[int, int, int]

PHOTOS = frozenset(
    [
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".png",
        ".apng",
        ".webp",
        ".gif",
        ".tif",
        ".tiff",
        ".avif",
        ".heic",
        ".heif",
        ".hif",
        ".mpo",
    ]
)


@dataclass(frozen=True)
class PhotoFile:
    """One file that may be a photo.

    Its path below the folder in NFC, where it is, and its stamp.
    """

    path: str
    location: Path
    stamp: Stamp

    @property
    def album(self) -> str:
        """The first folder below the photo folder, or an empty string."""
        return self.path.split("/")[0] if "/" in self.path else ""


@dataclass
class Folder:
    """A photo folder as listed, everything in sorted order.

    `left_alone` are files of other kinds; `unusable` might have been photos. Both come with the
    reason. `partial` is true where something could not be read that may hold photos.
    """

    root: Path
    photos: list[PhotoFile] = field(default_factory=list)
    captions: list[tuple[str, Path]] = field(default_factory=list)
    left_alone: list[tuple[str, str]] = field(default_factory=list)
    unusable: list[tuple[str, str]] = field(default_factory=list)
    partial: bool = False


def list_folder(root: Path) -> Folder:
    """List a photo folder; FolderError if it is missing, no folder, or cannot be listed."""
    listed = Folder(root)
    try:
        base = root.resolve(strict=True)
        if not base.is_dir():
            raise FolderError(f"{root} is a file. Name the folder that holds your photos.")
        entries = _entries(base)
    except OSError as error:
        raise FolderError(
            f"{root}: {_why(error)}. Name the folder that holds your photos."
        ) from None
    _walk(entries, "", base, listed)
    for found in (listed.photos, listed.captions, listed.left_alone, listed.unusable):
        found.sort(key=_path)
    return listed


def _path(found: PhotoFile | tuple[str, Path] | tuple[str, str]) -> str:
    return found.path if isinstance(found, PhotoFile) else found[0]


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return [entry for entry in entries if not entry.name.startswith(".")]


def _walk(entries: list[os.DirEntry[str]], prefix: str, base: Path, listed: Folder) -> None:
    for entry in entries:
        path = prefix + text_of(entry.name)
        try:
            if entry.is_dir(follow_symlinks=False):
                _walk(_entries(Path(entry.path)), path + "/", base, listed)
            else:
                _sort_in(path, Path(entry.path), base, listed)
        except OSError as error:
            listed.unusable.append((path, _why(error)))
            listed.partial = listed.partial or not isinstance(error, FileNotFoundError)


def text_of(name: str) -> str:
    """A file name in NFC; bytes that are no UTF-8 become question marks."""
    return unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "replace"))


def _sort_in(path: str, location: Path, base: Path, listed: Folder) -> None:
    if location.name in (CAPTIONS, METADATA):
        listed.captions.append((path, location))
    elif location.suffix.lower() not in PHOTOS:
        link = location.is_symlink() and location.is_dir()
        reason = "a link to a folder" if link else "no photo of a kind that is shown"
        listed.left_alone.append((path, reason))
    elif not (target := _target(location)).is_relative_to(base):
        listed.unusable.append((path, "is a link out of the folder, and not followed"))
    elif not stat.S_ISREG((status := target.stat()).st_mode):
        listed.unusable.append((path, "is no regular file"))
    else:
        listed.photos.append(PhotoFile(path, target, _stamp(status)))


def _target(location: Path) -> Path:
    """Where a link leads; unlike Path.resolve an OSError if in a circle, on every Python."""
    return Path(os.path.realpath(location, strict=True))


def _stamp(status: os.stat_result) -> Stamp:
    """What changes when a file does: size, time of change in nanoseconds, inode."""
    return status.st_size, status.st_mtime_ns, status.st_ino


def read_regular(path: str | Path, largest: int) -> tuple[bytes, Stamp, Stamp]:
    """Read a file, with its stamps before and after; Unusable if it is none, or too large.

    Never waits for a FIFO or a device, and follows no link.
    """
    with open(path, "rb", opener=_opener) as file:
        before = os.fstat(file.fileno())
        if not stat.S_ISREG(before.st_mode):
            raise Unusable("is no regular file", transient=True)
        if before.st_size > largest:
            at_most = f"{largest / 1_000_000:,.0f} MB are read"
            raise Unusable(f"is {before.st_size / 1_000_000:,.0f} MB; at most {at_most}")
        content = file.read(before.st_size + 1)
        return content, _stamp(before), _stamp(os.fstat(file.fileno()))


def _opener(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)


def _why(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "is not there"
    if error.errno == errno.ELOOP:
        return "is a link that leads in a circle"
    return f"cannot be read ({(error.strerror or 'unknown reason').lower()})"
