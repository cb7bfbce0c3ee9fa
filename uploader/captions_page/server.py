"""Serves the captions page: photos large, boxes for their metadata, `captions.yaml` as one goes.

It listens on loopback only, and answers nobody who calls it by another name, so that no web site
can reach it through a visitor's browser. Only what was typed is written. What others wrote in the
meantime is read anew, and is overwritten only by who has seen it.
"""

from __future__ import annotations

import socket
import sys
import threading
import webbrowser
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, abort, jsonify, request
from werkzeug.serving import WSGIRequestHandler, make_server

from uploader.errors import CaptionsError, Unusable, UploaderError
from uploader.folder.dates import EXAMPLES, parse_date
from uploader.folder.files import stamp
from uploader.folder.index import Index
from uploader.folder.metadata import clean
from uploader.folder.survey import survey
from uploader.folder.writing import set_fields
from uploader.render.pool import Pool

if TYPE_CHECKING:
    from uploader.folder.metadata import Fields
    from uploader.folder.survey import Photo

__all__ = ["create_app", "serve"]

_HOST = "127.0.0.1"
_TRIED = 20  # ports, where the wanted one is taken
_FIELDS = ("caption", "alt", "date", "credit", "license", "hidden")
_POLICY = (
    "default-src 'none'; img-src 'self'; script-src 'self'; style-src 'self'; connect-src 'self'"
)


def serve(folder: Path, port: int) -> int:
    """Serve the page until Ctrl-C."""
    with Index(folder) as index, Pool() as pool:
        app = create_app(folder, index, pool)
        listening = _listen(port)
        server = make_server(
            _HOST, port, app, threaded=True, request_handler=_Quiet, fd=listening.fileno()
        )
        address = f"http://{_HOST}:{listening.getsockname()[1]}/"
        sys.stdout.write(f"Write captions at {address} (Ctrl-C ends)\n")
        sys.stdout.flush()
        if sys.stdout.isatty():
            webbrowser.open(address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            sys.stdout.write(
                "\nWhat you wrote is in captions.yaml. To publish it: make up, or pulumi up.\n"
            )
    return 0


def _listen(port: int) -> socket.socket:
    """Listen on the port, or the next one that is free."""
    for tried in range(port, port + _TRIED if port else 1):
        try:
            return socket.create_server((_HOST, tried))
        except OSError:
            continue
    raise UploaderError(f"Port {port} is in use, and so are the next. Say which: --port 9000")


class _Quiet(WSGIRequestHandler):
    """Logs no requests."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


class _Gallery:
    """The photos of a folder, hidden ones included, as its captions files have them now."""

    def __init__(self, folder: Path, index: Index, pool: Pool) -> None:
        self.folder, self._index, self._pool = folder, index, pool
        self._stamps: dict[Path, object] = {}
        self.by_id: dict[str, Photo] = {}
        self.refresh()

    def refresh(self) -> None:
        """Read the captions anew where a file of them changed; raises CaptionsError."""
        if self.by_id and self._stamps == self._written():
            return
        before = self._written()
        found = survey(self.folder, self._index, self._pool)
        photos = sorted([*found.photos, *found.hidden], key=lambda photo: photo.file.path)
        self.by_id = {photo.id: photo for photo in photos}
        self._stamps = before or self._written()

    def _written(self) -> dict[Path, object]:
        """Return what changes when somebody writes into a captions file beside a photo."""
        folders = {self.folder} | {photo.file.location.parent for photo in self.by_id.values()}
        files = (path for folder in folders for path in folder.glob("[cC]aptions.*"))
        return {path: stamp(path.stat()) for path in files}


def create_app(folder: Path, index: Index, pool: Pool) -> Flask:
    """The page for the photos of a folder."""
    app = Flask(__name__, static_folder=None)
    gallery = _Gallery(folder, index, pool)
    writing = threading.Lock()

    _guard(app)
    _serve_files(app)

    @app.get("/photos")
    def list_photos() -> Response:
        with writing:
            gallery.refresh()
        return jsonify([_as_json(photo) for photo in gallery.by_id.values()])

    @app.get("/photos/<id_>.webp")
    def picture(id_: str) -> Response:
        photo = gallery.by_id.get(id_) or abort(HTTPStatus.NOT_FOUND)
        try:
            made = pool.render(photo.file.location, id_, photo.size, widest=1600)
        except Unusable as error:
            abort(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
        response = Response(made.files[-1], mimetype="image/webp")
        response.headers["Cache-Control"] = "private, max-age=86400"
        return response

    @app.put("/photos/<id_>")
    def write(id_: str) -> tuple[Response, int]:
        if id_ not in gallery.by_id:
            abort(HTTPStatus.NOT_FOUND)
        given = request.get_json()
        typed, seen = _fields(given["typed"]), given["seen"]
        with writing:
            gallery.refresh()
            photo = gallery.by_id[id_]
            now = _as_json(photo)
            if others := [n for n in typed if now[n] != seen.get(n) and now[n] != typed[n]]:
                says = f"Somebody changed {' and '.join(others)} in the meantime. Save again to "
                problem = f"{says}replace “{now[others[0]]}”."
                return jsonify(problem=problem, photo=now), HTTPStatus.CONFLICT
            set_fields(folder, photo.file.path, typed)
            gallery.refresh()
        return jsonify(_as_json(gallery.by_id[id_])), HTTPStatus.OK

    return app


def _guard(app: Flask) -> None:
    """Refuse who calls by another name; let nothing foreign run; say errors as JSON."""

    @app.before_request
    def refuse_strangers() -> None:
        if request.host.rpartition(":")[0] not in (_HOST, "localhost"):
            abort(HTTPStatus.FORBIDDEN)

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    @app.errorhandler(UploaderError)
    def say_why(error: UploaderError) -> tuple[Response, int]:
        return jsonify(problem=str(error)), HTTPStatus.BAD_REQUEST


def _serve_files(app: Flask) -> None:
    @app.get("/")
    @app.get("/<any('page.js','page.css'):name>")
    def page(name: str = "page.html") -> Response:
        kind = {"html": "text/html", "js": "text/javascript", "css": "text/css"}
        content = Path(__file__).with_name(name).read_bytes()
        return Response(content, mimetype=kind[name.rpartition(".")[2]])

    @app.get("/favicon.ico")
    def no_icon() -> tuple[str, int]:
        return "", HTTPStatus.NO_CONTENT


def _as_json(photo: Photo) -> dict[str, Any]:
    fields = {name: getattr(photo.metadata, name) for name in _FIELDS}
    place = {"path": photo.file.path, "album": photo.file.album, "size": photo.size}
    return {"id": photo.id, **place, **fields}


def _fields(typed: dict[str, Any]) -> Fields:
    """Read the fields that were typed; raises CaptionsError for a date that is none."""
    fields: Fields = {}
    for name in typed.keys() & set(_FIELDS):
        fields[name] = bool(typed[name]) if name == "hidden" else clean(str(typed[name]))
    if date := fields.get("date"):
        parsed = parse_date(str(date))
        if parsed is None:
            raise CaptionsError(f"“{date}” is no date. Type one of: {EXAMPLES}.")
        fields["date"] = parsed
    return fields
