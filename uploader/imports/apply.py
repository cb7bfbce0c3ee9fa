"""What an import would write into `captions.yaml`, and writing it.

What the owner wrote there already stays. Nothing is written that the file itself says as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from uploader.folder.captions import METADATA, read_captions
from uploader.folder.listing import list_folder
from uploader.folder.writing import add_entries, set_fields
from uploader.imports.exports import read_exports
from uploader.imports.recognise import note_imported

if TYPE_CHECKING:
    from collections import Counter
    from pathlib import Path

    from uploader.folder.metadata import Fields, Metadata
    from uploader.folder.survey import Survey

__all__ = ["Import", "carry_out", "plan_import"]

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Import:
    """New fields of photos by path, new folders of photos by path, and the files that say so."""

    fields: dict[str, Fields]
    moves: dict[str, str]
    files: Counter[str]
    paths: list[str]


def plan_import(root: Path, found: Survey, *, albums: bool = False) -> Import:
    """Compare what the exports below a folder say with what is known of its photos.

    With `albums`, photos that lie in no folder move into one with the name of their album.
    """
    photos = {photo.file.path: photo for photo in (*found.photos, *found.hidden)}
    exports, written = read_exports(root, photos), _written(root)
    fields = {}
    for path, given in sorted(exports.fields.items()):
        if new := _news(given, written.get(path, {}), photos[path].metadata):
            fields[path] = new
    moves = {
        path: f"{album}/{path}"
        for path, album in sorted(exports.albums.items())
        if albums and "/" not in path and not (root / album / path).exists()
    }
    return Import(fields, moves, exports.files, exports.paths)


def carry_out(root: Path, plan: Import, captioned: set[str]) -> None:
    """Move the photos, then write; `captioned` are paths that have an entry already."""
    for path, target in plan.moves.items():
        (root / target).parent.mkdir(exist_ok=True)
        (root / path).rename(root / target)
    fresh = {
        plan.moves.get(p, p): fields for p, fields in plan.fields.items() if p not in captioned
    }
    for path in plan.fields.keys() & captioned:
        set_fields(root, path, plan.fields[path])
    add_entries(root, fresh)
    if plan.paths:
        note_imported(root, plan.paths)


def _written(root: Path) -> dict[str, Fields]:
    """Return what the owner wrote of each photo."""
    written: dict[str, Fields] = {}
    for path, location in list_folder(root).captions:
        if not path.lower().endswith(METADATA):
            folder = path[: path.rfind("/") + 1]
            for name, entry in read_captions(location, path).entries.items():
                written[folder + name] = entry.fields | written.get(folder + name, {})
    return written


def _news(given: Fields, written: Fields, known: Metadata) -> Fields:
    """Return the fields that nobody wrote and that the file does not say."""
    return {
        name: value
        for name, value in given.items()
        if name not in written
        and value != getattr(known, name)
        and not (name == "date" and _is_same_day(str(value), known.date))
    }


def _is_same_day(one: str, other: str) -> bool:
    """Whether two dates may mean the same day: exports often have it in UTC."""
    try:
        return abs(date.fromisoformat(one[:10]) - date.fromisoformat(other[:10])) <= _ONE_DAY
    except ValueError:
        return bool(other) and one.startswith(other)
