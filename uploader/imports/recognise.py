"""Recognises an export of Google, Flickr or Instagram that was not imported: no photo folder yet.

What was archived, private, in a bin or in a message there is hidden only once it was imported, so
nothing of it is published before. An import notes what it has read in `.gallery-imported`.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from uploader.errors import NotImported, Unusable
from uploader.folder.files import read_regular
from uploader.imports import flickr, takeout

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from uploader.folder.survey import Survey

__all__ = ["note_imported", "refuse_export"]

_MARK = ".gallery-imported"
_LARGEST = 1_000_000  # bytes; a sidecar has a few thousand
_INSTAGRAM = re.compile(
    r"(^|/)(your_instagram_activity|media/(stories|archived_posts|recently_deleted))/"
)


def refuse_export(root: Path, found: Survey) -> None:
    """NotImported where the folder holds an export that was not imported."""
    paths = [path for path, _ in found.left_alone]
    shown = (photo.file.path for photo in (*found.photos, *found.hidden))
    if foreign := next((path for path in (*paths, *shown) if _INSTAGRAM.search(path)), None):
        raise NotImported(
            f"{root} is an Instagram export ({foreign}), with stories, archived posts and messages "
            "of others. Nothing is published. Copy its folder media/posts alone, and name that."
        )
    known = _imported(root)
    for path in paths:
        if path.lower().endswith(".json") and path not in known:
            for program in (takeout, flickr):
                if program.is_ours(_content(root / path)):
                    raise NotImported(
                        f"{root} is an export of {program.NAME} that was not imported ({path}). "
                        f"Nothing is published. Type: ./gallery import {root}"
                    )


def note_imported(root: Path, paths: Iterable[str]) -> None:
    """Note the files of an export that were read; they are no reason to refuse any more."""
    lines = sorted(_imported(root).union(paths))
    (root / _MARK).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _imported(root: Path) -> set[str]:
    try:
        return set((root / _MARK).read_text(encoding="utf-8").splitlines())
    except (OSError, UnicodeDecodeError):
        return set()


def _content(path: Path) -> object:
    try:
        return json.loads(read_regular(path, _LARGEST)[0])
    except (OSError, ValueError, RecursionError, Unusable):
        return None  # a foreign file never ends the run
