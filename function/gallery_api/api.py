"""The HTTP API: a request finds its route, is authenticated, answered and logged."""

import json
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from hmac import compare_digest
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import parse_qs

from flask import Request, Response
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule

from gallery_api.catalog import Catalog
from gallery_api.choosing import choose
from gallery_api.errors import Problem
from gallery_api.log import Unauthorized, write_call
from gallery_api.preview import preview, preview_of_nothing
from gallery_api.query import Query, parse
from gallery_api.reader import Reader
from gallery_api.rendering import jpeg_of, render
from gallery_api.responses import (
    KEPT_BRIEFLY,
    accepted_type,
    encode,
    finish,
    json_response,
    problem_response,
    redirect,
)
from gallery_api.settings import Settings

__all__ = ["Gallery"]

_LONGEST_ADDRESS, _LONGEST_VIEW = 4096, 16_384  # bytes
_RENDERED = 1000  # photos of a catalog whose JSON is kept, a kilobyte each


@dataclass(slots=True)
class _Call:
    """A request with its parameters, and the fields of its log line."""

    request: Request
    arguments: dict[str, list[str]]
    photo_id: str = ""
    query: Query = field(default_factory=Query)
    age: int | None = None  # seconds since storage confirmed the catalog, while it does not
    fields: dict[str, Any] = field(default_factory=lambda: {"photos": [], "stale": False})


@dataclass(frozen=True, kw_only=True, slots=True)
class _Route:
    """What answers, which parameters it has, and which event its log line counts.

    A route without an event leaves no line and wants no key.
    """

    handle: Callable[["Gallery", _Call], Response]
    parameters: tuple[str, ...] = ()
    event: str = ""
    format: str = ""  # where there is only one
    method: str = "GET"

    @property
    def methods(self) -> str:
        """The methods, as the header `Allow` has them."""
        return "GET, HEAD, OPTIONS" if self.method == "GET" else f"{self.method}, OPTIONS"


