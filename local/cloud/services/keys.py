"""API keys: each with a string of its own, and gone softly: the name stays taken for 30 days."""

import secrets
import uuid
from dataclasses import replace

from local.cloud.cloud import Cloud
from local.cloud.errors import Invalid
from local.cloud.services import records
from local.cloud.services.collections import Collection, methods, times
from local.cloud.services.operations import finish
from local.cloud.store import now
from local.cloud.web import Method, Record, Request

__all__ = ["KEYS", "METHODS"]


def _computed(name: str, former: Record) -> Record:
    return {
        **times(name, former),
        "uid": former.get("uid") or str(uuid.uuid4()),
        "keyString": former.get("keyString") or f"local-{secrets.token_urlsafe(24)}",
        "etag": uuid.uuid4().hex,
    }


_FINISH = finish("google.api.apikeys.v2.Key", parent=False, hidden="keyString", at_once=True)
KEYS = Collection(
    api="apikeys.projects.locations.keys",
    path="/apikeys/v2/projects/<project>/locations/<location>/keys",
    id_from="keyId",
    draws_id=True,
    computed=_computed,
    finish=_FINISH,
    missing='key "{name}" not found',
    fields="annotations displayName etag name restrictions serviceAccountEmail",
    is_private=True,
)


def _hiding(method: Method) -> Method:
    """Reading leaves the string itself out, and a list what is deleted."""

    def handler(cloud: Cloud, request: Request, **path: str) -> Record:
        result = method.handler(cloud, request, **path)
        assert isinstance(result, dict)  # noqa: S101 a collection's handlers answer records
        if "keys" in result:
            shown = [_view(key) for key in result["keys"] if "deleteTime" not in key]
            return {"keys": shown} if shown else {}
        return _view(result)

    return replace(method, handler=handler)


def _view(key: Record) -> Record:
    return {field: value for field, value in key.items() if field != "keyString"}


def _get_string(cloud: Cloud, _: Request, **path: str) -> Record:
    return {"keyString": KEYS.read(cloud, KEYS.name(path))["keyString"]}


def _delete(cloud: Cloud, _: Request, **path: str) -> Record:
    name = KEYS.name(path)
    with cloud.store.transaction():
        key = KEYS.read(cloud, name)
        if "deleteTime" in key:
            raise Invalid(f"The key {name} is deleted already")
        key |= {"deleteTime": now()}
        records.put(cloud.store, KEYS.api, name, key)
    return _FINISH(cloud, "delete", name, key)


_ONE = f"{KEYS.path}/<id:id_>"
METHODS = [
    *(_hiding(method) for method in methods(KEYS) if not method.name.endswith(".delete")),
    Method(f"{KEYS.api}.delete", "DELETE", _ONE, _delete, access="private"),
    Method(f"{KEYS.api}.getKeyString", "GET", f"{_ONE}/keyString", _get_string, access="private"),
]
