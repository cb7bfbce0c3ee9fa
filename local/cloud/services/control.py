"""The local cloud's own addresses, below `/_local/`: who it is, and what was logged."""

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


def _logs(cloud: Cloud, request: Request) -> Response:
    """What functions wrote, a JSON line each: all, or one `function`'s."""
    lines = cloud.functions.logs.read(request.args.get("function", ""))
    return Answer(b"".join(lines), mimetype="application/jsonl")


METHODS = [
    # Whoever finds the port taken asks, without a token, whose local cloud it is.
    Method("local.status", "GET", "/_local/status", _status),
    Method("local.logs", "GET", "/_local/logs", _logs, ("function",), "private"),
]
