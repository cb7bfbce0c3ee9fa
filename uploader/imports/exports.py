"""Finds the JSON files of an export, and the photo that each of them speaks of.

Owns: which files are looked at, and that none of them can end the run. What is no export is left
alone. Lightroom's and Apple's XMP sidecars need no import: the uploader reads them itself.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uploader.errors import Unusable
from uploader.folder.files import read_regular
from uploader.imports import flickr, takeout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from uploader.folder.metadata import Fields

__all__ = ["Exports", "read_exports"]

_LARGEST = 50_000_000  # bytes


@dataclass
class Exports:
    """What was found: fields and album of photos by path, and files of each program."""

    fields: dict[str, Fields] = field(default_factory=dict)
    albums: dict[str, str] = field(default_factory=dict)
    files: Counter[str] = field(default_factory=Counter)
    paths: list[str] = field(default_factory=list)
    """The files that say so, relative to the root."""


def read_exports(root: Path, paths: Iterable[str]) -> Exports:
    """Read every export below a folder for the photos at these paths, relative to it."""
    found, files = Exports(), list(_json_files(root))
    paths = list(paths)
    for program in (takeout, flickr):
        mine = [(path, content) for path, content in files if program.is_ours(content)]
        if mine:
            found.files[program.NAME] = len(mine)
            found.paths += [path for path, _ in mine]
            for path, fields, album in program.match(mine, paths):
                found.fields.setdefault(path, {}).update(fields)
                if album:
                    found.albums.setdefault(path, album)
    return found


def _json_files(root: Path) -> Iterator[tuple[str, Any]]:
    """Yield the path, relative to the root, and the content of each JSON file that can be read."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.lower().endswith(".json") and not name.startswith("."):
                path = Path(folder, name)
                try:
                    content, _, _ = read_regular(path, _LARGEST)
                    yield path.relative_to(root).as_posix(), json.loads(content)
                except (OSError, ValueError, RecursionError, Unusable):
                    continue  # a foreign file never ends the run
