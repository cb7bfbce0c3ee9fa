"""The HTTP API: a request is routed, admitted, answered, shared with its page, and logged."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from hmac import compare_digest
from time import monotonic, perf_counter
from typing import Any
from urllib.parse import parse_qs

from flask import Request, Response

from gallery_api.choosing import choose
from gallery_api.errors import Problem, to_json
from gallery_api.log import write
from gallery_api.openapi import DOCUMENT
from gallery_api.query import Query, parse
from gallery_api.reader import Reader, Reading
from gallery_api.rendering import at_least, render
from gallery_api.settings import Settings

__all__ = ["Gallery"]

_LONGEST_ADDRESS, _LONGEST_VIEW = 4096, 1024  # bytes
_HOST = re.compile(r"https?://([a-z0-9.-]{1,253})(:\d+)?")
_TRACE = re.compile(r"([0-9a-f]{32})(/.*)?")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(kw_only=True, slots=True)
class _Call:
    """What is asked, and what the log line will tell of the answer."""

    request: Request
    arguments: dict[str, list[str]] = field(default_factory=dict)
    identity: str = ""
    event: str = ""
    photos: list[str] = field(default_factory=list)
    format: str | None = None
    album: str | None = None
    stale: bool = False


class Gallery:
    """The API over the catalog of one bucket."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._reader = Reader(settings.base_url)

    def answer(self, request: Request) -> Response:
        """Answer a request, whatever it holds; a hit and a view leave one line in the log."""
        started, call = perf_counter(), _Call(request=request)
        try:
            response = self._respond(call)
        except Problem as problem:
            response = _json(to_json(problem), problem.status, "application/problem+json")
            response.headers.update(problem.headers)
        self._share(call, response)
        if call.event:
            _log(call, response.status_code, perf_counter() - started)
        return response

    def _respond(self, call: _Call) -> Response:
        path, query_string = call.request.path, call.request.query_string
        if len(path) + len(query_string) > _LONGEST_ADDRESS:
            raise Problem("uri-too-long", f"Send at most {_LONGEST_ADDRESS} bytes.")
        name, slash, call.identity = path[1:].partition("/")
        endpoint = _ENDPOINTS.get(name + slash)
        if not endpoint or "/" in call.identity:
            raise Problem("not-found", "GET /openapi.json lists the paths of this API.")
        handle, methods, call.event = endpoint
        if call.request.method == "OPTIONS":
            call.event = ""
            return Response(status=204, headers={"Allow": methods})
        if call.request.method not in methods.split(", "):
            raise Problem("method-not-allowed", f"Send one of {methods}.", {"Allow": methods})
        call.arguments = parse_qs(query_string.decode(errors="replace"), keep_blank_values=True)
        if call.event:
            self._admit(call)
        return handle(self, call)

    def _admit(self, call: _Call) -> None:
        """Let nobody in without a valid key, compared in constant time, where one is required."""
        if not self._settings.require_key:
            return
        if not self._settings.keys:
            raise Problem("key-not-configured", "Give the function keys, in GALLERY_API_KEYS.")
        given = call.request.headers.get("X-Api-Key") or call.arguments.get("key", [""])[0]
        matches = [compare_digest(given.encode(), key) for key in self._settings.keys]
        if not any(matches):
            detail = "Send a valid key, as the header x-api-key or the parameter key."
            raise Problem("unauthorized", detail, {"WWW-Authenticate": "ApiKey"})

    def _share(self, call: _Call, response: Response) -> None:
        """Let the pages of the allowed origins, and no others, read the answer."""
        response.headers["Vary"] = "Origin"
        origin = call.request.headers.get("Origin")
        if origin not in self._settings.origins:
            return
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "X-Gallery-Count"
        if call.request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = response.headers["Allow"]
            response.headers["Access-Control-Allow-Headers"] = "x-api-key, content-type"
            response.headers["Access-Control-Max-Age"] = "7200"

    def choose(self, call: _Call) -> Response:
        """Answer `GET /`: photos, at random or by seed or deck."""
        query = parse(call.arguments)
        call.format = query.format
        reading = self._read(call)
        positions = choose(reading.catalog, query)
        call.album = query.album
        response = self._show([reading.catalog[position] for position in positions], query, call)
        response.headers["X-Gallery-Count"] = str(len(reading.catalog))
        return _cached(response, "private, max-age=300" if query.seed else "no-store", reading)

    def show_photo(self, call: _Call) -> Response:
        """Answer `GET /photos/<id>`."""
        query = parse(
            {name: call.arguments[name] for name in ("format", "width") if name in call.arguments}
        )
        call.format = query.format
        reading = self._read(call)
        record = _found(reading, call.identity)
        return _cached(self._show([record], query, call), "max-age=30", reading)

    def list_albums(self, call: _Call) -> Response:
        """Answer `GET /albums`."""
        reading = self._read(call)
        albums = [{"album": name, "count": n} for name, n in reading.catalog.albums().items()]
        return _cached(_json(albums), "max-age=30", reading)

    def count_view(self, call: _Call) -> Response:
        """Answer `POST /views`: the log line is all that comes of it."""
        body = call.request.stream.read(_LONGEST_VIEW)
        try:
            identity = json.loads(body)["id"]
        except (ValueError, TypeError, KeyError, RecursionError):
            identity = None
        if not isinstance(identity, str):
            raise Problem("bad-request", 'The body must be JSON: {"id": "<id of a photo>"}.')
        call.photos = [_found(self._read(call), identity)["id"]]
        return Response(status=204, headers={"Cache-Control": "no-store"})

    def tell_health(self, call: _Call) -> Response:
        """Answer `GET /health`: there is a catalog, or the reason why there is none."""
        reading = self._read(call)
        health = {"status": "ok", "photos": len(reading.catalog), "stale": reading.stale}
        return _cached(_json(health), "no-store", reading)

    def describe(self, call: _Call) -> Response:  # noqa: ARG002 - a handler like the others
        """Answer `GET /openapi.json`."""
        return _json(DOCUMENT)

    def _read(self, call: _Call) -> Reading:
        reading = self._reader.current()
        call.stale = reading.stale
        return reading

    def _show(self, records: list[dict[str, Any]], query: Query, call: _Call) -> Response:
        photos = [render(record, self._settings.base_url) for record in records]
        if call.request.method != "HEAD":
            call.photos = [photo["id"] for photo in photos]
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


