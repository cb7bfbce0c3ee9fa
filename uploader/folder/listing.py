"""The files of a photo folder: which may be photos, and which are left alone, with the reason.

Nothing is opened here. Links out of the folder and links that turn in a circle are named and not
followed; names that begin with a dot are not looked at.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from uploader.errors import CaptionsError, FolderError
from uploader.folder.captions import is_captions_file
from uploader.folder.files import Stamp, stamp
from uploader.folder.ignoring import (
    IGNORE_FILES,
    NO_MEDIA,
    Rule,
    kind_of_folder,
    rules_of,
    why_ignored,
)

__all__ = [
    "PHOTOS",
    "Folder",
    "PhotoFile",
    "list_folder",
    "text_of",
]

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
_RAW = re.compile(
    r"\.(3fr|arw|cr[23w]|dng|erf|iiq|kdc|mrw|ne[fw]|nrw|orf|pef|ra[fw]|rw[2l]|sr[2fw]|x3f)"
)


@dataclass(frozen=True)
class PhotoFile:
    """One file that may be a photo.

    Its path below the folder, in NFC but where two names are one in it; where it is; its stamp.
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
    sidecars: list[PhotoFile] = field(default_factory=list)
    """XMP files, which may belong to a photo beside them."""
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
    _walk(entries, "", listed, base, [])
    for found in (listed.photos, listed.captions, listed.left_alone, listed.unusable):
        found.sort(key=_path)
    return listed


def _path(found: PhotoFile | tuple[str, Path] | tuple[str, str]) -> str:
    return found.path if isinstance(found, PhotoFile) else found[0]


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return list(entries)


def _walk(
    entries: list[os.DirEntry[str]], prefix: str, listed: Folder, base: Path, rules: list[Rule]
) -> None:
    names = {entry.name for entry in entries}
    if NO_MEDIA in names and prefix:
        listed.left_alone.append((prefix, f"left out by {NO_MEDIA}"))
        return
    if not names.isdisjoint(IGNORE_FILES):
        folder = Path(next(entry.path for entry in entries)).parent
        rules = [*rules, *rules_of(folder, prefix, names)]
    texts = _texts(names)
    for entry in entries:
        if entry.name.startswith("."):
            continue
        path = prefix + texts[entry.name]
        try:
            _enter(entry, path, listed, base, rules)
        except OSError as error:
            if is_captions_file(entry.name):
                raise CaptionsError(f"{path} {_why(error)}. Mend it, or take it away.") from None
            listed.unusable.append((path, _why(error)))
            listed.partial = listed.partial or not isinstance(error, FileNotFoundError)


def _enter(
    entry: os.DirEntry[str], path: str, listed: Folder, base: Path, rules: list[Rule]
) -> None:
    is_folder = entry.is_dir(follow_symlinks=False)
    path = f"{path}/" if is_folder else path
    if reason := why_ignored(path, rules) or (is_folder and kind_of_folder(entry.name)):
        listed.left_alone.append((path, reason))
    elif is_folder and is_captions_file(entry.name):
        raise CaptionsError(f"{path} is a folder, and no file with captions. Rename it.")
    elif is_folder:
        _walk(_entries(Path(entry.path)), path, listed, base, rules)
    else:
        _sort_in(path, Path(entry.path), base, listed)


def _texts(names: set[str]) -> dict[str, str]:
    """Each name of a folder as text; of two that are one in NFC, the other keeps its own letters.

    So do bytes that are no UTF-8: both are files, and have to be told apart.
    """
    count = Counter(map(text_of, names))
    return {
        name: text if count[text := text_of(name)] == 1 or name == text else _own_text(name)
        for name in names
    }


def _own_text(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def text_of(name: str) -> str:
    """A file name in NFC; bytes that are no UTF-8 become question marks."""
    return unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "replace"))


def _sort_in(path: str, location: Path, base: Path, listed: Folder) -> None:
    if is_captions_file(location.name):
        listed.captions.append((path, _within(path, _target(location), base)))
    elif (suffix := location.suffix.lower()) not in PHOTOS and suffix != ".xmp":
        listed.left_alone.append((path, _why_left_alone(location)))
    elif not (target := _target(location)).is_relative_to(base):
        listed.unusable.append((path, "is a link out of the folder, and not followed"))
    elif not stat.S_ISREG((status := target.stat()).st_mode):
        listed.unusable.append((path, "is no regular file"))
    else:
        files = listed.sidecars if suffix == ".xmp" else listed.photos
        files.append(PhotoFile(path, target, stamp(status)))


def _why_left_alone(location: Path) -> str:
    suffix = location.suffix.lower()
    if location.is_symlink() and location.is_dir():
        return "a link to a folder"
    if suffix == ".jxl":
        return "JPEG XL, which few browsers show: export it as JPEG or AVIF"
    if _RAW.fullmatch(suffix):
        return "raw file: export it as JPEG"
    return "not a photo"


def _within(path: str, target: Path, base: Path) -> Path:
    """CaptionsError for a captions file that lies elsewhere: somebody else may write it."""
    if not target.is_relative_to(base):
        raise CaptionsError(
            f"{path} is a link out of the folder, and not followed. Copy the file into the folder."
        )
    return target


def _target(location: Path) -> Path:
    """Where a link leads; unlike Path.resolve an OSError if in a circle, on every Python."""
    return Path(os.path.realpath(location, strict=True))


def _why(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "is not there"
    if error.errno == errno.ELOOP:
        return "is a link that leads in a circle"
    return f"cannot be read ({(error.strerror or 'unknown reason').lower()})"
