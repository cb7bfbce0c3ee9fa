"""What only has to be remembered: one generic collection, and a row for each kind of resource."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from localcloud.cloud import Cloud
from localcloud.errors import Conflict, Invalid
from localcloud.policies import read_policy, remove_policy, set_policy
from localcloud.services import operations, records
from localcloud.store import now
from localcloud.web import Method, Request, json_body

__all__ = ["Collection", "methods", "policy_methods"]

_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@/:%+~-]{0,254}")
_KEPT = ("name", "createTime", "uid", "uniqueId", "email", "projectId")


@dataclass(frozen=True, kw_only=True)
class Collection:
    """A kind of resource that is written, read, changed and removed, and does nothing.

    `id_from` is the query parameter or the body's field that names a new one; where neither is
    given, a name is made. `wrapped` is the field in which its body lies. A `short` resource's
    `name` is its last segment alone.
    """

    api: str
    root: str
    parent: str
    kind: str
    id_from: tuple[str, ...] = ()
    wrapped: str = ""
    short: bool = False
    with_operations: bool = False
    update: str = "PATCH"
    policy: str | None = None
    full_id: Callable[[str, dict[str, str]], str] = lambda id_, _path: id_
    computed: Callable[[str, str], dict[str, Any]] = lambda _name, _id: {}

    def name(self, path: dict[str, str], id_: str) -> str:
        """The full name of a resource, for the values of its parent's path."""
        parent = re.sub("<(.*?)>", lambda match: path[match[1]], self.parent)
        return f"{parent}/{self.kind}/{id_}"


def methods(collection: Collection) -> list[Method]:
    """The methods of a collection, under Google's names."""
    base = f"{collection.root}{collection.parent}/{collection.kind}"
    update = "update" if collection.update == "PUT" else "patch"
    rows: list[tuple[str, str, str, Callable[..., dict[str, Any]]]] = [
        ("create", "POST", base, _create),
        ("list", "GET", base, _list),
        ("get", "GET", f"{base}/<id:id_>", _get),
        (update, collection.update, f"{base}/<id:id_>", _change),
        ("delete", "DELETE", f"{base}/<id:id_>", _delete),
    ]
    made = [
        Method(f"{collection.api}.{verb}", http, path, partial(handler, collection))
        for verb, http, path, handler in rows
    ]
    if collection.policy:
        made += policy_methods(
            collection.api, f"{base}/<id:id_>", collection.policy, partial(_existing, collection)
        )
    return made


def policy_methods(api: str, path: str, verb: str, resource: Callable[..., str]) -> list[Method]:
    """The three methods of a policy; `resource(cloud, **path)` names what it is kept under."""

    def get(cloud: Cloud, _: Request, **values: str) -> dict[str, Any]:
        return read_policy(cloud.store, resource(cloud, **values))

    def set_(cloud: Cloud, request: Request, **values: str) -> dict[str, Any]:
        return set_policy(cloud, request, resource(cloud, **values))

    def test(cloud: Cloud, request: Request, **values: str) -> dict[str, Any]:
        resource(cloud, **values)
        return {"permissions": json_body(request).get("permissions", [])}

    return [
        Method(f"{api}.getIamPolicy", verb, f"{path}:getIamPolicy", get),
        Method(f"{api}.setIamPolicy", "POST", f"{path}:setIamPolicy", set_),
        Method(f"{api}.testIamPermissions", "POST", f"{path}:testIamPermissions", test),
    ]


def _existing(collection: Collection, cloud: Cloud, id_: str, **path: str) -> str:
    name = collection.name(path, id_)
    records.read(cloud.store, collection.api, name)
    return policy_key(collection, name)


def policy_key(collection: Collection, name: str) -> str:
    """What a resource's policy is kept under."""
    return f"{collection.api.split('.')[0]}/{name}"


def _create(collection: Collection, cloud: Cloud, request: Request, **path: str) -> dict[str, Any]:
    body = json_body(request)
    id_ = collection.full_id(_new_id(collection, request, body), path)
    body = body.get(collection.wrapped, body) if collection.wrapped else body
    if not isinstance(body, dict):
        raise Invalid(f"{collection.wrapped} is not an object")
    name = collection.name(path, id_)
    record = {
        **{field: value for field, value in body.items() if value is not None},
        "name": id_ if collection.short else name,
        "createTime": (time := now()),
        "updateTime": time,
        "etag": uuid.uuid4().hex[:12],
        **collection.computed(name, id_),
    }
    with cloud.store.transaction():
        if records.find(cloud.store, collection.api, name):
            raise Conflict(f"Resource '{name}' already exists")
        records.put(cloud.store, collection.api, name, record)
    return _result(collection, cloud, name, record)


def _new_id(collection: Collection, request: Request, body: dict[str, Any]) -> str:
    if not collection.id_from:
        return str(uuid.uuid4().int % 10**19)
    for field in collection.id_from:
        id_ = request.args.get(field) or body.get(field)
        if id_ is not None:
            if not isinstance(id_, str) or not _ID.fullmatch(id_):
                raise Invalid(f"Invalid {field}: {id_!r}")
            return id_
    raise Invalid(f"Missing {collection.id_from[0]}")


def _result(
    collection: Collection, cloud: Cloud, name: str, record: dict[str, Any]
) -> dict[str, Any]:
    if not collection.with_operations:
        return record
    return operations.done(cloud, name.rsplit("/", 2)[0], record)


def _list(collection: Collection, cloud: Cloud, _: Request, **path: str) -> dict[str, Any]:
    parent = collection.name(path, "").rsplit("/", 2)[0]
    return {collection.kind: records.children(cloud.store, collection.api, parent)}


def _get(collection: Collection, cloud: Cloud, _: Request, id_: str, **path: str) -> dict[str, Any]:
    return records.read(cloud.store, collection.api, collection.name(path, id_))


def _change(
    collection: Collection, cloud: Cloud, request: Request, id_: str, **path: str
) -> dict[str, Any]:
    """Change what `updateMask` names, or else what the body holds; PUT replaces."""
    body = json_body(request)
    mask = request.args.get("updateMask") or body.pop("updateMask", None)
    body = body.get(collection.wrapped, body) if collection.wrapped else body
    if not isinstance(body, dict) or not isinstance(mask, str | None):
        raise Invalid("The body is an object, updateMask a text")
    fields = [part.split(".")[0] for part in mask.split(",")] if mask else list(body)
    name = collection.name(path, id_)
    with cloud.store.transaction():
        record = records.read(cloud.store, collection.api, name)
        if collection.update == "PUT":
            record = {field: record[field] for field in _KEPT if field in record}
        record |= {field: body.get(field) for field in fields if field not in _KEPT}
        record = {field: value for field, value in record.items() if value is not None}
        record |= {"updateTime": now(), "etag": uuid.uuid4().hex[:12]}
        records.put(cloud.store, collection.api, name, record)
    return _result(collection, cloud, name, record)


def _delete(
    collection: Collection, cloud: Cloud, _: Request, id_: str, **path: str
) -> dict[str, Any]:
    name = collection.name(path, id_)
    with cloud.store.transaction():
        records.remove(cloud.store, collection.api, name)
        remove_policy(cloud.store, policy_key(collection, name))
    return _result(collection, cloud, name, {})
