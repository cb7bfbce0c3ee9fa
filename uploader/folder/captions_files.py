"""All captions files of a folder together: what is written of one photo, and what to mend in them.

The nearest file wins, for each field on its own. An entry whose photo was renamed since the last
run goes on counting: what it hides stays hidden.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from uploader.errors import CaptionsError
from uploader.folder.captions import METADATA, Captions, Entry, read_captions
from uploader.folder.metadata import Metadata
from uploader.folder.metadata_list import read_metadata

if TYPE_CHECKING:
    from collections.abc import Iterable

    from uploader.folder.listing import Folder
    from uploader.folder.metadata import Fields

__all__ = ["CaptionsFiles", "refuse_lost"]


def refuse_lost(listed: Folder, before: set[str]) -> None:
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


class CaptionsFiles:
    """All captions files of a folder, asked for one photo at a time; the nearest wins."""

    def __init__(self, listed: Folder) -> None:
        self._beside: dict[str, list[Captions]] = {}
        self._read: dict[str, Captions] = {}
        for path, location in listed.captions:
            read = read_metadata if path.lower().endswith(METADATA) else read_captions
            folder = path[: path.rfind("/") + 1]
            self._read[path] = read(location, path)
            self._beside.setdefault(folder, []).append(self._read[path])

    def metadata(self, path: str, embedded: Fields, former: str = "") -> Metadata:
        """A photo's metadata: as written down, else as the file has it, else the defaults.

        `former` is the path that its entry still has, if it was renamed.
        """
        near = [one for folder in _folders(path) for one in self._beside.get(folder, ())]
        written = [entry.fields for entry in self._entries_of(former or path)]
        return Metadata.merged(*written, embedded, *(captions.defaults for captions in near))

    def _entries_of(self, path: str) -> Iterable[Entry]:
        """The entries of one path, the nearest first; names in captions files are in NFC."""
        named = unicodedata.normalize("NFC", path)
        for folder in _folders(named):
            for captions in self._beside.get(folder, ()):
                if entry := captions.entries.get(named[len(folder) :]):
                    yield entry

    def files(self) -> set[str]:
        """The captions files that have an entry or a default."""
        return {
            path for path, captions in self._read.items() if captions.entries or captions.defaults
        }

    def paths(self) -> set[str]:
        """All paths that have an entry, whether there is such a photo or not."""
        return {folder + name for folder, name, _ in self._entries()}

    def problems(self, moved: dict[str, str], there: set[str]) -> list[str]:
        """What to mend in the captions files, entries without a photo included.

        `moved` are those whose photo has another path now, `there` the paths of all photos.
        """
        problems = [p for beside in self._beside.values() for one in beside for p in one.problems]
        hints = _Hints(moved, there)
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
            return f"It is “{new}” now, and keeps its text; ./gallery init writes that down."
        wanted = _folded(path)
        similar = self._similar.get(wanted) or self._similar.get(wanted.rpartition("/")[2])
        if similar:
            return f"Did you mean “{similar}”?"
        return "Delete the line, or give the photo that name."


def _folded(path: str) -> str:
    return unicodedata.normalize("NFKC", path).casefold()
