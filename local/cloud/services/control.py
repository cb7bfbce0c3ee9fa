"""The local cloud's own addresses, below `/_local/`: who it is, what it keeps, what was logged."""

import json
import os
from typing import Any

from local.cloud.cloud import Cloud
from local.cloud.driver import current_driver
from local.cloud.web import Answer, Method, Request, Response

__all__ = ["METHODS"]


def _status(cloud: Cloud, _: Request) -> dict[str, Any]:
    """That it answers, who it is, and who made what is on it: `runner`, `engine` or nobody."""
    return {
        "pid": os.getpid(),
        "url": cloud.url,
        "state": str(cloud.folder),
        "driver": current_driver(cloud.store),
    }


def _state(cloud: Cloud, _: Request) -> dict[str, Any]:
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


def _records(cloud: Cloud, sql: str) -> dict[str, Any]:
    return {name: json.loads(record) for name, record in cloud.store.rows(sql)}


def _logs(cloud: Cloud, request: Request) -> Response:
    """What functions wrote, a JSON line each: all, or one `function`'s."""
    lines = cloud.functions.logs.read(request.args.get("function", ""))
    return Answer(b"".join(lines), mimetype="application/jsonl")


METHODS = [
    # Whoever finds the port taken asks, without a token, whose local cloud it is.
    Method("local.status", "GET", "/_local/status", _status),
    Method("local.state", "GET", "/_local/state", _state, (), "private"),
    Method("local.logs", "GET", "/_local/logs", _logs, ("function",), "private"),
]
