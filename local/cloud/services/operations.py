"""Long-running operations: done at once, or by a thread; asked for until they are.

Google's first answer to a change holds an operation's name and not its result, so ours does too.
"""

import threading
import uuid
from collections.abc import Callable

from local.cloud.cloud import Cloud
from local.cloud.errors import BuildFailed, CloudError, NotFound
from local.cloud.services import records
from local.cloud.services.collections import Finish
from local.cloud.store import now
from local.cloud.web import Method, Record, Request

__all__ = ["METHODS", "done", "finish", "finish_compute", "interrupt", "start"]

_COLLECTION = "operations"
_WAIT_SECONDS = 10.0
_COMPUTE = "https://www.googleapis.com/compute/v1/"


def done(cloud: Cloud, parent: str, type_: str, response: Record, metadata: str = "") -> Record:
    """An operation that has succeeded, as Google first shows it: not as done."""
    operation = _operation(_name(parent), metadata)
    result = {"@type": f"type.googleapis.com/{type_}", **response}
    records.put(
        cloud.store, _COLLECTION, operation["name"], {**operation, "done": True, "response": result}
    )
    return operation


def finish(
    type_: str,
    *,
    metadata: str = "",
    parent: bool = True,
    hidden: str = "",
    at_once: bool = False,
    direct: tuple[str, ...] = (),
) -> Finish:
    """For a collection whose changes are operations; `type_` is the message of its record.

    Without `parent` they are named `operations/…`; the field `hidden` is left out of results;
    those `at_once` are shown as done, but for deletions; `direct` verbs are no operations at all.
    """

    def answer(cloud: Cloud, verb: str, name: str, record: Record) -> Record:
        shown = {field: value for field, value in record.items() if field != hidden}
        if verb in direct:
            return shown
        if verb == "delete" and not hidden:
            shown = {}
        message = type_ if shown else "google.protobuf.Empty"
        scope = name.rsplit("/", 2)[0] if parent else ""
        operation = done(cloud, scope, message, shown, metadata)
        return {**operation, "done": True} if at_once and verb != "delete" else operation

    return answer


def finish_compute(cloud: Cloud, verb: str, name: str, record: Record) -> Record:
    """For a collection of Compute, whose operations are of a kind of their own."""
    scope = name.rsplit("/", 2)[0]  # projects/<p>/global or projects/<p>/regions/<r>
    id_ = f"operation-{uuid.uuid4().hex}"
    operation = {
        "kind": "compute#operation",
        "id": str(uuid.uuid4().int % 2**63),
        "name": id_,
        "operationType": verb,
        "status": "RUNNING",
        "progress": 0,
        "targetId": record.get("id", ""),
        "targetLink": _COMPUTE + name,
        "user": "local@example.com",
        "insertTime": now(),
        "startTime": now(),
        "selfLink": f"{_COMPUTE}{scope}/operations/{id_}",
    }
    if "/regions/" in scope:
        operation["region"] = _COMPUTE + scope
    ended = {**operation, "status": "DONE", "progress": 100, "endTime": now()}
    records.put(cloud.store, _COLLECTION, f"{scope}/operations/{id_}", ended)
    return operation


def start(cloud: Cloud, parent: str, type_: str, work: Callable[[], Record]) -> Record:
    """Begin the work; the operation as it is after ten seconds, at the latest."""
    operation = _operation(_name(parent), "google.cloud.functions.v2.OperationMetadata")
    records.put(cloud.store, _COLLECTION, operation["name"], operation)
    thread = threading.Thread(target=_do, args=(cloud, operation, type_, work), daemon=True)
    thread.start()
    thread.join(_WAIT_SECONDS)
    return records.find(cloud.store, _COLLECTION, operation["name"]) or operation


def _do(cloud: Cloud, operation: Record, type_: str, work: Callable[[], Record]) -> None:
    try:
        result = {"response": {"@type": f"type.googleapis.com/{type_}", **work()}}
    except (BuildFailed, CloudError) as error:
        result = {"error": {"code": 3, "message": str(error)}}
    except Exception as error:  # nobody would ever hear of it
        _end(cloud, operation, {"error": {"code": 13, "message": repr(error)}})
        raise
    _end(cloud, operation, result)


def _end(cloud: Cloud, operation: Record, result: Record) -> None:
    ended = {**operation, "done": True, **result}
    records.put(cloud.store, _COLLECTION, operation["name"], ended)


def interrupt(cloud: Cloud) -> None:
    """At the start: what was under way when the server was killed has failed."""
    for name, operation in records.every(cloud.store, _COLLECTION):
        if "done" in operation or "status" in operation:
            records.remove(cloud.store, _COLLECTION, name)
        else:
            message = "The local cloud was stopped meanwhile. Try again."
            _end(cloud, operation, {"error": {"code": 10, "message": message}})


def _operation(name: str, metadata: str) -> Record:
    about = {"metadata": {"@type": f"type.googleapis.com/{metadata}"}} if metadata else {}
    return {"name": name, **about}


def _name(parent: str) -> str:
    return f"{parent}/operations/{uuid.uuid4().hex}".removeprefix("/")


def _get(cloud: Cloud, request: Request, **_: str) -> Record:
    name = request.path.split("/", 3)[3]  # after the service and its version
    operation = records.find(cloud.store, _COLLECTION, name)
    if operation is None:
        raise NotFound(f"Operation {name} was not found")
    return operation


_LOCAL = "projects/<p>/locations/<l>/operations/<o>"
_PATHS = {
    "cloudfunctions.projects.locations.operations.get": f"/cloudfunctions/v2/{_LOCAL}",
    "artifactregistry.projects.locations.operations.get": f"/artifactregistry/v1/{_LOCAL}",
    "apikeys.operations.get": "/apikeys/v2/operations/<o>",
    "serviceusage.operations.get": "/serviceusage/v1/operations/<o>",
    "compute.globalOperations.get": "/compute/v1/projects/<p>/global/operations/<o>",
    "compute.regionOperations.get": "/compute/v1/projects/<p>/regions/<r>/operations/<o>",
}
# The result of a key's or function's operation is no secret: it leaves the key's string out.
METHODS = [Method(name, "GET", path, _get) for name, path in _PATHS.items()]
