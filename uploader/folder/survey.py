"""A photo folder as the gallery sees it: pictures with their metadata, and what ails the rest.

Reads the folder, never the bucket. A file that the index knows is not opened.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from uploader.errors import CaptionsError, FolderError
from uploader.folder.captions import METADATA, Captions, Entry, read_captions
from uploader.folder.embedded import sidecar_metadata
from uploader.folder.listing import PHOTOS, Folder, PhotoFile, list_folder
from uploader.folder.metadata import Metadata
from uploader.folder.metadata_list import read_metadata
from uploader.parallel import attempt_all

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from uploader.errors import Unusable
    from uploader.folder.files import Stamp
    from uploader.folder.index import Index
    from uploader.folder.metadata import Fields
    from uploader.render.pool import Pool

__all__ = ["Photo", "Survey", "survey"]


_Stored = dict[str, "tuple[Stamp, dict[str, Any]]"]
"""What earlier runs knew, by path: as `Index.files` has it."""


@dataclass(frozen=True)
class Photo:
    """One picture to show: its file, id, size upright in pixels, and metadata."""

    file: PhotoFile
    id: str
    size: tuple[int, int]
    metadata: Metadata
    before: str = ""
    """The id of the picture that the file held before, if that was another one."""

    @property
    def digest(self) -> str:
        """Changes whenever the metadata or the album does."""
        return self.metadata.digest(self.file.album)


@dataclass
class Survey:
    """What a folder holds. Lists of pairs are (path, reason or other path), in sorted order."""

    photos: list[Photo] = field(default_factory=list)
    hidden: list[Photo] = field(default_factory=list)
    undecodable: list[Photo] = field(default_factory=list)
    """Files that are there, and that cannot be shown now: what was shown of them stays."""
    twice: list[tuple[str, str]] = field(default_factory=list)
    unusable: list[tuple[str, str]] = field(default_factory=list)
    left_alone: list[tuple[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    captioned: set[str] = field(default_factory=set)
    """Paths that some captions file has an entry for."""
    moved: dict[str, str] = field(default_factory=dict)
    """Entries of the root's captions file whose photo has another path now: {old: new}."""
    former: dict[str, str] = field(default_factory=dict)
    """Where pictures were that are not there any more, by earlier runs: {id: path}."""
    revealed: list[Photo] = field(default_factory=list)
    """Photos to show that were hidden at the last sync."""
    hidden_before: int = 0
    partial: bool = False


def survey(root: Path, index: Index, pool: Pool, *, details: bool = False) -> Survey:
    """Look at a folder; with `details`, of camera and exposure as well.

    FolderError if it is missing or holds no photo; CaptionsError if captions cannot be read.
    """
    listed = list_folder(root)
    found = Survey(unusable=listed.unusable, left_alone=listed.left_alone, partial=listed.partial)
    captions = _Captions(listed)
    _refuse_lost(listed, index.captions())
    hidden_before = index.hidden()
    seen: dict[str, str] = {}
    stored = index.files()
    sidecars = _sidecars(listed, stored, index)
    for file, known in _inspected(listed.photos, stored, index, pool):
        embedded = known.get("metadata", {}) | sidecars.get(file.path, {})
        if not details:
            embedded.pop("details", None)
        metadata = captions.metadata(file.path, embedded)
        before = known.get("before", "")
        if "id" in known:
            photo = Photo(file, known["id"], tuple(known["size"]), metadata, before)
            _place(found, seen, photo, known.get("undecodable"))
        else:
            found.unusable.append((file.path, known["unusable"]))
            found.partial = found.partial or (known["transient"] and not before)
            if before:
                unreadable = found.hidden if metadata.hidden else found.undecodable
                unreadable.append(Photo(file, before, (0, 0), metadata))
    found.unusable.sort()
    found.captioned = captions.paths()
    there = {file.path for file in listed.photos}
    known_ids = ((known.get("id"), path) for path, (_, known) in stored.items())
    found.former = {id_: path for id_, path in known_ids if id_ and id_ not in seen}
    found.hidden_before = len(hidden_before)
    found.revealed = [photo for photo in found.photos if photo.id in hidden_before]
    index.learn_captions(captions.files())
    found.moved = _moved(found, stored, there)
    found.problems = captions.problems(found, there)
    if not seen and not found.undecodable:
        raise FolderError(_empty(root, found))
    return found


def _refuse_lost(listed: Folder, before: set[str]) -> None:
    """CaptionsError where a captions file went away: what it hid must not be shown for that.

    One whose folder is gone as well had nothing else to say.
    """
    there = {path.lower().replace(".yml", ".yaml") for path, _ in listed.captions}
    folders = {folder for file in listed.photos for folder in _folders(file.path)}
    for path in sorted(before):
        if path.lower().replace(".yml", ".yaml") not in there and _folders(path)[0] in folders:
            raise CaptionsError(
                f"{path} was there at the last run, and is not now: what it hides would be shown. "
                "Put it back. If it shall be gone, put an empty file in its place"
            )


