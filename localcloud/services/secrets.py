"""Secret Manager: secrets with numbered versions, whose data only `access` tells."""

import base64
import binascii
from typing import Any

from localcloud.cloud import Cloud
from localcloud.errors import Invalid, PreconditionFailed
from localcloud.services import records
from localcloud.services.recorded import Collection, methods
from localcloud.store import now
from localcloud.web import Method, Request, json_body

__all__ = ["METHODS", "secret_text"]

_SECRETS = Collection(
    api="secretmanager.projects.secrets",
    root="/secretmanager/v1/",
    parent="projects/<project>",
    kind="secrets",
    id_from=("secretId",),
    policy="GET",
)
_VERSIONS = "secretmanager.projects.secrets.versions"


def secret_text(cloud: Cloud, project: str, secret: str, version: str) -> str:
    """What an enabled version holds; raises CloudError if there is none."""
    record = _read(cloud, project, secret, version)
    try:
        return base64.b64decode(_data(record)).decode()
    except ValueError as error:
        raise Invalid(f"The secret {record['name']} is not text") from error


def _read(cloud: Cloud, project: str, secret: str, version: str) -> dict[str, Any]:
    parent = f"projects/{project}/secrets/{secret}"
    if version == "latest":
        version = str(len(records.children(cloud.store, _VERSIONS, parent)))
    return records.read(cloud.store, _VERSIONS, f"{parent}/versions/{version}")


def _data(record: dict[str, Any]) -> str:
    if record["state"] != "ENABLED":
        raise PreconditionFailed(
            f"Secret Version [{record['name']}] is in {record['state']} state."
        )
    return str(record["data"])


def _view(record: dict[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in record.items() if field != "data"}


def add_version(cloud: Cloud, request: Request, project: str, secret: str) -> dict[str, Any]:
    """Add data as the next version."""
    payload = json_body(request).get("payload")
    data = payload.get("data") if isinstance(payload, dict) else None
    try:
        base64.b64decode(data or "", validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise Invalid("payload.data is not base64") from error
    parent = f"projects/{project}/secrets/{secret}"
    with cloud.store.transaction():
        records.read(cloud.store, _SECRETS.api, parent)
        name = f"{parent}/versions/{len(records.children(cloud.store, _VERSIONS, parent)) + 1}"
        record = {"name": name, "createTime": now(), "state": "ENABLED", "etag": "1", "data": data}
        records.put(cloud.store, _VERSIONS, name, record)
    return _view(record)


def get_version(cloud: Cloud, _: Request, **path: str) -> dict[str, Any]:
    """A version without its data."""
    return _view(_read(cloud, **path))


def list_versions(cloud: Cloud, _: Request, project: str, secret: str) -> dict[str, Any]:
    """All versions, the newest first."""
    parent = f"projects/{project}/secrets/{secret}"
    records.read(cloud.store, _SECRETS.api, parent)
    found = [_view(record) for record in records.children(cloud.store, _VERSIONS, parent)]
    found.sort(key=lambda record: -int(record["name"].rpartition("/")[2]))
    return {"versions": found, "totalSize": len(found)}


def access(cloud: Cloud, _: Request, **path: str) -> dict[str, Any]:
    """The data of a version."""
    record = _read(cloud, **path)
    return {"name": record["name"], "payload": {"data": _data(record)}}


def _move(cloud: Cloud, state: str, path: dict[str, str]) -> dict[str, Any]:
    with cloud.store.transaction():
        record = _read(cloud, **path)
        if record["state"] == "DESTROYED" and state != "DESTROYED":
            raise PreconditionFailed(f"Secret Version [{record['name']}] is in DESTROYED state.")
        record["state"] = state
        if state == "DESTROYED":
            record = {**_view(record), "destroyTime": now()}
        records.put(cloud.store, _VERSIONS, record["name"], record)
    return _view(record)


def enable(cloud: Cloud, _: Request, **path: str) -> dict[str, Any]:
    """Make its data accessible."""
    return _move(cloud, "ENABLED", path)


def disable(cloud: Cloud, _: Request, **path: str) -> dict[str, Any]:
    """Make its data inaccessible for a while."""
    return _move(cloud, "DISABLED", path)


def destroy(cloud: Cloud, _: Request, **path: str) -> dict[str, Any]:
    """Remove its data for ever."""
    return _move(cloud, "DESTROYED", path)


def _delete(cloud: Cloud, request: Request, project: str, id_: str) -> dict[str, Any]:
    """Remove the secret and every version."""
    parent = f"projects/{project}/secrets/{id_}"
    with cloud.store.transaction():
        _forget(cloud, request, project=project, id_=id_)
        sql = "DELETE FROM resources WHERE collection = ? AND parent = ?"
        cloud.store.run(sql, _VERSIONS, parent)
    return {}


_GENERIC = methods(_SECRETS)
_forget = next(m.handler for m in _GENERIC if m.name.endswith(".delete"))
_ONE = "/secretmanager/v1/projects/<project>/secrets/<id:secret>"
_VERSION = f"{_ONE}/versions/<id:version>"
METHODS = [
    *(m for m in _GENERIC if not m.name.endswith(".delete")),
    Method(f"{_SECRETS.api}.delete", "DELETE", _ONE.replace("<id:secret>", "<id:id_>"), _delete),
    Method(f"{_SECRETS.api}.addVersion", "POST", f"{_ONE}:addVersion", add_version),
    Method(f"{_VERSIONS}.list", "GET", f"{_ONE}/versions", list_versions),
    Method(f"{_VERSIONS}.get", "GET", _VERSION, get_version),
    Method(f"{_VERSIONS}.access", "GET", f"{_VERSION}:access", access),
    Method(f"{_VERSIONS}.enable", "POST", f"{_VERSION}:enable", enable),
    Method(f"{_VERSIONS}.disable", "POST", f"{_VERSION}:disable", disable),
    Method(f"{_VERSIONS}.destroy", "POST", f"{_VERSION}:destroy", destroy),
]
