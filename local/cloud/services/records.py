"""Resources by collection and name: the rows that every service but storage keeps."""

import json

from local.cloud.errors import Conflict, NotFound
from local.cloud.store import Store
from local.cloud.web import Record

__all__ = ["add", "children", "every", "find", "put", "remove"]


def find(store: Store, collection: str, name: str) -> Record | None:
    """The record, or None."""
    sql = "SELECT record FROM resources WHERE collection = ? AND name = ?"
    row = store.row(sql, collection, name)
    return json.loads(row[0]) if row else None


def put(store: Store, collection: str, name: str, record: Record) -> Record:
    """Write the record; its parent is the name without its last two segments."""
    sql = "INSERT OR REPLACE INTO resources VALUES (?, ?, ?, ?)"
    store.run(sql, collection, name, name.rsplit("/", 2)[0], json.dumps(record))
    return record


def add(store: Store, collection: str, name: str, record: Record) -> Record:
    """Write a new record; raises Conflict if there is one."""
    with store.transaction():
        if find(store, collection, name):
            raise Conflict(f"Resource '{name}' already exists")
        return put(store, collection, name, record)


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
