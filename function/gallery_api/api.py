"""The HTTP API: a request is routed, admitted, answered, shared with its page, and logged."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from hmac import compare_digest
from pathlib import Path
from time import monotonic, perf_counter
from typing import Any
from urllib.parse import parse_qs

from flask import Request, Response

from gallery_api.catalog import Catalog
from gallery_api.choosing import choose
from gallery_api.errors import Problem
from gallery_api.log import write
from gallery_api.query import Query, parse
from gallery_api.reader import Reader
from gallery_api.rendering import at_least, render
from gallery_api.settings import Settings

__all__ = ["Gallery"]

_LONGEST_ADDRESS, _LONGEST_VIEW = 4096, 16_384  # bytes
_HOST = re.compile(r"https?://([a-z0-9.-]{1,253})(:\d+)?")
_TRACE = re.compile(r"([0-9a-f]{32})(/.*)?")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(slots=True)
class _Call:
    """What is asked, and what the answer's headers and the log line will say."""

    request: Request
    told: dict[str, Any] = field(default_factory=lambda: {"photos": [], "stale": False})
    headers: dict[str, str] = field(
        default_factory=lambda: {"Vary": "Origin", "Cache-Control": "no-store"}
    )
    arguments: dict[str, list[str]] = field(default_factory=dict)
    identity: str = ""


