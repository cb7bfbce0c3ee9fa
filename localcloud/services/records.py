"""Resources by collection and name: the rows that every service but storage keeps."""

import json
from typing import Any

from localcloud.errors import NotFound
from localcloud.store import Store

__all__ = ["children", "every", "find", "put", "read", "remove"]

Record = dict[str, Any]


def find(store: Store, collection: str, name: str) -> Record | None:
    """The record, or None."""
    sql = "SELECT record FROM resources WHERE collection = ? AND name = ?"
    row = store.row(sql, collection, name)
    return json.loads(row[0]) if row else None


def read(store: Store, collection: str, name: str) -> Record:
    """The record; raises NotFound."""
    record = find(store, collection, name)
    if record is None:
        raise NotFound(f"Resource '{name}' was not found")
    return record


def put(store: Store, collection: str, name: str, record: Record) -> None:
    """Write the record; its parent is the name without its last two segments."""
    parent = name.rsplit("/", 2)[0]
    sql = "INSERT OR REPLACE INTO resources VALUES (?, ?, ?, ?)"
    store.run(sql, collection, name, parent, json.dumps(record))


def remove(store: Store, collection: str, name: str) -> None:
    """Forget the record; raises NotFound."""
    sql = "DELETE FROM resources WHERE collection = ? AND name = ?"
    if not store.run(sql, collection, name):
        raise NotFound(f"Resource '{name}' was not found")


def children(store: Store, collection: str, parent: str) -> list[Record]:
    """All records of one parent, by name."""
    sql = "SELECT record FROM resources WHERE collection = ? AND parent = ? ORDER BY name"
    return [json.loads(row[0]) for row in store.rows(sql, collection, parent)]


def every(store: Store, collection: str) -> list[tuple[str, Record]]:
    """All records of a collection, with their names."""
    sql = "SELECT name, record FROM resources WHERE collection = ? ORDER BY name"
    return [(row[0], json.loads(row[1])) for row in store.rows(sql, collection)]
