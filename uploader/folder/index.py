"""What is known of files from earlier runs, so that a file that has not changed is not read again.

A convenience only: it lies in the photo folder as `.gallery-index`, shared by program, command line
and resource; where it cannot be written or read, everything works without it.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from typing import TYPE_CHECKING, Any, Self

from uploader.folder.identity import RULE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from uploader.folder.listing import Stamp

__all__ = ["FILE", "Index"]

FILE = ".gallery-index"
_LAYOUT = f"4.{RULE}"  # another one begins with an empty index

_TABLES = f"""
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS layout (version TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, stamp TEXT, known TEXT);
CREATE TABLE IF NOT EXISTS renditions
  (recipe TEXT, id TEXT, known TEXT, PRIMARY KEY (recipe, id));
CREATE TABLE IF NOT EXISTS withdrawn (bucket TEXT, id TEXT, PRIMARY KEY (bucket, id));
DELETE FROM files WHERE '{_LAYOUT}' NOT IN (SELECT version FROM layout);
DELETE FROM layout;
INSERT INTO layout VALUES ('{_LAYOUT}');
"""  # noqa: S608 - the version is ours


class Index:
    """Facts about files by path and stamp, and about renditions by recipe and id.

    Safe from many threads.
    """

    def __init__(self, folder: Path) -> None:
        self._lock = threading.Lock()
        self._database = _opened(folder / FILE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._database.commit()
            self._database.close()

    def save(self) -> None:
        """Keep what was learnt even if this process dies."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            self._database.commit()

    def files(self) -> dict[str, tuple[Stamp, dict[str, Any]]]:
        """All files that were ever seen, by path: their stamp and what is known of them."""
        rows = self._ask("SELECT path, stamp, known FROM files")
        return {path: (tuple(json.loads(stamp)), json.loads(known)) for path, stamp, known in rows}

    def learn_file(self, path: str, stamp: Stamp, known: dict[str, Any]) -> None:
        """Remember what one file holds."""
        told = (path, json.dumps(stamp), json.dumps(known))
        self._ask("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", *told)

    def learn_undecodable(self, path: str, reason: str) -> None:
        """Remember that a file can be identified, but not be shown."""
        self._ask(
            "UPDATE files SET known = json_set(known, '$.undecodable', ?) WHERE path = ?",
            reason,
            path,
        )

    def renditions(self, recipe: str) -> dict[str, dict[str, Any]]:
        """What is known of pictures that were rendered before by this recipe, by id."""
        rows = self._ask("SELECT id, known FROM renditions WHERE recipe = ?", recipe)
        return {id_: json.loads(known) for id_, known in rows}

    def learn_rendition(self, recipe: str, id_: str, known: dict[str, Any]) -> None:
        """Remember what was made of one picture."""
        told = (recipe, id_, json.dumps(known))
        self._ask("INSERT OR REPLACE INTO renditions VALUES (?, ?, ?)", *told)

    def withdrawing(self, bucket: str, ids: Iterable[str]) -> None:
        """Remember, on disk, whose renditions are about to be deleted."""
        for id_ in ids:
            self._ask("INSERT OR REPLACE INTO withdrawn VALUES (?, ?)", bucket, id_)
        self.save()

    def withdrawn(self, bucket: str) -> set[str]:
        """Whose renditions were to be deleted, by this run or one that was interrupted."""
        return {row[0] for row in self._ask("SELECT id FROM withdrawn WHERE bucket = ?", bucket)}

    def forget_withdrawn(self, bucket: str) -> None:
        """They are gone."""
        self._ask("DELETE FROM withdrawn WHERE bucket = ?", bucket)

    def _ask(self, question: str, *values: str) -> list[Any]:
        """A disk that is full, or a file that is ruined, must not end the run."""
        with self._lock:
            try:
                return self._database.execute(question, values).fetchall()
            except sqlite3.ProgrammingError:
                raise
            except sqlite3.Error:
                return []


def _opened(path: Path) -> sqlite3.Connection:
    """The index on disk; else one in memory, which lasts as long as the run."""
    for place in (str(path), ":memory:"):
        try:
            database = sqlite3.connect(place, timeout=5, check_same_thread=False)
            database.executescript(_TABLES)
        except sqlite3.Error:
            continue
        return database
    raise AssertionError
