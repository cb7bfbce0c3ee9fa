"""Long-running operations: done at once, or done by a thread and asked for until they are."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

from localcloud.cloud import Cloud
from localcloud.errors import BuildFailed, CloudError
from localcloud.services import records
from localcloud.web import Method, Request

__all__ = ["METHODS", "done", "interrupt", "start"]

_COLLECTION = "operations"
_WAIT_SECONDS = 10.0


def done(cloud: Cloud, parent: str, response: dict[str, Any]) -> dict[str, Any]:
    """An operation that has succeeded."""
    return _write(cloud, _name(parent), response=_typed(response))


def start(cloud: Cloud, parent: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Begin the work; the operation as it is after ten seconds, at the latest."""
    name = _name(parent)
    records.put(cloud.store, _COLLECTION, name, {"name": name, "done": False, "metadata": {}})
    thread = threading.Thread(target=_do, args=(cloud, name, work), daemon=True)
    thread.start()
    thread.join(_WAIT_SECONDS)
    return records.read(cloud.store, _COLLECTION, name)


def _do(cloud: Cloud, name: str, work: Callable[[], dict[str, Any]]) -> None:
    try:
        _write(cloud, name, response=_typed(work()))
    except BuildFailed as error:
        _write(cloud, name, error={"code": 3, "message": str(error)})
    except CloudError as error:
        _write(cloud, name, error={"code": 9, "message": error.message})


def interrupt(cloud: Cloud) -> None:
    """At the start: what was under way when the server was killed has failed."""
    for name, record in records.every(cloud.store, _COLLECTION):
        if record["done"]:
            records.remove(cloud.store, _COLLECTION, name)
        else:
            message = "The local cloud was stopped meanwhile. Try again."
            _write(cloud, name, error={"code": 10, "message": message})


def _write(cloud: Cloud, name: str, **outcome: dict[str, Any]) -> dict[str, Any]:
    operation = {"name": name, "done": True, "metadata": {}, **outcome}
    records.put(cloud.store, _COLLECTION, name, operation)
    return operation


def _name(parent: str) -> str:
    return f"{parent}/operations/{uuid.uuid4().hex}".removeprefix("/")


def _typed(response: dict[str, Any]) -> dict[str, Any]:
    return {"@type": "type.googleapis.com/google.protobuf.Struct", **response}


def get(cloud: Cloud, _: Request, **path: str) -> dict[str, Any]:
    """How far it is."""
    return records.read(cloud.store, _COLLECTION, "/".join([*_parent(path), path["operation"]]))


def _parent(path: dict[str, str]) -> list[str]:
    parent = ["projects", path["project"]] if "project" in path else []
    parent += ["locations", path["location"]] if "location" in path else []
    return [*parent, "operations"]


_LOCAL = "projects/<project>/locations/<location>/operations/<operation>"
METHODS = [
    Method(
        "cloudfunctions.projects.locations.operations.get",
        "GET",
        f"/cloudfunctions/v2/{_LOCAL}",
        get,
    ),
    Method(
        "artifactregistry.projects.locations.operations.get",
        "GET",
        f"/artifactregistry/v1/{_LOCAL}",
        get,
    ),
    Method("apikeys.operations.get", "GET", f"/apikeys/v2/{_LOCAL}", get),
    Method("serviceusage.operations.get", "GET", "/serviceusage/v1/operations/<operation>", get),
]
