"""The HTTP API: a request is routed, admitted, answered, shared with its page, and logged."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from hmac import compare_digest
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import parse_qs

from flask import Request, Response

from gallery_api.catalog import Catalog
from gallery_api.choosing import choose
from gallery_api.errors import Problem
from gallery_api.log import write
from gallery_api.query import Query, parse
from gallery_api.reader import Reader
from gallery_api.rendering import render
from gallery_api.settings import Settings

__all__ = ["Gallery"]

_LONGEST_ADDRESS, _LONGEST_VIEW = 4096, 16_384  # bytes
_HOST = re.compile(r"https?://([a-z0-9.-]{1,253})(:\d+)?")
_TRACE = re.compile(r"([0-9a-f]{32})(/.*)?")
_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode
_HEADERS = {"Content-Type": "application/json", "Cache-Control": "no-store", "Vary": "Origin"}
_PREFLIGHT = {
    "Access-Control-Allow-Headers": "x-api-key, content-type",
    "Access-Control-Max-Age": "7200",
}


@dataclass(slots=True)
class _Call:
    """What is asked, how it will be answered, and what the log line will tell."""

    request: Request
    arguments: dict[str, list[str]] = field(default_factory=dict)
    identity: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=_HEADERS.copy)
    told: dict[str, Any] = field(default_factory=lambda: {"photos": [], "stale": False})


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
            body = self._respond(call)
        except Problem as problem:
            call.status, body = problem.status, _encode(problem.body)
            call.headers |= {"Content-Type": "application/problem+json"} | problem.headers
        if "event" in call.told:
            _log(call, perf_counter() - started)
        # A lone surrogate has no UTF-8, but its escape is JSON
        body_bytes = body.encode(errors="backslashreplace")
        response = Response(body_bytes, call.status, list(call.headers.items()))
        if not body:
            del response.headers["Content-Type"]
        return response

    def _share(self, call: _Call) -> None:
        """Let the pages of the allowed origins, and no others, read the answer."""
        origin = call.request.environ.get("HTTP_ORIGIN")
        if origin and origin in self._settings.origins:
            call.headers["Access-Control-Allow-Origin"] = origin
            call.headers["Access-Control-Expose-Headers"] = "X-Gallery-Count"

    def _respond(self, call: _Call) -> str:
        request = call.request
        if len(request.path) + len(request.query_string) > _LONGEST_ADDRESS:
            raise Problem("uri-too-long", f"Send at most {_LONGEST_ADDRESS} bytes.")
        name, slash, call.identity = request.path[1:].partition("/")
        if name + slash not in _ENDPOINTS or "/" in call.identity:
            raise Problem("not-found", "GET /openapi.json lists the paths of this API.")
        handle, methods, event = _ENDPOINTS[name + slash]
        if request.method == "OPTIONS":
            call.status, preflight = 204, {"Access-Control-Allow-Methods": methods}
            call.headers |= {"Allow": methods} | _PREFLIGHT | preflight
            return ""
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
        given = call.request.environ.get("HTTP_X_API_KEY") or call.arguments.get("key", [""])[0]
        matches = [compare_digest(given.encode(), key) for key in self._settings.keys]
        if not any(matches):
            detail = "Send a valid key, as the header x-api-key or the parameter key."
            raise Problem("unauthorized", detail, {"WWW-Authenticate": "ApiKey"})

    def choose(self, call: _Call) -> str:
        """Answer `GET /`: photos, at random or by seed or deck."""
        query = parse(call.arguments)
        call.told["format"] = query.format
        catalog = self._catalog(call)
        positions = choose(catalog, query)
        if query.album:
            call.told["album"] = query.album
        call.headers["Cache-Control"] = "private, max-age=300" if query.seed else "no-store"
        call.headers["X-Gallery-Count"] = str(len(catalog))
        return self._show(call, query, catalog, positions)

    def show_photo(self, call: _Call) -> str:
        """Answer `GET /photos/<id>`."""
        names = call.arguments.keys() & {"format", "width"}
        query = parse({name: call.arguments[name] for name in names})
        call.told["format"] = query.format
        catalog = self._catalog(call)
        positions = [catalog.find(call.identity)]
        call.headers["Cache-Control"] = "max-age=30"
        return self._show(call, query, catalog, positions)

    def list_albums(self, call: _Call) -> str:
        """Answer `GET /albums`."""
        albums = self._catalog(call).albums()
        call.headers["Cache-Control"] = "max-age=30"
        return _encode([{"album": album, "count": count} for album, count in albums])

    def count_view(self, call: _Call) -> str:
        """Answer `POST /views`: the log line is all that comes of it."""
        try:
            identity = json.loads(call.request.stream.read(_LONGEST_VIEW))["id"]
        except (ValueError, TypeError, KeyError, RecursionError):
            identity = None
        if not isinstance(identity, str):
            raise Problem("bad-request", 'Send {"id": "<id of a photo>"} as the body.')
        self._catalog(call).find(identity)
        call.told["photos"], call.status = [identity], 204
        return ""

    def tell_health(self, call: _Call) -> str:
        """Answer `GET /health`: there is a catalog, or the reason why there is none."""
        photos = len(self._catalog(call))
        return _encode({"status": "ok", "photos": photos, "stale": call.told["stale"]})

    def describe(self, call: _Call) -> str:
        """Answer `GET /openapi.json`."""
        call.headers["Cache-Control"] = "max-age=300"
        return Path(__file__).with_name("openapi.json").read_text(encoding="utf-8")

    def _catalog(self, call: _Call) -> Catalog:
        catalog, age = self._reader.current()
        if age is not None:
            call.told["stale"], call.headers["Age"] = True, str(age)
        return catalog

    def _show(self, call: _Call, query: Query, catalog: Catalog, positions: list[int]) -> str:
        if call.request.method != "HEAD":
            call.told["photos"] = [f"{catalog.ids[position]:016x}" for position in positions]
        if query.format == "json":
            answers = [self._photo(catalog, position) for position in positions]
            return answers[0] if query.count is None else f"[{','.join(answers)}]"
        photos = [render(catalog[position], self._settings.base_url) for position in positions]
        if query.format == "redirect":
            wide = (one for one in photos[0]["srcSet"] if one["width"] >= query.width > 0)
            call.status, call.headers["Location"] = 302, next(wide, photos[0])["src"]
            return ""
        addresses = [photo["src"] for photo in photos]
        return _encode(addresses[0] if query.count is None else addresses)

    def _photo(self, catalog: Catalog, position: int) -> str:
        """Return the JSON of a photo; that of the first thousand photos asked for is kept."""
        text = catalog.rendered.get(position)
        if text is None:
            text = _encode(render(catalog[position], self._settings.base_url))
            if len(catalog.rendered) < 1000:
                catalog.rendered[position] = text
        return text


_READ = "GET, HEAD, OPTIONS"
# By path: what answers, which methods, and the event of the log line; no line, no key.
_ENDPOINTS: dict[str, tuple[Callable[[Gallery, _Call], str], str, str]] = {
    "": (Gallery.choose, _READ, "hit"),
    "photos/": (Gallery.show_photo, _READ, "hit"),
    "albums": (Gallery.list_albums, _READ, "hit"),
    "views": (Gallery.count_view, "POST, OPTIONS", "view"),
    "health": (Gallery.tell_health, _READ, ""),
    "openapi.json": (Gallery.describe, _READ, ""),
}


def _log(call: _Call, seconds: float) -> None:
    environment, told = call.request.environ, call.told
    if origin := _HOST.fullmatch(environment.get("HTTP_ORIGIN", "")):
        told["origin"] = origin[1]
    if trace := _TRACE.fullmatch(environment.get("HTTP_X_CLOUD_TRACE_CONTEXT", "")):
        told["logging.googleapis.com/trace"] = trace[1]
    message = f"{told['event']} {call.status} {told.get('format', '')}".rstrip()
    severity = "WARNING" if call.status >= 500 else "INFO"
    ms = round(seconds * 1000, 2)
    write({"severity": severity, "message": message, **told, "status": call.status, "ms": ms})