def _place(found: Survey, seen: dict[str, str], photo: Photo, undecodable: str | None) -> None:
    first = seen.setdefault(photo.id, photo.file.path)
    if first != photo.file.path:
        found.twice.append((photo.file.path, first))
    elif photo.metadata.hidden:
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
    files: list[PhotoFile], stored: _Stored, index: Index, pool: Pool
) -> Iterable[tuple[PhotoFile, dict[str, Any]]]:
    """Each file with what it holds, in order; those that the index knows are not opened."""
    known = {
        file.path: stored[file.path][1]
        for file in files
        if file.path in stored and stored[file.path][0] == file.stamp
    }

    def inspect(file: PhotoFile) -> None:
        (id_, size, metadata), stamp = pool.inspect(file.location, file.stamp[0])
        facts = {"id": id_, "size": size, "metadata": metadata}
        learn(file, facts, stamp)

    def give_up(file: PhotoFile, error: Unusable) -> None:
        facts = {"unusable": str(error), "transient": error.transient}
        learn(file, facts, (0, 0, 0) if error.transient else file.stamp)
        if error.transient:
            index.learn_trouble(file.path)

    def learn(file: PhotoFile, facts: dict[str, Any], stamp: Stamp) -> None:
        if before := _last_shown(stored.get(file.path)):
            facts["before"] = before
        index.learn_file(file.path, stamp, facts)
        known[file.path] = facts

    unknown = [file for file in files if file.path not in known]
    troubled = index.troubled() if unknown else set()
    attempt_all(inspect, unknown, pool.count * 2, give_up, lambda file: file.path in troubled)
    return ((file, known[file.path]) for file in files)


def _sidecars(listed: Folder, stored: _Stored, index: Index) -> dict[str, Fields]:
    """The fields of each photo's XMP file, `IMG_1.jpg.xmp` or `IMG_1.xmp`, by the photo's path."""
    by_name: dict[str, Fields] = {}
    for file in listed.sidecars:
        stamp, known = stored.get(file.path, ((), {}))
        if stamp != file.stamp:
            known = {"metadata": sidecar_metadata(file.location)}
            index.learn_file(file.path, file.stamp, known)
        by_name[file.path[: -len(".xmp")].casefold()] = known["metadata"]
    names = ((photo.path, photo.path.casefold()) for photo in listed.photos if by_name)
    return {
        path: by_name.get(name.rpartition(".")[0], {}) | by_name.get(name, {})
        for path, name in names
    }


def _last_shown(stored: tuple[Stamp, dict[str, Any]] | None) -> str:
    """The id of the picture that a file last held when it could be shown."""
    known = stored[1] if stored else {}
    unreadable = "unusable" in known or "undecodable" in known
    return str(known.get("before" if unreadable else "id", ""))


class _Captions:
    """All captions files of a folder, asked for one photo at a time; the nearest wins."""

    def __init__(self, listed: Folder) -> None:
        self._beside: dict[str, list[Captions]] = {}
        self._read: dict[str, Captions] = {}
        for path, location in listed.captions:
            read = read_metadata if path.lower().endswith(METADATA) else read_captions
            folder = path[: path.rfind("/") + 1]
            self._read[path] = read(location, path)
            self._beside.setdefault(folder, []).append(self._read[path])

    def metadata(self, path: str, embedded: Fields) -> Metadata:
        """A photo's metadata: as written down, else as the file has it, else the defaults."""
        written: list[Fields] = []
        defaults: list[Fields] = []
        for folder in _folders(path):
            for captions in self._beside.get(folder, ()):
                if entry := captions.entries.get(path[len(folder) :]):
                    written.append(entry.fields)
                defaults.append(captions.defaults)
        return Metadata.merged(*written, embedded, *defaults)

    def files(self) -> set[str]:
        """The captions files that have an entry or a default."""
        return {
            path for path, captions in self._read.items() if captions.entries or captions.defaults
        }

    def paths(self) -> set[str]:
        """All paths that have an entry, whether there is such a photo or not."""
        return {folder + name for folder, name, _ in self._entries()}

    def problems(self, found: Survey, there: set[str]) -> list[str]:
        """What to mend in the captions files, entries without a photo included."""
        problems = [p for beside in self._beside.values() for one in beside for p in one.problems]
        hints = _Hints(found.moved, there)
        for folder, name, entry in self._entries():
            if (path := folder + name) not in there:
                hint = hints.of(path)
                problems.append(f"{entry.file}:{entry.line}: there is no photo “{name}”. {hint}")
        return problems

    def _entries(self) -> Iterable[tuple[str, str, Entry]]:
        for folder, beside in self._beside.items():
            for captions in beside:
                for name, entry in captions.entries.items():
                    yield folder, name, entry


def _moved(found: Survey, stored: _Stored, there: set[str]) -> dict[str, str]:
    """Entries without photo whose picture was at their path before, and is elsewhere now."""
    gone = found.captioned - there
    before = {path: known.get("id") for path, (_, known) in stored.items() if path in gone}
    now = {p.id: p.file.path for p in (*found.photos, *found.hidden)}
    moved = {path: now[id_] for path, id_ in sorted(before.items()) if id_ in now}
    return {old: new for old, new in moved.items() if new not in found.captioned}


def _folders(path: str) -> list[str]:
    """The folders above a path, nearest first, each with its final slash.

    The root is an empty string.
    """
    parts = path.split("/")[:-1]
    return ["".join(part + "/" for part in parts[:depth]) for depth in range(len(parts), -1, -1)]


class _Hints:
    """What was probably meant: the photo under its new name, or in other case, or elsewhere."""

    def __init__(self, moved: dict[str, str], there: set[str]) -> None:
        self._moved = moved
        self._similar: dict[str, str] = {}
        for path in sorted(there):
            for key in (_folded(path), _folded(path).rpartition("/")[2]):
                self._similar.setdefault(key, path)

    def of(self, path: str) -> str:
        """A sentence that says what to do about an entry without photo."""
        if new := self._moved.get(path):
            return f"It is “{new}” now; ./gallery init moves its entry."
        wanted = _folded(path)
        similar = self._similar.get(wanted) or self._similar.get(wanted.rpartition("/")[2])
        if similar:
            return f"Did you mean “{similar}”?"
        return "Delete the line, or give the photo that name."


def _folded(path: str) -> str:
    return unicodedata.normalize("NFKC", path).casefold()
