"""Long-running operations: done at once, or done by a thread and asked for until they are."""

import threading
import uuid
from collections.abc import Callable

from local.cloud.cloud import Cloud
from local.cloud.errors import BuildFailed, CloudError
from local.cloud.services import records
from local.cloud.web import Method, Record, Request

__all__ = ["METHODS", "done", "interrupt", "start"]

_COLLECTION = "operations"
_WAIT_SECONDS = 10.0


def done(cloud: Cloud, parent: str, response: Record) -> Record:
    """An operation that has succeeded."""
    return _write(cloud, _name(parent), response=response)


def start(cloud: Cloud, parent: str, work: Callable[[], Record]) -> Record:
    """Begin the work; the operation as it is after ten seconds, at the latest."""
    name = _name(parent)
    _write(cloud, name, done=False)
    thread = threading.Thread(target=_do, args=(cloud, name, work), daemon=True)
    thread.start()
    thread.join(_WAIT_SECONDS)
    return records.read(cloud.store, _COLLECTION, name)


def _do(cloud: Cloud, name: str, work: Callable[[], Record]) -> None:
    try:
        _write(cloud, name, response=work())
    except (BuildFailed, CloudError) as error:
        _write(cloud, name, error={"code": 3, "message": str(error)})
    except Exception as error:  # nobody would ever hear of it
        _write(cloud, name, error={"code": 13, "message": repr(error)})
        raise


def interrupt(cloud: Cloud) -> None:
    """At the start: what was under way when the server was killed has failed."""
    for name, operation in records.every(cloud.store, _COLLECTION):
        records.remove(cloud.store, _COLLECTION, name)
        if not operation["done"]:
            message = "The local cloud was stopped meanwhile. Try again."
            _write(cloud, name, error={"code": 10, "message": message})


def _write(
    cloud: Cloud,
    name: str,
    *,
    done: bool = True,
    response: Record | None = None,
    error: Record | None = None,
) -> Record:
    operation: Record = {"name": name, "done": done, "metadata": {}}
    if error:
        operation["error"] = error
    elif done:
        type_ = {"@type": "type.googleapis.com/google.protobuf.Struct"}
        operation["response"] = {**type_, **(response or {})}
    return records.put(cloud.store, _COLLECTION, name, operation)


def _name(parent: str) -> str:
    return f"{parent}/operations/{uuid.uuid4().hex}".removeprefix("/")


def _get(cloud: Cloud, request: Request, **_: str) -> Record:
    name = request.path.split("/", 3)[3]  # after the service and its version
    return records.read(cloud.store, _COLLECTION, name)


_LOCAL = "projects/<p>/locations/<l>/operations/<o>"
METHODS = [
    Method(
        "cloudfunctions.projects.locations.operations.get",
        "GET",
        f"/cloudfunctions/v2/{_LOCAL}",
        _get,
    ),
    Method(
        "artifactregistry.projects.locations.operations.get",
        "GET",
        f"/artifactregistry/v1/{_LOCAL}",
        _get,
    ),
    Method("apikeys.operations.get", "GET", f"/apikeys/v2/{_LOCAL}", _get),
    Method("serviceusage.operations.get", "GET", "/serviceusage/v1/operations/<o>", _get),
]
