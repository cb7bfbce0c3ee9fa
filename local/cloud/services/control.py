"""The local cloud's own addresses, below `/_local/`: who it is, and what was logged."""

import os
from typing import Any

from local.cloud.cloud import Cloud
from local.cloud.driver import current_driver
from local.cloud.guard import proof_of
from local.cloud.web import Answer, Method, Request, Response

__all__ = ["METHODS"]


def _status(cloud: Cloud, request: Request) -> dict[str, Any]:
    """That it answers, who it is, and who made what is on it: `runner`, `engine` or nobody.

    `proof` answers the caller's `challenge`, so that he need not send the token to find out.
    """
    return {
        "pid": os.getpid(),
        "url": cloud.url,
        "state": str(cloud.folder),
        "driver": current_driver(cloud.store),
        "proof": proof_of(cloud.token, cloud.port, request.args.get("challenge", "")),
    }


def _logs(cloud: Cloud, request: Request) -> Response:
    """What functions wrote, a JSON line each: all, or one `function`'s."""
    lines = cloud.functions.logs.read(request.args.get("function", ""))
    return Answer(b"".join(lines), mimetype="application/jsonl")


METHODS = [
    # Whoever finds the port taken asks, without a token, whose local cloud it is.
    Method("local.status", "GET", "/_local/status", _status, ("challenge",)),
    Method("local.logs", "GET", "/_local/logs", _logs, ("function",), "private"),
]
