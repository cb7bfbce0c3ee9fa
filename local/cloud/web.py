"""From a request to the method of Google's that it calls, and from its result to an answer.

A service is a list of `Method`s: Google's name for it, verb, path, handler. Paths are matched as
they were sent, still percent-encoded, so that an object's name may hold anything.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter, Map, Rule
from werkzeug.wrappers import Request, Response

from local.cloud.errors import CloudError, Invalid, Unsupported
from local.cloud.partial import select

__all__ = ["Answer", "Method", "Record", "Request", "Response", "Router", "answer", "json_body"]

Record = dict[str, Any]
Result = Record | Response | None


class Answer(Response):
    """A response with no header but those that were set."""

    default_mimetype = None


@dataclass(frozen=True)
class Method:
    """One method of an API; `handler(cloud, request, **path values)` does it. `*`: any verb."""

    name: str
    verb: str
    path: str
    handler: Callable[..., Result]


class _Identifier(BaseConverter):
    """A path segment up to a `:verb`."""

    regex = "[^/:]+"


class _Rest(BaseConverter):
    """All that follows, slashes included; perhaps nothing."""

    regex, part_isolating = ".*", False


class Router:
    """Finds the method of a request; what lies below `prefixes` is an API, all else is public."""

    def __init__(self, methods: Iterable[Method]) -> None:
        self.methods = {method.name: method for method in methods}
        public = [method for method in self.methods.values() if method.path.startswith("/<")]
        apis = [method for method in self.methods.values() if method not in public]
        self.prefixes = frozenset(method.path.split("/")[1] for method in apis)
        self._public, self._apis = _map(public), _map(apis)

    def find(self, request: Request) -> tuple[Method, dict[str, str]]:
        """The method and its path values; raises Unsupported where there is none."""
        sent = request.environ["REQUEST_URI"].split("?")[0]
        path = "/" + sent.removeprefix("http://" + request.host).removeprefix("/")
        rules = self._apis if path.split("/")[1] in self.prefixes else self._public
        try:
            name, values = rules.bind("local").match(path, request.method)
            decoded = {key: unquote(text, errors="strict") for key, text in values.items()}
        except HTTPException:
            raise Unsupported(f"The local cloud has no {request.method} {path}") from None
        except UnicodeDecodeError:
            raise Invalid("The path is not UTF-8") from None
        return self.methods[name], decoded


def _map(methods: list[Method]) -> Map:
    rules = [
        Rule(m.path, methods=None if m.verb == "*" else [m.verb], endpoint=m.name) for m in methods
    ]
    return Map(rules, merge_slashes=False, redirect_defaults=False, converters=_CONVERTERS)


_CONVERTERS = {"id": _Identifier, "rest": _Rest}


def json_body(request: Request) -> Record:
    """The request's body as a JSON object; an absent one is empty."""
    try:
        body = json.loads(request.get_data() or b"{}")
    except (ValueError, RecursionError):
        raise Invalid("The body is not JSON") from None
    if not isinstance(body, dict):
        raise Invalid("The body is not a JSON object")
    return body


def answer(request: Request, result: Result | CloudError) -> Response:
    """What a handler made of a request, or why not, as a response; `fields` cuts JSON."""
    if isinstance(result, Response):
        return result
    if result is None:
        return Answer(status=204)
    if isinstance(result, CloudError):
        status, body = result.code, result.envelope()
    else:
        fields = request.args.get("fields")
        status, body = 200, select(result, fields) if fields else result
    if status == 304:
        return Answer(status=304)
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    return Answer(text, status=status, mimetype="application/json")
