"""What is known of files from earlier runs, so that a file that has not changed is not read again.

A convenience only: it lies in the photo folder as `.gallery-index`, shared by program, command line
and resource; where it cannot be written or read, everything works without it. Each fact is written
at once, so that runs do not wait for each other, and one that is killed loses nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import sqlite3
import threading
from typing import TYPE_CHECKING, Any, Self

from uploader.folder.identity import RULE
from uploader.folder.metadata import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from uploader.folder.files import Stamp

__all__ = ["FILE", "Index"]

FILE = ".gallery-index"
_log = logging.getLogger(__name__)

_TABLES = """
CREATE TABLE layout (version TEXT PRIMARY KEY);
CREATE TABLE files (path TEXT PRIMARY KEY, stamp TEXT, known TEXT);
CREATE TABLE troubled (path TEXT PRIMARY KEY);
CREATE TABLE placeholders (recipe TEXT, id TEXT, placeholder TEXT, PRIMARY KEY (recipe, id));
CREATE TABLE sources (bucket TEXT PRIMARY KEY, source TEXT);
CREATE TABLE captions (path TEXT PRIMARY KEY);
CREATE TABLE hidden (id TEXT PRIMARY KEY);
CREATE TABLE withdrawn (bucket TEXT, id TEXT, PRIMARY KEY (bucket, id));
"""
# Whatever changes what is known of a file begins with an empty index, and so does another version.
_LAYOUT = hashlib.sha256(json.dumps([_TABLES, RULE, FIELDS]).encode()).hexdigest()[:16]


class Index:
    """Facts about files by path and stamp, and about renditions by recipe and id.

    Safe from many threads.
    """

    def __init__(self, folder: Path) -> None:
        self._lock = threading.Lock()
        self._has_failed = False
        self._database = _opened(folder / FILE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._database.close()

    def files(self) -> dict[str, tuple[Stamp, dict[str, Any]]]:
        """All files that were ever seen, by path: their stamp and what is known of them."""
        rows = self._execute("SELECT path, stamp, known FROM files")
        return {path: (tuple(json.loads(stamp)), json.loads(known)) for path, stamp, known in rows}

    def learn_file(self, path: str, stamp: Stamp, known: dict[str, Any]) -> None:
        """Remember what one file holds."""
        row = (path, json.dumps(stamp), json.dumps(known))
        self._execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", *row)
        self._execute("DELETE FROM troubled WHERE path = ?", path)

    def learn_undecodable(self, path: str, reason: str) -> None:
        """Remember that a file can be identified, but not be shown."""
        statement = "UPDATE files SET known = json_set(known, '$.undecodable', ?) WHERE path = ?"
        self._execute(statement, reason, path)

    def troubled(self) -> set[str]:
        """Paths of files whose last attempt ended in trouble that was perhaps not theirs."""
        return {path for (path,) in self._execute("SELECT path FROM troubled")}

    def learn_trouble(self, path: str) -> None:
        """Remember that this file is to be tried alone, and last."""
        self._execute("INSERT OR REPLACE INTO troubled VALUES (?)", path)

    def placeholders(self, recipe: str) -> dict[str, str]:
        """Placeholders of pictures that were rendered before by this recipe, by id."""
        select = "SELECT id, placeholder FROM placeholders WHERE recipe = ?"
        return dict(self._execute(select, recipe))

    def learn_rendition(self, recipe: str, id_: str, path: str, placeholder: str) -> None:
        """Remember that one picture was rendered."""
        insert = "INSERT OR REPLACE INTO placeholders VALUES (?, ?, ?)"
        self._execute(insert, recipe, id_, placeholder)
        self._execute("DELETE FROM troubled WHERE path = ?", path)

    def source(self, bucket: str) -> str:
        """As which source this folder was last sent to a bucket; empty if it never was."""
        rows = self._execute("SELECT source FROM sources WHERE bucket = ?", bucket)
        return str(rows[0][0]) if rows else ""

    def learn_source(self, bucket: str, source: str) -> None:
        """Remember as which source this folder is sent to a bucket."""
        self._execute("INSERT OR REPLACE INTO sources VALUES (?, ?)", bucket, source)

    def captions(self) -> set[str]:
        """Paths of the captions files that the last run read."""
        return {path for (path,) in self._execute("SELECT path FROM captions")}

    def learn_captions(self, paths: Iterable[str]) -> None:
        """Remember which captions files are there and say something."""
        self._replace("captions", paths)

    def hidden(self) -> set[str]:
        """Ids of the pictures that were hidden at the last sync."""
        return {id_ for (id_,) in self._execute("SELECT id FROM hidden")}

    def learn_hidden(self, ids: Iterable[str]) -> None:
        """Remember which pictures are hidden."""
        self._replace("hidden", ids)

    def _replace(self, table: str, values: Iterable[str]) -> None:
        """Make a table of one column equal to these; what is in both is not touched."""
        wanted = set(values)
        there = {value for (value,) in self._execute(f"SELECT * FROM {table}")}  # noqa: S608 - our own names
        column = {"captions": "path", "hidden": "id"}[table]
        for value in there - wanted:
            self._execute(f"DELETE FROM {table} WHERE {column} = ?", value)  # noqa: S608 - as above
        for value in wanted - there:
            self._execute(f"INSERT OR REPLACE INTO {table} VALUES (?)", value)  # noqa: S608 - as above

    def withdrawing(self, bucket: str, ids: Iterable[str]) -> None:
        """Remember, on disk, whose renditions are about to be deleted."""
        for id_ in ids:
            self._execute("INSERT OR REPLACE INTO withdrawn VALUES (?, ?)", bucket, id_)

    def withdrawn(self, bucket: str) -> set[str]:
        """Whose renditions were to be deleted, by this run or one that was interrupted."""
        select = "SELECT id FROM withdrawn WHERE bucket = ?"
        return {id_ for (id_,) in self._execute(select, bucket)}

    def forget_withdrawn(self, bucket: str) -> None:
        """They are gone."""
        self._execute("DELETE FROM withdrawn WHERE bucket = ?", bucket)

    def _execute(self, statement: str, *values: str) -> list[Any]:
        """A disk that is full, or a file that is ruined, must not end the run."""
        with self._lock:
            try:
                return self._database.execute(statement, values).fetchall()
            except sqlite3.ProgrammingError:
                raise
            except sqlite3.Error as error:
                # Once: on a full disk it would be said for each file.
                level = logging.DEBUG if self._has_failed else logging.WARNING
                _log.log(level, "%s is not kept, and what is new is read again: %s", FILE, error)
                self._has_failed = True
                return []


def _opened(path: Path) -> sqlite3.Connection:
    """The index on disk; else one in memory, which lasts as long as the run."""
    try:
        return _connected(str(path))
    except sqlite3.Error as error:
        _log.warning("%s cannot be used, and all files are read again: %s", path, error)
        return _connected(":memory:")


def _connected(place: str) -> sqlite3.Connection:
    database = sqlite3.connect(place, timeout=5, check_same_thread=False, isolation_level=None)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        if not _is_current(database):
            _begin_anew(database)
    except BaseException:
        database.close()
        raise
    return database


def _is_current(database: sqlite3.Connection) -> bool:
    with contextlib.suppress(sqlite3.OperationalError):  # no such table, or column
        return database.execute("SELECT version FROM layout").fetchall() == [(_LAYOUT,)]
    return False


def _begin_anew(database: sqlite3.Connection) -> None:
    tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    drops = "".join(f'DROP TABLE IF EXISTS "{name}";' for (name,) in tables)
    insert = f"INSERT INTO layout VALUES ('{_LAYOUT}');"  # noqa: S608 - the version is ours
    database.executescript(f"BEGIN IMMEDIATE; {drops} {_TABLES} {insert} COMMIT;")
