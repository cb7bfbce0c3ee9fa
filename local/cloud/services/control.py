"""The local cloud's own addresses, below `/_local/`: faults, calls, state, logs."""

import json
import os
from typing import Any

from local.cloud.cloud import Cloud
from local.cloud.driver import current_driver
from local.cloud.web import Answer, Method, Request, Response, json_body

__all__ = ["METHODS"]


def status(cloud: Cloud, _: Request) -> dict[str, Any]:
    """That it answers, who it is, and who made what is on it: `runner`, `engine` or nobody."""
    return {
        "pid": os.getpid(),
        "url": cloud.url,
        "state": str(cloud.folder),
        "driver": current_driver(cloud.store),
    }


def add_fault(cloud: Cloud, request: Request) -> dict[str, Any]:
    """Set a fault."""
    cloud.faults.add(json_body(request))
    return list_faults(cloud, request)


def list_faults(cloud: Cloud, _: Request) -> dict[str, Any]:
    """The faults that are set."""
    return {"faults": cloud.faults.listed()}


def clear_faults(cloud: Cloud, _: Request) -> None:
    """Unset all faults."""
    cloud.faults.clear()


def calls(cloud: Cloud, _: Request) -> dict[str, Any]:
    """How often each method was called."""
    return dict(sorted(cloud.faults.calls.items()))


def reset_calls(cloud: Cloud, _: Request) -> None:
    """Count from nothing again."""
    cloud.faults.calls.clear()


def state(cloud: Cloud, _: Request) -> dict[str, Any]:
    """Everything that is kept, but the bytes."""
    store = cloud.store
    objects: dict[str, dict[str, Any]] = {
        row[0]: {} for row in store.rows("SELECT name FROM buckets ORDER BY name")
    }
    for bucket, name, generation, record in store.rows(
        "SELECT bucket, name, generation, record FROM objects ORDER BY bucket, name"
    ):
        objects[bucket][name] = {"generation": str(generation), **json.loads(record)}
    return {
        "driver": current_driver(store),
        "buckets": _records(cloud, "SELECT name, record FROM buckets ORDER BY name"),
        "objects": objects,
        "resources": _records(
            cloud,
            "SELECT collection || '/' || name, record FROM resources"
            " WHERE collection != 'operations' ORDER BY 1",
        ),
        "policies": _records(cloud, "SELECT resource, policy FROM policies ORDER BY 1"),
    }


def logs(cloud: Cloud, request: Request) -> Response:
    """What functions wrote, a JSON line each: all, or one `function`'s."""
    lines = cloud.functions.logs.read(request.args.get("function", ""))
    return Answer(b"".join(lines), mimetype="application/jsonl")


def _records(cloud: Cloud, sql: str) -> dict[str, Any]:
    return {name: json.loads(record) for name, record in cloud.store.rows(sql)}


METHODS = [
    Method("local.status", "GET", "/_local/status", status),
    Method("local.faults.add", "POST", "/_local/faults", add_fault),
    Method("local.faults.list", "GET", "/_local/faults", list_faults),
    Method("local.faults.clear", "DELETE", "/_local/faults", clear_faults),
    Method("local.calls.get", "GET", "/_local/calls", calls),
    Method("local.calls.reset", "DELETE", "/_local/calls", reset_calls),
    Method("local.state", "GET", "/_local/state", state),
    Method("local.logs", "GET", "/_local/logs", logs),
]
