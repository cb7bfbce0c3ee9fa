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

from localcloud.errors import CloudError, Invalid, Unsupported, envelope
from localcloud.partial import select

__all__ = ["Answer", "Method", "Request", "Response", "Router", "answer", "json_body", "refusal"]

Result = dict[str, Any] | Response | None


class Answer(Response):
    """A response whose headers are as they were set: Location stays relative or absolute."""

    autocorrect_location_header = False
    default_mimetype = None


@dataclass(frozen=True)
class Method:
    """One method of an API; `handler(cloud, request, **path values)` does it."""

    name: str
    verb: str
    path: str
    handler: Callable[..., Result]


class _Identifier(BaseConverter):
    """A path segment up to a `:verb`."""

    regex = "[^/:]+"


class Router:
    """Finds the method of a request; what lies below `prefixes` is an API, all else is public."""

    def __init__(self, methods: Iterable[Method]) -> None:
        methods = list(methods)
        self.methods = {method.name: method for method in methods}
        public = [method for method in methods if method.path.startswith("/<")]
        self._public = _map(public)
        self._apis = _map(method for method in methods if method not in public)
        self.prefixes = {method.path.split("/")[1] for method in methods if method not in public}

    def find(self, request: Request) -> tuple[Method, dict[str, str]]:
        """The method and its path values; raises Unsupported where there is none."""
        path = _sent_path(request)
        rules = self._apis if path.split("/")[1] in self.prefixes else self._public
        try:
            endpoint, values = rules.bind("local").match(path, request.method)
        except HTTPException as error:
            raise Unsupported(f"The local cloud has no {request.method} {path}") from error
        try:
            decoded = {name: unquote(value, errors="strict") for name, value in values.items()}
        except UnicodeDecodeError as error:
            raise Invalid("The path is not UTF-8") from error
        return self.methods[endpoint], decoded


def _map(methods: Iterable[Method]) -> Map:
    rules = [
        Rule(m.path, methods=None if m.verb == "*" else [m.verb], endpoint=m.name) for m in methods
    ]
    return Map(rules, merge_slashes=False, redirect_defaults=False, converters={"id": _Identifier})


def _sent_path(request: Request) -> str:
    path: str = request.environ["REQUEST_URI"].split("?", 1)[0]
    if path.startswith("http://"):
        path = "/" + path.removeprefix("http://").partition("/")[2]
    return path if path.startswith("/") else "/" + path


def json_body(request: Request) -> dict[str, Any]:
    """The request's body as a JSON object; an absent one is empty."""
    try:
        body = json.loads(request.get_data() or b"{}")
    except (ValueError, RecursionError) as error:
        raise Invalid("The body is not JSON") from error
    if not isinstance(body, dict):
        raise Invalid("The body is not a JSON object")
    return body


def answer(request: Request, result: Result) -> Response:
    """A handler's result as a response; `fields` cuts a JSON one."""
    if isinstance(result, Response):
        return result
    if result is None:
        return Answer(status=204)
    if fields := request.args.get("fields"):
        result = select(result, fields)
    body = json.dumps(result, ensure_ascii=False, separators=(",", ":"))
    return Answer(body.encode(errors="replace"), mimetype="application/json")


def refusal(error: CloudError) -> Response:
    """The one translation of an error to the wire."""
    if error.code == 304:
        return Answer(status=304)
    return Answer(json.dumps(envelope(error)), status=error.code, mimetype="application/json")
