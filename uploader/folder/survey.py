"""A photo folder as the gallery sees it: pictures with their words, and what ails the rest.

Reads the folder, never the bucket. A file that the index knows is not opened.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from uploader.errors import FolderError, Unusable
from uploader.folder.captions import CAPTIONS, Captions, Entry, read_captions, read_metadata
from uploader.folder.listing import PHOTOS, Folder, PhotoFile, list_folder
from uploader.folder.metadata import Metadata
from uploader.parallel import each

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from uploader.folder.index import Index
    from uploader.render.pool import Pool

__all__ = ["Photo", "Survey", "survey"]


@dataclass(frozen=True)
class Photo:
    """One picture to show: its file, id, size upright in pixels, and words."""

    file: PhotoFile
    id: str
    size: tuple[int, int]
    words: Metadata

    @property
    def digest(self) -> str:
        """Changes whenever a word or the album does."""
        return self.words.digest(self.file.album)


@dataclass
class Survey:
    """What a folder holds. Lists of pairs are (path, reason or other path), in sorted order."""

    photos: list[Photo] = field(default_factory=list)
    hidden: list[Photo] = field(default_factory=list)
    undecodable: list[Photo] = field(default_factory=list)
    twice: list[tuple[str, str]] = field(default_factory=list)
    unusable: list[tuple[str, str]] = field(default_factory=list)
    left_alone: list[tuple[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    captioned: set[str] = field(default_factory=set)
    """Paths that some captions file has an entry for."""
    moved: dict[str, str] = field(default_factory=dict)
    """Entries of the root's captions file whose photo has another path now: {old: new}."""
    partial: bool = False


def survey(root: Path, index: Index, pool: Pool) -> Survey:
    """Look at a folder.

    FolderError if it is missing or holds no photo; CaptionsError if captions cannot be read.
    """
    listed = list_folder(root)
    found = Survey(unusable=listed.unusable, left_alone=listed.left_alone, partial=listed.partial)
    captions = _Captions(listed)
    seen: dict[str, str] = {}
    for file, known in _inspected(listed.photos, index, pool):
        if "id" in known:
            words = captions.words(file.path, known)
            photo = Photo(file, known["id"], tuple(known["size"]), words)
            _place(found, seen, photo, known.get("undecodable"))
        else:
            found.unusable.append((file.path, known["unusable"]))
            found.partial = found.partial or known.get("passing", False)
    found.unusable.sort()
    found.captioned = captions.paths()
    found.moved = _moved(found, index, {file.path for file in listed.photos})
    found.problems = captions.problems(found, {file.path for file in listed.photos})
    if not seen:
        raise FolderError(_empty(root, found))
    return found


def _place(found: Survey, seen: dict[str, str], photo: Photo, undecodable: str | None) -> None:
    first = seen.setdefault(photo.id, photo.file.path)
    if first != photo.file.path:
        found.twice.append((photo.file.path, first))
    elif photo.words.hidden:
        found.hidden.append(photo)
    elif undecodable:
        found.undecodable.append(photo)
        found.unusable.append((photo.file.path, undecodable))
    else:
        found.photos.append(photo)


def _empty(root: Path, found: Survey) -> str:
    kinds = ", ".join(sorted(suffix[1:] for suffix in PHOTOS))
    message = f"{root} holds no photo. Put some there ({kinds}), or name another folder."
    if found.unusable:
        path, reason = found.unusable[0]
        message += f" {path} {reason}" + (
            f"; so do {len(found.unusable) - 1} others." if found.unusable[1:] else "."
        )
    return message


