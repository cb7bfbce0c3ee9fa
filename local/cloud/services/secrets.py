"""Secret Manager: secrets with numbered versions, whose data only `access` tells."""

import base64
import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from local.cloud.cloud import Cloud
from local.cloud.errors import Invalid, NotFound, PreconditionFailed
from local.cloud.services import records
from local.cloud.services.collections import Collection, methods
from local.cloud.store import now
from local.cloud.web import Method, Record, Request, json_body

__all__ = ["METHODS", "SECRETS", "secret_text"]


def _computed(_name: str, former: Record) -> Record:
    return {"createTime": former.get("createTime", now()), "etag": f'"{uuid.uuid4().hex[:12]}"'}


SECRETS = Collection(
    api="secretmanager.projects.secrets",
    path="/secretmanager/v1/projects/<project>/secrets",
    id_from="secretId",
    computed=_computed,
    policy="GET",
    missing="Secret [{name}] not found.",
    fields="annotations etag expireTime labels name replication rotation topics ttl versionAliases"
    " versionDestroyTtl tags secretType",
    is_private=True,
)
_VERSIONS = "secretmanager.projects.secrets.versions"


def secret_text(cloud: Cloud, project: str, secret: str, version: str) -> str:
    """What an enabled version holds; raises CloudError if there is none."""
    path = {"project": project, "id_": secret, "version": version}
    data = _access(cloud, None, **path)["payload"]["data"]
    try:
        return base64.b64decode(data).decode()
    except ValueError:
        raise Invalid(f"The secret {secret} is not text") from None


def _read(cloud: Cloud, version: str, **path: str) -> Record:
    parent = SECRETS.name(path)
    if version == "latest":
        version = str(len(records.children(cloud.store, _VERSIONS, parent)))
    name = f"{parent}/versions/{version}"
    record = records.find(cloud.store, _VERSIONS, name)
    if record is None:
        raise NotFound(f"Secret Version [{name}] not found.")
    return record


def _view(record: Record) -> Record:
    shown = {field: value for field, value in record.items() if field != "data"}
    return {**shown, "etag": '"1"', "replicationStatus": {"automatic": {}}}


def _add(cloud: Cloud, request: Request, **path: str) -> Record:
    """Add data as the next version."""
    payload = json_body(request).get("payload")
    data = payload.get("data") if isinstance(payload, dict) else None
    try:
        base64.b64decode(data or "", validate=True)
    except (TypeError, ValueError):
        raise Invalid("payload.data is not base64") from None
    parent = SECRETS.name(path)
    with cloud.store.transaction():
        SECRETS.read(cloud, parent)
        name = f"{parent}/versions/{len(records.children(cloud.store, _VERSIONS, parent)) + 1}"
        record = {"name": name, "createTime": now(), "state": "ENABLED", "data": data}
        return _view(records.put(cloud.store, _VERSIONS, name, record))


def _get(cloud: Cloud, _: Request, **path: str) -> Record:
    return _view(_read(cloud, **path))


def _list(cloud: Cloud, _: Request, **path: str) -> Record:
    """All versions, the newest first."""
    found = records.children(cloud.store, _VERSIONS, SECRETS.name(path))
    found.sort(key=lambda record: str(record["createTime"]), reverse=True)
    return {"versions": [_view(record) for record in found], "totalSize": len(found)}


def _access(cloud: Cloud, _: Request | None, **path: str) -> Record:
    record = _read(cloud, **path)
    if record["state"] != "ENABLED":
        raise PreconditionFailed(f"Secret Version [{record['name']}] is {record['state']}.")
    return {"name": record["name"], "payload": {"data": record["data"]}}


def _move(state: str, cloud: Cloud, _: Request, **path: str) -> Record:
    """Enable, disable, or destroy, which forgets the data for ever."""
    with cloud.store.transaction():
        record = {**_read(cloud, **path), "state": state}
        if state == "DESTROYED":
            del record["data"]
            record["destroyTime"] = now()
        elif "destroyTime" in record:
            raise PreconditionFailed(f"Secret Version [{record['name']}] is DESTROYED.")
        return _view(records.put(cloud.store, _VERSIONS, record["name"], record))


def _with_versions(delete: Method) -> Method:
    """A secret goes together with its versions."""

    def handler(cloud: Cloud, request: Request, **path: str) -> Record:
        with cloud.store.transaction():
            delete.handler(cloud, request, **path)
            sql = "DELETE FROM resources WHERE collection = ? AND parent = ?"
            cloud.store.run(sql, _VERSIONS, SECRETS.name(path))
        return {}

    return replace(delete, handler=handler)


_ONE = f"{SECRETS.path}/<id:id_>"
_VERSION = f"{_ONE}/versions/<id:version>"
_ROWS: tuple[tuple[str, str, str, Callable[..., Record]], ...] = (
    (f"{SECRETS.api}.addVersion", "POST", f"{_ONE}:addVersion", _add),
    (f"{_VERSIONS}.list", "GET", f"{_ONE}/versions", _list),
    (f"{_VERSIONS}.get", "GET", _VERSION, _get),
    (f"{_VERSIONS}.access", "GET", f"{_VERSION}:access", _access),
    (f"{_VERSIONS}.enable", "POST", f"{_VERSION}:enable", partial(_move, "ENABLED")),
    (f"{_VERSIONS}.disable", "POST", f"{_VERSION}:disable", partial(_move, "DISABLED")),
    (f"{_VERSIONS}.destroy", "POST", f"{_VERSION}:destroy", partial(_move, "DESTROYED")),
)
METHODS = [
    *(_with_versions(m) if m.name.endswith(".delete") else m for m in methods(SECRETS)),
    *(
        Method(name, verb, path, handler, ("pageSize",), "private")
        for name, verb, path, handler in _ROWS
    ),
]
