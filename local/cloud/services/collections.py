"""What is written, read, changed and removed: one generic collection, a row for each kind.

`rows.py` has the kinds that are only remembered; accounts, keys and secrets add to theirs.
"""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from local.cloud.cloud import Cloud
from local.cloud.errors import Invalid, NotFound
from local.cloud.policies import policy_methods, remove_policy
from local.cloud.services import records
from local.cloud.store import now
from local.cloud.web import Method, Record, Request, camel, json_body

__all__ = ["Collection", "Finish", "methods", "times"]

# (cloud, verb, name of the resource, its record) → the answer to a change
Finish = Callable[[Cloud, str, str, Record], Record]

_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@/:%+~-]{0,254}")
_VERBS = {
    "create": "POST", "insert": "POST", "list": "GET", "get": "GET",
    "patch": "PATCH", "update": "PUT", "delete": "DELETE",
}  # fmt: skip
_PARAMETERS = {"list": ("pageSize", "maxResults"), "patch": ("updateMask", "paths", "requestId")}


def times(_name: str, former: Record) -> Record:
    """`createTime` and `updateTime`, as most of Google's newer services write them."""
    return {"createTime": former.get("createTime", now()), "updateTime": now()}


def _as_it_is(_cloud: Cloud, verb: str, _name: str, record: Record) -> Record:
    return {} if verb == "delete" else record


@dataclass(frozen=True, kw_only=True)
class Collection:
    """A kind of resource that is kept, and does nothing by itself.

    `api` is Google's name of it, `path` where it is; `verbs` are its methods, of `_VERBS`, and
    setters such as `setLabels`, which change what their body holds. `id_from` is the query
    parameter or body field that names a new one; without it, a number is made, and where it
    `draws_id` one without a name gets a drawn one. `computed` gives,
    by name and former record, what Google fills in. `policy` is the verb of its getIamPolicy, if
    it has one. `finish` makes the answer to a change: the record, or an operation. `missing` is
    Google's text where there is none: `{name}` whole, `{id}` and `{project}` of it. `fields` are
    all that there are, blank between them; without, any will do. An update `replaces` what was
    there. `is_private` ones want the token.
    """

    api: str
    path: str
    verbs: tuple[str, ...] = ("create", "list", "get", "patch", "delete")
    id_from: str = ""
    draws_id: bool = False
    listed: str = ""
    wrapped: str = ""
    computed: Callable[[str, Record], Record] = times
    policy: str = ""
    finish: Finish = _as_it_is
    missing: str = "Requested entity was not found."
    fields: str = ""
    replaces: bool = True
    is_private: bool = False

    @property
    def kind(self) -> str:
        """The last word of its path."""
        return self.path.rpartition("/")[2]

    def parent(self, path: dict[str, str]) -> str:
        """The name of what holds the collection, by the values of a path: below the version."""
        named = self.path.split("/", 3)[3].removesuffix(f"/{self.kind}")
        return re.sub("<(.*?)>", lambda match: path[match[1]], named)

    def name(self, path: dict[str, str], id_: str = "") -> str:
        """The full name of a resource, by the values of its path."""
        return f"{self.parent(path)}/{self.kind}/{id_ or path['id_']}"

    def key(self, name: str) -> str:
        """What a resource's policy is kept under."""
        return f"{self.api.split('.')[0]}/{name}"

    def read(self, cloud: Cloud, name: str) -> Record:
        """The record of a resource; raises NotFound with Google's text."""
        record = records.find(cloud.store, self.api, name)
        if record is None:
            names = {"id": name.rpartition("/")[2], "project": name.split("/")[1]}
            raise NotFound(self.missing.format(name=name, **names))
        return record


def methods(collection: Collection) -> list[Method]:
    """The methods of a collection, under Google's names."""
    made = [_method(collection, verb) for verb in collection.verbs]
    if collection.policy:

        def resource(cloud: Cloud, **path: str) -> str:
            name = collection.name(path)
            collection.read(cloud, name)
            return collection.key(name)

        access = "private" if collection.is_private else ""
        one = f"{collection.path}/<id:id_>"
        made += policy_methods(collection.api, one, collection.policy, resource, access=access)
    return made


