"""API keys: each with a string of its own, and gone softly: the name stays taken for 30 days."""

import secrets
import uuid
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from localcloud.cloud import Cloud
from localcloud.errors import Invalid
from localcloud.services import operations, records
from localcloud.services.recorded import Collection, methods
from localcloud.store import now
from localcloud.web import Method, Request

__all__ = ["COLLECTION", "METHODS"]

_KEYS = Collection(
    api="apikeys.projects.locations.keys",
    root="/apikeys/v2/",
    parent="projects/<project>/locations/<location>",
    kind="keys",
    id_from=("keyId",),
    with_operations=True,
    computed=lambda _name, _id: {
        "uid": str(uuid.uuid4()),
        "keyString": f"local-{secrets.token_urlsafe(24)}",
    },
)
COLLECTION = _KEYS.api


def _view(record: dict[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in record.items() if field != "keyString"}


def _shown(result: dict[str, Any]) -> dict[str, Any]:
    """Every answer but one leaves the string itself out."""
    if "response" in result:
        return {**result, "response": _view(result["response"])}
    if "keys" in result:
        living = [_view(key) for key in result["keys"] if "deleteTime" not in key]
        return {**result, "keys": living}
    return _view(result)


def _hiding(method: Method) -> Method:
    def handler(cloud: Cloud, request: Request, **path: str) -> dict[str, Any]:
        result = method.handler(cloud, request, **path)
        return _shown(result if isinstance(result, dict) else {})

    return Method(method.name, method.verb, method.path, handler)


def get_string(cloud: Cloud, _: Request, project: str, location: str, id_: str) -> dict[str, Any]:
    """The string that a caller sends."""
    name = _KEYS.name({"project": project, "location": location}, id_)
    return {"keyString": records.read(cloud.store, COLLECTION, name)["keyString"]}


def _mark(gone: bool, cloud: Cloud, _: Request, **path: str) -> dict[str, Any]:
    name = _KEYS.name(path, path.pop("id_"))
    with cloud.store.transaction():
        record = records.read(cloud.store, COLLECTION, name)
        if gone == ("deleteTime" in record):
            raise Invalid(f"The key {name} is {'deleted' if gone else 'not deleted'}")
        if gone:
            purge = datetime.now(UTC) + timedelta(days=30)
            record |= {"deleteTime": now(), "purgeTime": purge.isoformat().replace("+00:00", "Z")}
        else:
            record = {
                field: record[field] for field in record if field not in ("deleteTime", "purgeTime")
            }
        records.put(cloud.store, COLLECTION, name, record)
    return operations.done(cloud, name.rsplit("/", 2)[0], _view(record))


_ONE = "/apikeys/v2/projects/<project>/locations/<location>/keys/<id:id_>"
METHODS = [
    *(_hiding(m) for m in methods(_KEYS) if not m.name.endswith(".delete")),
    Method(f"{COLLECTION}.delete", "DELETE", _ONE, partial(_mark, True)),
    Method(f"{COLLECTION}.undelete", "POST", f"{_ONE}:undelete", partial(_mark, False)),
    Method(f"{COLLECTION}.getKeyString", "GET", f"{_ONE}/keyString", get_string),
]
