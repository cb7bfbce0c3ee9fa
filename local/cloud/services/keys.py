"""API keys: each with a string of its own, and gone softly: the name stays taken for 30 days."""

import secrets
import uuid
from datetime import UTC, datetime, timedelta

from local.cloud.cloud import Cloud
from local.cloud.errors import Invalid
from local.cloud.services import operations, records
from local.cloud.services.recorded import Collection, methods
from local.cloud.store import now
from local.cloud.web import Method, Record, Request

__all__ = ["KEYS", "METHODS"]

KEYS = Collection(
    api="apikeys.projects.locations.keys",
    root="/apikeys/v2/",
    kind="keys",
    parent="projects/<project>/locations/<location>",
    id_from=("keyId",),
    with_operations=True,
    computed=lambda _name, _id: {
        "uid": str(uuid.uuid4()),
        "keyString": f"local-{secrets.token_urlsafe(24)}",
    },
)


def _hiding(method: Method) -> Method:
    """Every answer but one leaves the string itself out, and a list what is deleted."""

    def handler(cloud: Cloud, request: Request, **path: str) -> Record:
        result = method.handler(cloud, request, **path)
        assert isinstance(result, dict)  # noqa: S101 a collection's handlers answer records
        if "keys" in result:
            return {"keys": [_view(key) for key in result["keys"] if "deleteTime" not in key]}
        if "response" in result:
            return {**result, "response": _view(result["response"])}
        return _view(result)

    return Method(method.name, method.verb, method.path, handler)


def _view(key: Record) -> Record:
    return {field: value for field, value in key.items() if field != "keyString"}


def _get_string(cloud: Cloud, _: Request, **path: str) -> Record:
    key = records.read(cloud.store, KEYS.api, KEYS.name(path))
    return {"keyString": key["keyString"]}


def _delete(cloud: Cloud, _: Request, **path: str) -> Record:
    name = KEYS.name(path)
    with cloud.store.transaction():
        key = records.read(cloud.store, KEYS.api, name)
        if "deleteTime" in key:
            raise Invalid(f"The key {name} is deleted already")
        purge = datetime.now(UTC) + timedelta(days=30)
        key |= {"deleteTime": now(), "purgeTime": purge.isoformat().replace("+00:00", "Z")}
        records.put(cloud.store, KEYS.api, name, key)
    return operations.done(cloud, name.rsplit("/", 2)[0], _view(key))


_ONE = f"{KEYS.path}/<id:id_>"
METHODS = [
    *(_hiding(method) for method in methods(KEYS) if not method.name.endswith(".delete")),
    Method(f"{KEYS.api}.delete", "DELETE", _ONE, _delete),
    Method(f"{KEYS.api}.getKeyString", "GET", f"{_ONE}/keyString", _get_string),
]
