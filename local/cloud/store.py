"""All records, in one SQLite file: what was acknowledged survives `kill -9`.

One connection behind one lock: every statement here takes microseconds, and a page of a list
costs what the page holds, for every query runs along an index.
"""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

__all__ = ["Store", "now"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS buckets (name TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT, name TEXT, generation INTEGER NOT NULL, metageneration INTEGER NOT NULL,
    blob TEXT NOT NULL, record TEXT NOT NULL, trusted INTEGER NOT NULL,
    PRIMARY KEY (bucket, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS uploads (id TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS resources (
    collection TEXT, name TEXT, parent TEXT NOT NULL, record TEXT NOT NULL,
    PRIMARY KEY (collection, name)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS resources_by_parent ON resources (collection, parent, name);
CREATE TABLE IF NOT EXISTS policies (resource TEXT PRIMARY KEY, policy TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


def now() -> str:
    """The time as Google writes it: RFC 3339, UTC, milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Store:
    """Records by SQL; `transaction()` makes several statements one."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._last_generation = 0
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        try:
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.executescript(_SCHEMA)
        except sqlite3.DatabaseError:
            self._connection.close()
            raise

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Every row that the statement answers."""
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> tuple[Any, ...] | None:
        """The first row, or None."""
        with self._lock:
            row: tuple[Any, ...] | None = self._connection.execute(sql, values).fetchone()
            return row

    def run(self, sql: str, *values: Any) -> int:
        """Execute a write; how many rows it changed."""
        with self._lock:
            return self._connection.execute(sql, values).rowcount

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; one at a time; may be nested."""
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def fact(self, name: str) -> str | None:
        """A single remembered value."""
        row = self.row("SELECT value FROM facts WHERE name = ?", name)
        return row[0] if row else None

    def remember(self, name: str, value: str | None) -> None:
        """Set a single value, or forget it."""
        if value is None:
            self.run("DELETE FROM facts WHERE name = ?", name)
        else:
            self.run("INSERT OR REPLACE INTO facts VALUES (?, ?)", name, value)

    def next_generation(self) -> int:
        """Microseconds, as Google's generations are, and never the same twice."""
        with self._lock:
            self._last_generation = max(self._last_generation + 1, time.time_ns() // 1000)
            return self._last_generation

    def close(self) -> None:
        """Write the journal back and let go of the file."""
        with self._lock:
            self._connection.close()
