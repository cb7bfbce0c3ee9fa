"""Folders and files that are no part of a gallery, though pictures lie in them.

Trash, thumbnails of network drives, catalogs of photo programs; and what `.nomedia`, `.gitignore`
or `.galleryignore` leave out. Whoever threw a photo away does not want to see it published.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pathspec import GitIgnoreSpec

from uploader.errors import FolderError, Unusable
from uploader.folder.files import read_regular

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from pathlib import Path

__all__ = ["IGNORE_FILES", "NO_MEDIA", "Rule", "kind_of_folder", "rules_of", "why_ignored"]

NO_MEDIA = ".nomedia"  # Android's mark of a folder whose pictures no gallery shows
IGNORE_FILES = (".gitignore", ".galleryignore")
_LARGEST = 1_000_000  # bytes

_TRASH = re.compile(
    r"\$recycle\.bin|recycler|recycled|#recycle|@recycle|@recently-snapshot|#snapshot|trash|papierkorb"
    r"|system volume information|lost\+found|found\.\d+",
    re.IGNORECASE,
)
_THUMBNAILS = re.compile(r"@eadir|@__thumb|thumbnails?|_gsdata_|__macosx", re.IGNORECASE)
_CATALOGS = re.compile(
    r".+\.(photoslibrary|photolibrary|aplibrary|migratedaplibrary|lrlibrary|lrdata|lrcat-data|cocatalog"
    r"|cosessiondb|dtbase2|dthumb)|iphoto library|captureone",
    re.IGNORECASE,
)


class Rule(NamedTuple):
    """The patterns of one ignore file; they go for what lies below `prefix`."""

    prefix: str
    file: str
    spec: GitIgnoreSpec


def kind_of_folder(name: str) -> str:
    """Why a folder of this name is left alone; empty if it is not."""
    if _TRASH.fullmatch(name):
        return "a folder of what was thrown away"
    if _THUMBNAILS.fullmatch(name):
        return "a folder of thumbnails"
    return "the catalog of a photo program" if _CATALOGS.fullmatch(name) else ""


def rules_of(folder: Path, prefix: str, names: AbstractSet[str]) -> list[Rule]:
    """The ignore files of one folder; FolderError for one that cannot be read.

    Going on without it would publish what it leaves out.
    """
    rules = []
    for name in IGNORE_FILES:
        if name in names:
            try:
                content, _, _ = read_regular(folder / name, _LARGEST)
            except (Unusable, OSError) as error:
                reason = error.strerror if isinstance(error, OSError) else error
                raise FolderError(f"{prefix}{name} cannot be read ({reason}). Mend it.") from None
            lines = content.decode("utf-8-sig", "replace").splitlines()
            rules.append(Rule(prefix, prefix + name, GitIgnoreSpec.from_lines(lines)))
    return rules


def why_ignored(path: str, rules: list[Rule]) -> str:
    """Which ignore file leaves out a path, of a folder with its final slash; empty if none does."""
    for rule in rules:
        if rule.spec.match_file(path[len(rule.prefix) :]):
            return f"left out by {rule.file}"
    return ""
