"""Asking over HTTP as anyone could: no redirect followed, every status an answer."""

import http.client
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.message import Message
from typing import Any

from doctor.errors import UnreachableError

__all__ = ["Answer", "fetch"]

_SECONDS = 15


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer, whatever its status."""

    status: int
    headers: Message
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON, None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def fetch(
    url: str, headers: dict[str, str] | None = None, *, method: str = "GET", body: Any = None
) -> Answer:
    """Ask once. Raises UnreachableError."""
    data = None if body is None else json.dumps(body).encode()
    sent = {**({"Content-Type": "application/json"} if data else {}), **(headers or {})}
    try:
        request = urllib.request.Request(url, data, sent, method=method)  # noqa: S310 addresses of the stack's own
        opener = urllib.request.build_opener(_NoRedirect)
        with opener.open(request, timeout=_SECONDS) as answer:
            return Answer(status=answer.status, headers=answer.headers, body=answer.read())
    except urllib.error.HTTPError as error:
        return Answer(status=error.code, headers=error.headers, body=error.read())
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise UnreachableError(f"{url.split('?')[0]} does not answer: {reason}") from None