class Gallery:
    """The API over the catalog of one bucket."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._reader = Reader(settings.base_url)
        self._unauthorized = Unauthorized()
        self._routes = Map(
            [
                Rule(path, endpoint=route, methods=[route.method, "OPTIONS"])
                for path, route in ROUTES.items()
            ],
            merge_slashes=False,
        ).bind("")

    def answer(self, request: Request) -> Response:
        """Answer a request, whatever it holds; a hit and a view leave one line in the log."""
        started, call = perf_counter(), _Call(request, {})
        try:
            response = self._dispatch(call)
        except Problem as problem:
            response = problem_response(problem)
        if call.age is not None:
            response.headers["Age"] = str(call.age)
        response = finish(response, request, self._settings.origins)
        # What the doctor asks is no visitor's question, and is not counted.
        if "event" in call.fields and "HTTP_X_GALLERY_CHECK" not in request.environ:
            write_call(request.environ, call.fields, response.status_code, perf_counter() - started)
        return response

    def _dispatch(self, call: _Call) -> Response:
        request = call.request
        if len(request.path) + len(request.query_string) > _LONGEST_ADDRESS:
            raise Problem("uri-too-long", f"Send at most {_LONGEST_ADDRESS} bytes.")
        route, values = self._match(request)
        if request.method == "OPTIONS":
            return _preflight(route)
        query_string = request.query_string.decode(errors="replace")
        call.arguments = parse_qs(query_string, keep_blank_values=True)
        if route.event:
            if self._settings.require_key:
                self._authenticate(call)
            call.fields["event"] = route.event
        call.photo_id = values.get("id", "")
        call.query = parse(call.arguments, route.parameters, route.format)
        return route.handle(self, call)

    def _match(self, request: Request) -> tuple[_Route, Any]:
        try:
            return self._routes.match(request.path, request.method)
        except NotFound as error:
            detail = "GET /openapi.json lists the paths of this API."
            raise Problem("not-found", detail) from error
        except MethodNotAllowed as error:
            methods = ", ".join(sorted(error.valid_methods or ()))
            detail = f"Send one of {methods}."
            raise Problem("method-not-allowed", detail, {"Allow": methods}) from error

    def _authenticate(self, call: _Call) -> None:
        """Let nobody in without a valid key; compare it with each of ours in constant time."""
        given = call.request.environ.get("HTTP_X_API_KEY") or call.arguments.get("key", [""])[0]
        matches = [compare_digest(given.encode(), key) for key in self._settings.keys]
        if any(matches):
            return
        self._unauthorized.add()
        if not self._settings.keys:
            raise Problem("key-not-configured", "Give the function keys, in GALLERY_API_KEYS.")
        detail = "Send a valid key, as the header x-api-key or the parameter key."
        raise Problem("unauthorized", detail, {"WWW-Authenticate": "ApiKey"})

    def choose_photo(self, call: _Call) -> Response:
        """Answer `GET /`: a photo, or what `count` and `format` make of the answer."""
        catalog, positions = self._choose(call)
        return self._show(call, catalog, positions, many=call.query.count is not None)

    def choose_photos(self, call: _Call) -> Response:
        """Answer `GET /random`: photos, always as an array."""
        catalog, positions = self._choose(call)
        return self._show(call, catalog, positions, many=True)

    def _choose(self, call: _Call) -> tuple[Catalog, list[int]]:
        query = call.query
        call.fields["format"] = query.format
        catalog = self._catalog(call)
        positions = choose(catalog, query)
        if query.album:
            call.fields["album"] = query.album
        return catalog, positions

    def show_photo(self, call: _Call) -> Response:
        """Answer `GET /photos/<id>`."""
        call.fields["format"] = call.query.format
        catalog = self._catalog(call)
        return self._show(call, catalog, [catalog.find(call.photo_id)], many=False)

    def list_photos(self, call: _Call) -> Response:
        """Answer `GET /photos`: a page of all photos; its line in the log names none of them."""
        query, catalog = call.query, self._catalog(call)
        order = catalog.newest_first(query.album, query.orientation)
        if query.album:
            call.fields["album"] = query.album
        start = 0
        if query.cursor:
            date, _, photo_id = query.cursor.partition("-")
            after = -int(date), int(photo_id, 16)
            start = bisect_right(order, after, key=catalog.age_rank)
        shown = order[start : start + query.limit]
        photos = ",".join(self._photo(catalog, position) for position in shown)
        more = ""
        if start + query.limit < len(order):
            age, number = catalog.age_rank(shown[-1])
            more = f',"next":"{-age:012d}-{number:016x}"'
        return json_response(f'{{"photos":[{photos}]{more}}}', KEPT_BRIEFLY)

    def list_albums(self, call: _Call) -> Response:
        """Answer `GET /albums`."""
        albums = self._catalog(call).albums()
        body = encode([{"album": album, "count": count} for album, count in albums])
        return json_response(body, KEPT_BRIEFLY)

    def count_view(self, call: _Call) -> Response:
        """Answer `POST /views`: the log line is all that comes of it."""
        photo_id = _read_view(call.request)
        self._catalog(call).find(photo_id)
        call.fields["photos"] = [photo_id]
        response = json_response("")
        response.status_code = 204
        return response

    def show_preview(self, call: _Call) -> Response:
        """Answer `GET /p/<id>`: the page of a shared link, and a page where there is no photo."""
        try:
            catalog = self._catalog(call)
            record = catalog[catalog.find(call.photo_id)]
        except Problem as problem:
            return preview_of_nothing(problem, self._settings.base_url)
        return preview(record, self._settings.base_url)

    def check_health(self, call: _Call) -> Response:
        """Answer `GET /health`: there is a catalog, or the reason why there is none."""
        photos = len(self._catalog(call))
        return json_response(
            encode({"status": "ok", "photos": photos, "stale": call.fields["stale"]})
        )

    def describe(self, call: _Call) -> Response:  # noqa: ARG002 - as every handler has it
        """Answer `GET /openapi.json`."""
        text = Path(__file__).with_name("openapi.json").read_text(encoding="utf-8")
        return json_response(text, "max-age=300")

    def _catalog(self, call: _Call) -> Catalog:
        catalog, call.age = self._reader.current()
        call.fields["stale"] = call.age is not None
        return catalog

    def _show(self, call: _Call, catalog: Catalog, positions: list[int], many: bool) -> Response:
        query = call.query
        if call.request.method != "HEAD":
            call.fields["photos"] = [f"{catalog.ids[position]:016x}" for position in positions]
        if call.photo_id:
            cache_control, headers = KEPT_BRIEFLY, {}
        else:
            cache_control = "private, max-age=300" if query.seed else "no-store"
            headers = {"X_Gallery_Count": str(len(catalog))}
        if query.format == "redirect":
            address = self._image(call, catalog[positions[0]])
            return redirect(address, cache_control, **headers)
        if query.format == "url":
            base_url = self._settings.base_url
            parts = [encode(render(catalog[one], base_url)["src"]) for one in positions]
        else:
            parts = [self._photo(catalog, position) for position in positions]
        body = f"[{','.join(parts)}]" if many else parts[0]
        return json_response(body, cache_control, **headers)

    def _image(self, call: _Call, record: dict[str, Any]) -> str:
        """Return the address of the rendition that was asked for."""
        if (call.query.type or accepted_type(call.request)) == "jpeg":
            return str(jpeg_of(record, self._settings.base_url)["src"])
        photo, width = render(record, self._settings.base_url), call.query.width
        wide = (one for one in photo["srcSet"] if one["width"] >= width > 0)
        return str(next(wide, photo)["src"])

    def _photo(self, catalog: Catalog, position: int) -> str:
        """Return the JSON of a photo; that of the first thousand photos asked for is kept."""
        text = catalog.rendered.get(position)
        if text is None:
            text = encode(render(catalog[position], self._settings.base_url))
            if len(catalog.rendered) < _RENDERED:
                catalog.rendered[position] = text
        return text


_CHOICE = ("album", "orientation", "seed", "deck", "n")
_IMAGE = ("width", "type")
ROUTES = {
    "/": _Route(
        handle=Gallery.choose_photo, parameters=(*_CHOICE, "count", "format", *_IMAGE), event="hit"
    ),
    "/random": _Route(handle=Gallery.choose_photos, parameters=(*_CHOICE, "count"), event="hit"),
    "/image": _Route(
        handle=Gallery.choose_photo, parameters=(*_CHOICE, *_IMAGE), event="hit", format="redirect"
    ),
    "/photos": _Route(
        handle=Gallery.list_photos,
        parameters=("album", "orientation", "limit", "cursor"),
        event="hit",
    ),
    "/photos/<id>": _Route(handle=Gallery.show_photo, parameters=("format", *_IMAGE), event="hit"),
    "/p/<id>": _Route(handle=Gallery.show_preview),
    "/albums": _Route(handle=Gallery.list_albums, event="hit"),
    "/views": _Route(handle=Gallery.count_view, event="view", method="POST"),
    "/health": _Route(handle=Gallery.check_health),
    "/openapi.json": _Route(handle=Gallery.describe),
}


def _preflight(route: _Route) -> Response:
    response = json_response("", Allow=route.methods)
    response.status_code = 204
    response.headers["Access-Control-Allow-Methods"] = route.methods
    response.headers["Access-Control-Allow-Headers"] = "x-api-key, content-type"
    response.headers["Access-Control-Max-Age"] = "7200"
    return response


def _read_view(request: Request) -> str:
    """Return the id in the body of a view, or raise the problem `bad-request`."""
    try:
        photo_id = json.loads(request.stream.read(_LONGEST_VIEW))["id"]
    except Exception:  # each server raises an error of its own at a malformed chunk
        photo_id = None
    if not isinstance(photo_id, str):
        raise Problem("bad-request", 'Send {"id": "<id of a photo>"} as the body.')
    return photo_id