def _inspected(
    files: list[PhotoFile], index: Index, pool: Pool
) -> Iterable[tuple[PhotoFile, dict[str, Any]]]:
    """Each file with what it holds, in order; those that the index knows are not opened."""
    before = index.files()
    known = {
        file.path: before[file.path][1] for file in files if _same(before.get(file.path), file)
    }

    def inspect(file: PhotoFile) -> None:
        try:
            answer, _ = pool.ask({"do": "inspect", "path": str(file.location)})
        except Unusable as error:
            known[file.path] = {"unusable": str(error), "passing": error.passing}
            stamp = file.stamp
        else:
            known[file.path] = {name: answer[name] for name in ("id", "size", "words")}
            stamp = tuple(answer["stamp"])
        if not known[file.path].get("passing"):
            index.learn_file(file.path, stamp, known[file.path])

    each((file for file in files if file.path not in known), inspect, pool.count * 2)
    index.save()
    return ((file, known[file.path]) for file in files)


def _same(before: tuple[tuple[int, int, int], dict[str, Any]] | None, file: PhotoFile) -> bool:
    return before is not None and before[0] == file.stamp


class _Captions:
    """All captions files of a folder, asked for one photo at a time; the nearest wins."""

    def __init__(self, listed: Folder) -> None:
        self._beside: dict[str, list[Captions]] = {}
        for path, location in listed.captions:
            read = read_captions if location.name == CAPTIONS else read_metadata
            folder = path[: path.rfind("/") + 1]
            self._beside.setdefault(folder, []).append(read(location, path))

    def words(self, path: str, known: dict[str, Any]) -> Metadata:
        """A photo's words: as written down, else as the file has them, else the defaults."""
        written, default = Metadata(), Metadata()
        for folder in _folders(path):
            for captions in self._beside.get(folder, ()):
                entry = captions.entries.get(path[len(folder) :])
                written = written.or_else(entry.words) if entry else written
                default = default.or_else(captions.defaults)
        return written.or_else(Metadata(**known["words"])).or_else(default)

    def paths(self) -> set[str]:
        """All paths that have an entry, whether there is such a photo or not."""
        return {folder + name for folder, name, _ in self._entries()}

    def problems(self, found: Survey, there: set[str]) -> list[str]:
        """What to mend in the captions files, entries without a photo included."""
        problems = [p for beside in self._beside.values() for one in beside for p in one.problems]
        for folder, name, entry in self._entries():
            if (path := folder + name) not in there:
                hint = _hint(path, found.moved.get(path), there)
                problems.append(f"{entry.file}:{entry.line}: there is no photo “{name}”. {hint}")
        return problems

    def _entries(self) -> Iterable[tuple[str, str, Entry]]:
        for folder, beside in self._beside.items():
            for captions in beside:
                for name, entry in captions.entries.items():
                    yield folder, name, entry


def _moved(found: Survey, index: Index, there: set[str]) -> dict[str, str]:
    """Entries without photo whose picture was at their path before, and is elsewhere now."""
    gone = found.captioned - there
    before = {path: known.get("id") for path, (_, known) in index.files().items() if path in gone}
    now = {p.id: p.file.path for p in (*found.photos, *found.hidden)}
    moved = {path: now[id_] for path, id_ in sorted(before.items()) if id_ in now}
    return {old: new for old, new in moved.items() if new not in found.captioned}


def _folders(path: str) -> list[str]:
    """The folders above a path, nearest first, each with its final slash.

    The root is an empty string.
    """
    parts = path.split("/")[:-1]
    return ["".join(part + "/" for part in parts[:depth]) for depth in range(len(parts), -1, -1)]


def _hint(path: str, new: str | None, there: set[str]) -> str:
    """What was probably meant: the photo under its new name, or in other case, or elsewhere."""
    if new:
        return f"It is “{new}” now; python -m uploader init moves its words."
    wanted = unicodedata.normalize("NFKC", path).casefold()
    for other in sorted(there):
        folded = unicodedata.normalize("NFKC", other).casefold()
        if folded == wanted or folded.rsplit("/", 1)[-1] == wanted.rsplit("/", 1)[-1]:
            return f"Did you mean “{other}”?"
    return "Delete the line, or give the photo that name."
