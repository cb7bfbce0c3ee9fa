"""From a request to the method of Google's that it calls, and from its result to an answer.

A service is a list of `Method`s: Google's name for it, verb, path, handler. Paths are matched as
they were sent, still percent-encoded, so that an object's name may hold anything.
"""

import gzip
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import unquote

from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter, Map, Rule
from werkzeug.wrappers import Request, Response
from werkzeug.wsgi import get_input_stream

from local.cloud.errors import CloudError, Invalid, Unsupported

__all__ = [
    "Answer",
    "Method",
    "Record",
    "Request",
    "Response",
    "Result",
    "Router",
    "answer",
    "camel",
    "json_body",
    "unpacked",
]

Record = dict[str, Any]
Result = Record | Response | None

# What any method of Google's takes: how to write an answer, and who pays for it.
_SYSTEM = {"alt", "$alt", "fields", "key", "prettyPrint", "quotaUser", "userProject", "projection"}
_LARGEST_JSON = 64 * 1024 * 1024


class Answer(Response):
    """A response with no header but those that were set."""

    default_mimetype = None


@dataclass(frozen=True)
class Method:
    """One method of an API; `handler(cloud, request, **path values)` does it. `*`: any verb.

    `parameters` are the query parameters that it obeys; None: whatever comes is ignored.
    `access` is `public` (any web page may ask), `private` (with the token only), or neither.
    """

    name: str
    verb: str
    path: str
    handler: Callable[..., Result]
    parameters: tuple[str, ...] | None = ()
    access: str = ""

    def check_parameters(self, request: Request) -> None:
        """Refuse what would be ignored: an ignored filter lists, and then deletes, too much."""
        if self.parameters is None:
            return
        for name, value in request.args.items():
            # A flag that is off asks for nothing; gcloud writes it as Python does.
            known = camel(name) in (*self.parameters, *_SYSTEM)
            if not known and value.lower() != "false":
                raise Unsupported(f"The local cloud does not obey the parameter {name} here")


class _Identifier(BaseConverter):
    """A path segment up to a `:verb`."""

    regex = "[^/:]+"


class _Rest(BaseConverter):
    """All that follows, slashes included; perhaps nothing."""

    regex, part_isolating = ".*", False


_CONVERTERS = {"id": _Identifier, "rest": _Rest}


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


def camel(name: str) -> str:
    """`display_name` as `displayName`: Google takes both, in queries and in masks."""
    first, *others = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in others)


def json_body(request: Request) -> Record:
    """The request's body as a JSON object; an absent one is empty.

    Raises Invalid for what a form of a web page would send: it may be somebody else's page.
    """
    request.max_content_length = _LARGEST_JSON
    data = request.get_data()
    if data and request.mimetype != "application/json":
        raise Invalid("The body is not application/json")
    try:
        body = json.loads(data or b"{}")
    except (ValueError, RecursionError):
        raise Invalid("The body is not JSON") from None
    if not isinstance(body, dict):
        raise Invalid("The body is not a JSON object")
    return body


def unpacked(environ: Record) -> Record:
    """The environment of a request with its body unpacked, where that was sent gzipped."""
    if environ.get("HTTP_CONTENT_ENCODING") != "gzip":
        return environ
    packed = gzip.GzipFile(fileobj=cast("Any", get_input_stream(environ)))
    kept = {name: value for name, value in environ.items() if name != "CONTENT_LENGTH"}
    return {**kept, "wsgi.input": packed, "wsgi.input_terminated": True}


def answer(result: Result | CloudError, service: str) -> Response:
    """What a handler made of a request, or why not, as a response."""
    if isinstance(result, Response):
        return result
    if result is None:
        return Answer(status=204)
    status, body = 200, result
    if isinstance(result, CloudError):
        status, body = result.code, result.envelope(service)
    if status == 304:
        return Answer(status=304)
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    return Answer(text, status=status, mimetype="application/json")