def _method(collection: Collection, verb: str) -> Method:
    many, one = collection.path, f"{collection.path}/<id:id_>"
    path = many if verb in ("create", "insert", "list") else one
    handlers: dict[str, Callable[..., Record]] = {
        "create": _create, "insert": _create, "list": _list, "get": _get, "delete": _delete,
    }  # fmt: skip
    handler = handlers.get(verb, partial(_change, verb))
    parameters = _PARAMETERS.get(verb, ("requestId", "validateOnly", "force"))
    if verb == "create" and collection.id_from.endswith("Id") and not collection.wrapped:
        parameters = (*parameters, collection.id_from)
    return Method(
        f"{collection.api}.{verb}",
        _VERBS.get(verb, "POST"),
        path if verb in _VERBS else f"{path}/{verb}",
        partial(handler, collection),
        parameters,
        "private" if collection.is_private else "",
    )


def _create(collection: Collection, cloud: Cloud, request: Request, **path: str) -> Record:
    body = json_body(request)
    id_ = _new_id(collection, request, body)
    name = collection.name(path, id_)
    given = {field: value for field, value in _inner(collection, body).items() if value is not None}
    record = {**given, "name": name, **collection.computed(name, given)}
    records.add(cloud.store, collection.api, name, record)
    return collection.finish(cloud, "insert", name, record)


def _new_id(collection: Collection, request: Request, body: Record) -> str:
    if not collection.id_from:
        return str(uuid.uuid4().int % 2**63)
    queried = {camel(name): value for name, value in request.args.items()}
    id_: Any = queried.get(collection.id_from) or body.get(collection.id_from)
    if not id_ and collection.draws_id:
        return str(uuid.uuid4())
    if not isinstance(id_, str) or not _ID.fullmatch(id_):
        raise Invalid(f"Invalid {collection.id_from}: {id_!r}")
    return id_


def _inner(collection: Collection, body: Record) -> Record:
    inner = body.get(collection.wrapped, body)
    if not isinstance(inner, dict):
        raise Invalid(f"{collection.wrapped} is not an object")
    for field in inner if collection.fields else ():
        if field not in collection.fields.split():
            raise Invalid(
                f'Invalid JSON payload received. Unknown name "{field}": Cannot find field.'
            )
    return inner


def _list(collection: Collection, cloud: Cloud, _: Request, **path: str) -> Record:
    """All of them, in one page; nothing at all where there are none, as Google answers."""
    found = records.children(cloud.store, collection.api, collection.parent(path))
    return {collection.listed or collection.kind: found} if found else {}


def _get(collection: Collection, cloud: Cloud, _: Request, **path: str) -> Record:
    return collection.read(cloud, collection.name(path))


def _change(
    verb: str, collection: Collection, cloud: Cloud, request: Request, **path: str
) -> Record:
    """Change what `updateMask` names, or else what the body holds; PUT replaces."""
    body = json_body(request)
    queried = {camel(name): value for name, value in request.args.items()}
    mask = queried.get("updateMask") or body.pop("updateMask", None)
    body = _inner(collection, body)
    fields = _masked(collection, mask) if mask else set(body)
    if verb == "setSecurityPolicy":  # an empty body takes the policy away
        fields.add("securityPolicy")
    name = collection.name(path)
    with cloud.store.transaction():
        former = collection.read(cloud, name)
        record = {} if verb == "update" and collection.replaces else dict(former)
        record |= {field: body.get(field) for field in fields}
        record |= {"name": name, **collection.computed(name, {**former, **record})}
        record = {field: value for field, value in record.items() if value is not None}
        records.put(cloud.store, collection.api, name, record)
    return collection.finish(cloud, verb, name, record)


def _masked(collection: Collection, mask: Any) -> set[str]:
    """The fields that a mask names, of `a,b.c` in either case; raises Invalid for what is none."""
    if not isinstance(mask, str):
        raise Invalid("updateMask is a text")
    fields = {camel(part.split(".")[0].strip()) for part in mask.split(",")}
    known = set(collection.fields.split()) or fields
    if unknown := fields - known:
        raise Invalid(f"Invalid updateMask path: {min(unknown)}")
    return fields


def _delete(collection: Collection, cloud: Cloud, _: Request, **path: str) -> Record:
    name = collection.name(path)
    with cloud.store.transaction():
        record = collection.read(cloud, name)
        records.remove(cloud.store, collection.api, name)
        remove_policy(cloud.store, collection.key(name))
    return collection.finish(cloud, "delete", name, record)