def _found(reading: Reading, identity: str) -> dict[str, Any]:
    record = reading.catalog.find(identity)
    if not record:
        raise Problem("no-such-photo", "It is not, or no more, in this gallery.")
    return record


def _json(value: object, status: int = 200, content_type: str = "application/json") -> Response:
    # A lone surrogate has no UTF-8, but its escape is JSON
    body = _encode(value).encode(errors="backslashreplace")
    return Response(body, status, {"Cache-Control": "no-store"}, content_type=content_type)


def _cached(response: Response, rule: str, reading: Reading) -> Response:
    response.headers["Cache-Control"] = rule
    if reading.stale:
        response.headers["Age"] = str(int(monotonic() - reading.confirmed))
    return response


def _log(call: _Call, status: int, seconds: float) -> None:
    origin = _HOST.fullmatch(call.request.headers.get("Origin", ""))
    trace = _TRACE.fullmatch(call.request.headers.get("X-Cloud-Trace-Context", ""))
    write(
        "WARNING" if status >= 500 else "INFO",
        " ".join(filter(None, (call.event, str(status), call.format))),
        event=call.event,
        photos=call.photos,
        status=status,
        format=call.format,
        album=call.album,
        origin=origin and origin[1],
        ms=round(seconds * 1000, 2),
        stale=call.stale,
        **{"logging.googleapis.com/trace": trace and trace[1]},
    )