class Gallery:
    """The API over the catalog of one bucket."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._reader = Reader(settings.base_url)

    def answer(self, request: Request) -> Response:
        """Answer a request, whatever it holds; a hit and a view leave one line in the log."""
        started, call = perf_counter(), _Call(request)
        self._share(call)
        try:
            response = self._respond(call)
        except Problem as problem:
            response = _json(problem.body, problem.status, "application/problem+json")
            response.headers.update(problem.headers)
        response.headers.update(call.headers)
        if "event" in call.told:
            _log(call, response.status_code, perf_counter() - started)
        return response

    def _share(self, call: _Call) -> None:
        """Let the pages of the allowed origins, and no others, read the answer."""
        origin = call.request.headers.get("Origin")
        if origin and origin in self._settings.origins:
            call.headers["Access-Control-Allow-Origin"] = origin
            call.headers["Access-Control-Expose-Headers"] = "X-Gallery-Count"

    def _respond(self, call: _Call) -> Response:
        request = call.request
        if len(request.path) + len(request.query_string) > _LONGEST_ADDRESS:
            raise Problem("uri-too-long", f"Send at most {_LONGEST_ADDRESS} bytes.")
        name, slash, call.identity = request.path[1:].partition("/")
        if name + slash not in _ENDPOINTS or "/" in call.identity:
            raise Problem("not-found", "GET /openapi.json lists the paths of this API.")
        handle, methods, event = _ENDPOINTS[name + slash]
        if request.method == "OPTIONS":
            return _preflight(methods)
        if event:
            call.told["event"] = event
        if request.method not in methods.split(", "):
            raise Problem("method-not-allowed", f"Send one of {methods}.", {"Allow": methods})
        query_string = request.query_string.decode(errors="replace")
        call.arguments = parse_qs(query_string, keep_blank_values=True)
        if event and self._settings.require_key:
            self._admit(call)
        return handle(self, call)

    def _admit(self, call: _Call) -> None:
        """Let nobody in without a valid key; compare it with each of ours in constant time."""
        if not self._settings.keys:
            raise Problem("key-not-configured", "Give the function keys, in GALLERY_API_KEYS.")
        given = call.request.headers.get("X-Api-Key") or call.arguments.get("key", [""])[0]
        matches = [compare_digest(given.encode(), key) for key in self._settings.keys]
        if not any(matches):
            detail = "Send a valid key, as the header x-api-key or the parameter key."
            raise Problem("unauthorized", detail, {"WWW-Authenticate": "ApiKey"})

    def choose(self, call: _Call) -> Response:
        """Answer `GET /`: photos, at random or by seed or deck."""
        query = parse(call.arguments)
        call.told["format"] = query.format
        catalog = self._catalog(call)
        records = [catalog[position] for position in choose(catalog, query)]
        call.told["album"] = query.album
        call.headers["Cache-Control"] = "private, max-age=300" if query.seed else "no-store"
        call.headers["X-Gallery-Count"] = str(len(catalog))
        return self._show(call, query, records)

    def show_photo(self, call: _Call) -> Response:
        """Answer `GET /photos/<id>`."""
        names = call.arguments.keys() & {"format", "width"}
        query = parse({name: call.arguments[name] for name in names})
        call.told["format"] = query.format
        record = _found(self._catalog(call), call.identity)
        call.headers["Cache-Control"] = "max-age=30"
        return self._show(call, query, [record])

    def list_albums(self, call: _Call) -> Response:
        """Answer `GET /albums`."""
        albums = self._catalog(call).albums()
        call.headers["Cache-Control"] = "max-age=30"
        return _json([{"album": album, "count": count} for album, count in albums])

    def count_view(self, call: _Call) -> Response:
        """Answer `POST /views`: the log line is all that comes of it."""
        try:
            identity = json.loads(call.request.stream.read(_LONGEST_VIEW))["id"]
        except (ValueError, TypeError, KeyError, RecursionError):
            identity = None
        if not isinstance(identity, str):
            raise Problem("bad-request", 'Send {"id": "<id of a photo>"} as the body.')
        call.told["photos"] = [_found(self._catalog(call), identity)["id"]]
        return Response(status=204)

    def tell_health(self, call: _Call) -> Response:
        """Answer `GET /health`: there is a catalog, or the reason why there is none."""
        photos = len(self._catalog(call))
        return _json({"status": "ok", "photos": photos, "stale": call.told["stale"]})

    def describe(self, call: _Call) -> Response:
        """Answer `GET /openapi.json`."""
        call.headers["Cache-Control"] = "max-age=300"
        document = Path(__file__).with_name("openapi.json").read_bytes()
        return Response(document, content_type="application/json")

    def _catalog(self, call: _Call) -> Catalog:
        reading = self._reader.current()
        if reading.stale:
            call.told["stale"] = True
            call.headers["Age"] = str(int(monotonic() - reading.confirmed))
        return reading.catalog

    def _show(self, call: _Call, query: Query, records: list[dict[str, Any]]) -> Response:
        photos = [render(record, self._settings.base_url) for record in records]
        if call.request.method != "HEAD":
            call.told["photos"] = [photo["id"] for photo in photos]
        if query.format == "redirect":
            return Response(status=302, headers={"Location": at_least(photos[0], query.width)})
        answers = [photo["src"] for photo in photos] if query.format == "url" else photos
        return _json(answers[0] if query.count is None else answers)


_READ = "GET, HEAD, OPTIONS"
# By path: what answers, which methods, and the event of the log line; no line, no key.
_ENDPOINTS: dict[str, tuple[Callable[[Gallery, _Call], Response], str, str]] = {
    "": (Gallery.choose, _READ, "hit"),
    "photos/": (Gallery.show_photo, _READ, "hit"),
    "albums": (Gallery.list_albums, _READ, "hit"),
    "views": (Gallery.count_view, "POST, OPTIONS", "view"),
    "health": (Gallery.tell_health, _READ, ""),
    "openapi.json": (Gallery.describe, _READ, ""),
}


def _found(catalog: Catalog, identity: str) -> dict[str, Any]:
    record = catalog.find(identity)
    if not record:
        raise Problem("no-such-photo", "It is not, or no more, in this gallery.")
    return record


def _json(value: object, status: int = 200, content_type: str = "application/json") -> Response:
    # A lone surrogate has no UTF-8, but its escape is JSON
    body = _encode(value).encode(errors="backslashreplace")
    return Response(body, status, content_type=content_type)


def _preflight(methods: str) -> Response:
    allowed = {"Methods": methods, "Headers": "x-api-key, content-type", "Max-Age": "7200"}
    headers = {f"Access-Control-Allow-{name}": value for name, value in allowed.items()}
    return Response(status=204, headers={"Allow": methods} | headers)


def _log(call: _Call, status: int, seconds: float) -> None:
    origin = _HOST.fullmatch(call.request.headers.get("Origin", ""))
    trace = _TRACE.fullmatch(call.request.headers.get("X-Cloud-Trace-Context", ""))
    call.told |= {
        "status": status,
        "origin": origin and origin[1],
        "ms": round(seconds * 1000, 2),
        "logging.googleapis.com/trace": trace and trace[1],
    }
    words = call.told["event"], str(status), call.told.get("format")
    write("WARNING" if status >= 500 else "INFO", " ".join(filter(None, words)), **call.told)
