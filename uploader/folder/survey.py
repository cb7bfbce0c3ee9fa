"""A photo folder as the gallery sees it: pictures with their metadata, and what ails the rest.

Reads the folder, never the bucket. A file that the index knows is not opened.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from uploader.errors import FolderError
from uploader.folder.captions_files import CaptionsFiles, refuse_lost
from uploader.folder.embedded import sidecar_metadata
from uploader.folder.listing import PHOTOS, Folder, PhotoFile, list_folder
from uploader.parallel import attempt_all

if TYPE_CHECKING:
    from pathlib import Path

    from uploader.errors import Unusable
    from uploader.folder.files import Stamp
    from uploader.folder.index import Index
    from uploader.folder.metadata import Fields, Metadata

__all__ = ["Inspector", "Photo", "Survey", "survey"]


_Stored = dict[str, "tuple[Stamp, dict[str, Any]]"]
"""What earlier runs knew, by path: as `Index.files` has it."""
_Inspected = tuple[PhotoFile, dict[str, Any]]
"""A file, and what it holds."""


class Inspector(Protocol):
    """Reads photo files, `count` at once."""

    count: int

    def inspect(
        self, path: Path, file_size: int
    ) -> tuple[tuple[str, tuple[int, int], Fields], Stamp]:
        """The id, size and metadata of a file, and its stamp; Unusable with the reason."""


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
    """Entries of captions files whose photo has another path now, where they count: {old: new}."""
    former: dict[str, str] = field(default_factory=dict)
    """Where pictures were that are not there any more, by earlier runs: {id: path}."""
    revealed: list[Photo] = field(default_factory=list)
    """Photos to show that were hidden at the last sync."""
    hidden_before: int = 0
    partial: bool = False


def survey(root: Path, index: Index, pool: Inspector, *, details: bool = False) -> Survey:
    """Look at a folder; with `details`, of camera and exposure as well.

    FolderError if it is missing or holds no photo; CaptionsError if captions cannot be read.
    """
    listed = list_folder(root)
    found = Survey(unusable=listed.unusable, left_alone=listed.left_alone, partial=listed.partial)
    captions = CaptionsFiles(listed)
    refuse_lost(listed, index.captions())
    hidden_before = index.hidden()
    seen: dict[str, str] = {}
    stored = index.files()
    sidecars = _sidecars(listed, stored, index)
    inspected = _inspected(listed.photos, stored, index, pool)
    found.captioned = captions.paths()
    found.moved = _moved(found.captioned, stored, inspected)
    former = {new: old for old, new in found.moved.items()}
    for file, known in inspected:
        embedded = known.get("metadata", {}) | sidecars.get(file.path, {})
        if not details:
            embedded.pop("details", None)
        metadata = captions.metadata(file.path, embedded, former.get(file.path, ""))
        _sort_in(found, seen, file, known, metadata)
    found.unusable.sort()
    there = {file.path for file in listed.photos}
    known_ids = ((known.get("id"), path) for path, (_, known) in stored.items())
    found.former = {id_: path for id_, path in known_ids if id_ and id_ not in seen}
    found.hidden_before = len(hidden_before)
    found.revealed = [photo for photo in found.photos if photo.id in hidden_before]
    index.learn_captions(captions.files())
    found.problems = captions.problems(found.moved, there)
    if not seen and not found.undecodable:
        raise FolderError(_empty(root, found))
    return found


def _moved(captioned: set[str], stored: _Stored, inspected: list[_Inspected]) -> dict[str, str]:
    """Entries without photo whose picture was at their path before, and is elsewhere now."""
    there = {file.path for file, _ in inspected}
    free: dict[str, str] = {}  # by id; of several the one that is new there
    for file, known in sorted(inspected, key=lambda one: one[0].path in stored):
        if "id" in known and file.path not in captioned:
            free.setdefault(known["id"], file.path)
    before = {path: _last_shown(stored.get(path)) for path in sorted(captioned - there)}
    return {path: free.pop(id_) for path, id_ in before.items() if id_ in free}


def _sort_in(
    found: Survey,
    seen: dict[str, str],
    file: PhotoFile,
    known: dict[str, Any],
    metadata: Metadata,
) -> None:
    before = known.get("before", "")
    if "id" in known:
        photo = Photo(file, known["id"], tuple(known["size"]), metadata, before)
        _place(found, seen, photo, known.get("undecodable"))
        return
    found.unusable.append((file.path, known["unusable"]))
    found.partial = found.partial or (known["transient"] and not before)
    if before:
        unreadable = found.hidden if metadata.hidden else found.undecodable
        unreadable.append(Photo(file, before, (0, 0), metadata))


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
    files: list[PhotoFile], stored: _Stored, index: Index, pool: Inspector
) -> list[_Inspected]:
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
    return [(file, known[file.path]) for file in files]


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
