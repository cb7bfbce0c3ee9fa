"""What only has to be remembered: one generic collection, and a row for each kind of resource."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from local.cloud.cloud import Cloud
from local.cloud.errors import Invalid
from local.cloud.policies import policy_methods, remove_policy
from local.cloud.services import operations, records
from local.cloud.store import now
from local.cloud.web import Method, Record, Request, json_body

__all__ = ["Collection", "methods"]

_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@/:%+~-]{0,254}")
_FIXED = ("name", "createTime", "uid", "uniqueId", "email", "projectId")


@dataclass(frozen=True)
class Collection:
    """A kind of resource that is written, read, changed and removed, and does nothing.

    `id_from` is the query parameter or the body's field that names a new one; without it, a name
    is made. `wrapped` is the field in which its body lies. A `short` resource's `name` is its
    last segment alone. `policy` is the verb of its getIamPolicy, if it has one. Those `given` are
    there from the beginning.
    """

    api: str
    root: str
    kind: str
    parent: str = "projects/<project>"
    id_from: tuple[str, ...] = ()
    wrapped: str = ""
    short: bool = False
    with_operations: bool = False
    update: str = "PATCH"
    policy: str = ""
    given: tuple[str, ...] = ()
    full_id: Callable[[str, dict[str, str]], str] = lambda id_, _path: id_
    computed: Callable[[str, str], Record] = lambda _name, _id: {}

    @property
    def path(self) -> str:
        """The path of the whole collection."""
        return f"{self.root}{self.parent}/{self.kind}"

    def name(self, path: dict[str, str], id_: str = "") -> str:
        """The full name of a resource, by the values of its path."""
        parent = re.sub("<(.*?)>", lambda match: path[match[1]], self.parent)
        return f"{parent}/{self.kind}/{id_ or path['id_']}"

    def key(self, name: str) -> str:
        """What a resource's policy is kept under."""
        return f"{self.api.split('.')[0]}/{name}"


def methods(collection: Collection) -> list[Method]:
    """The methods of a collection, under Google's names."""
    one = f"{collection.path}/<id:id_>"
    update = "update" if collection.update == "PUT" else "patch"
    rows: list[tuple[str, str, str, Callable[..., Record]]] = [
        ("create", "POST", collection.path, _create),
        ("list", "GET", collection.path, _list),
        ("get", "GET", one, _get),
        (update, collection.update, one, _change),
        ("delete", "DELETE", one, _delete),
    ]
    made = [
        Method(f"{collection.api}.{verb}", http, path, partial(handler, collection))
        for verb, http, path, handler in rows
    ]
    if collection.policy:
        resource = partial(_policy_key, collection)
        made += policy_methods(collection.api, one, collection.policy, resource)
    return made


def _policy_key(collection: Collection, cloud: Cloud, **path: str) -> str:
    name = collection.name(path)
    records.read(cloud.store, collection.api, name)
    return collection.key(name)


def _create(collection: Collection, cloud: Cloud, request: Request, **path: str) -> Record:
    body = json_body(request)
    id_ = collection.full_id(_new_id(collection, request, body), path)
    name, time = collection.name(path, id_), now()
    record = {
        **{
            field: value
            for field, value in _unwrapped(collection, body).items()
            if value is not None
        },
        "name": id_ if collection.short else name,
        "createTime": time,
        "updateTime": time,
        "etag": uuid.uuid4().hex[:12],
        **collection.computed(name, id_),
    }
    records.add(cloud.store, collection.api, name, record)
    return _result(collection, cloud, name, record)


def _new_id(collection: Collection, request: Request, body: Record) -> str:
    if not collection.id_from:
        return str(uuid.uuid4().int % 10**19)
    found = [request.args.get(field) or body.get(field) for field in collection.id_from]
    id_: Any = next((id_ for id_ in found if id_ is not None), None)
    if not isinstance(id_, str) or not _ID.fullmatch(id_):
        raise Invalid(f"Invalid {collection.id_from[0]}: {id_!r}")
    return id_


def _unwrapped(collection: Collection, body: Record) -> Record:
    inner = body.get(collection.wrapped, body)
    if not isinstance(inner, dict):
        raise Invalid(f"{collection.wrapped} is not an object")
    return inner


def _result(collection: Collection, cloud: Cloud, name: str, record: Record) -> Record:
    if not collection.with_operations:
        return record
    return operations.done(cloud, name.rsplit("/", 2)[0], record)


def _list(collection: Collection, cloud: Cloud, _: Request, **path: str) -> Record:
    parent = collection.name(path, "-").rsplit("/", 2)[0]
    return {collection.kind: records.children(cloud.store, collection.api, parent)}


def _get(collection: Collection, cloud: Cloud, _: Request, **path: str) -> Record:
    return _read(collection, cloud, collection.name(path))


def _read(collection: Collection, cloud: Cloud, name: str) -> Record:
    if name.rpartition("/")[2] in collection.given:
        return records.find(cloud.store, collection.api, name) or {"name": name}
    return records.read(cloud.store, collection.api, name)


def _change(collection: Collection, cloud: Cloud, request: Request, **path: str) -> Record:
    """Change what `updateMask` names, or else what the body holds; PUT replaces."""
    body = json_body(request)
    mask = request.args.get("updateMask") or body.pop("updateMask", None) or ""
    body = _unwrapped(collection, body)
    if not isinstance(mask, str):
        raise Invalid("updateMask is a text")
    fields = {part.split(".")[0] for part in mask.split(",")} if mask else body.keys()
    name = collection.name(path)
    with cloud.store.transaction():
        former = _read(collection, cloud, name)
        record = former if collection.update == "PATCH" else {}
        record = {**record, **{field: body.get(field) for field in fields}}
        record |= {field: former[field] for field in _FIXED if field in former}
        record |= {"updateTime": now(), "etag": uuid.uuid4().hex[:12]}
        record = {field: value for field, value in record.items() if value is not None}
        records.put(cloud.store, collection.api, name, record)
    return _result(collection, cloud, name, record)


def _delete(collection: Collection, cloud: Cloud, _: Request, **path: str) -> Record:
    name = collection.name(path)
    with cloud.store.transaction():
        records.remove(cloud.store, collection.api, name)
        remove_policy(cloud.store, collection.key(name))
    return _result(collection, cloud, name, {})
