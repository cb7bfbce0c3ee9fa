"""Serves the captions page: the photos large, boxes for their words, `captions.yaml` as one goes.

It listens on loopback only, and answers nobody who calls it by another name, so that no web site
can reach it through a visitor's browser.
"""

from __future__ import annotations

import socket
import sys
import threading
import webbrowser
from dataclasses import asdict, replace
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, abort, jsonify, request
from werkzeug.serving import WSGIRequestHandler, make_server

from uploader.errors import CaptionsError, Unusable, UploaderError
from uploader.folder.dates import EXAMPLES, parse_date
from uploader.folder.index import Index
from uploader.folder.metadata import clean
from uploader.folder.survey import survey
from uploader.folder.writing import set_fields
from uploader.render.pool import Pool

if TYPE_CHECKING:
    from uploader.folder.metadata import Fields, Metadata
    from uploader.folder.survey import Photo

__all__ = ["create_app", "serve"]

_HOST = "127.0.0.1"
_FIELDS = ("caption", "alt", "date", "credit")
_POLICY = (
    "default-src 'none'; img-src 'self'; script-src 'self'; style-src 'self'; connect-src 'self'"
)


def serve(folder: Path, port: int) -> int:
    """Serve the page until Ctrl-C."""
    with Index(folder) as index, Pool() as pool:
        found = survey(folder, index, pool)
        app = create_app(folder, sorted(found.photos, key=_path), pool)
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
            sys.stdout.write("\nThe words are in captions.yaml.\n")
    return 0


def _path(photo: Photo) -> str:
    return photo.file.path


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((_HOST, port))
    except OSError:
        raise UploaderError(f"Port {port} is in use. Take another: --port {port + 1}") from None


class _Quiet(WSGIRequestHandler):
    """Logs no requests."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def create_app(folder: Path, photos: list[Photo], pool: Pool) -> Flask:
    """The page for some photos of a folder."""
    app = Flask(__name__, static_folder=None)
    by_id = {photo.id: photo for photo in photos}
    metadata = {photo.id: photo.metadata for photo in photos}
    writing = threading.Lock()

    @app.before_request
    def refuse_strangers() -> None:
        if request.host.rpartition(":")[0] not in (_HOST, "localhost"):
            abort(HTTPStatus.FORBIDDEN)

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    @app.get("/")
    @app.get("/<any('page.js','page.css'):name>")
    def page(name: str = "page.html") -> Response:
        kind = {"html": "text/html", "js": "text/javascript", "css": "text/css"}
        content = Path(__file__).with_name(name).read_bytes()
        return Response(content, mimetype=kind[name.rpartition(".")[2]])

    @app.get("/favicon.ico")
    def no_icon() -> tuple[str, int]:
        return "", HTTPStatus.NO_CONTENT

    @app.get("/photos")
    def list_photos() -> Response:
        return jsonify([_as_json(photo, metadata[photo.id]) for photo in photos])

    @app.get("/photos/<id_>.webp")
    def picture(id_: str) -> Response:
        photo = by_id.get(id_) or abort(HTTPStatus.NOT_FOUND)
        try:
            made = pool.render(photo.file.location, id_, photo.size, widest=1600)
        except Unusable as error:
            abort(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
        answer = Response(made.files[-1], mimetype="image/webp")
        answer.headers["Cache-Control"] = "private, max-age=86400"
        return answer

    @app.put("/photos/<id_>")
    def write(id_: str) -> tuple[Response, int]:
        photo = by_id.get(id_) or abort(HTTPStatus.NOT_FOUND)
        try:
            written = _written(request.get_json())
            with writing:
                set_fields(folder, photo.file.path, _changed(metadata[id_], written))
        except (CaptionsError, OSError) as error:
            return jsonify(problem=str(error)), HTTPStatus.BAD_REQUEST
        metadata[id_] = replace(metadata[id_], **written)  # type: ignore[arg-type]  # these four are text
        return jsonify(_as_json(photo, metadata[id_])), HTTPStatus.OK

    return app


def _as_json(photo: Photo, metadata: Metadata) -> dict[str, Any]:
    told = {name: text for name, text in asdict(metadata).items() if name in _FIELDS}
    return {"id": photo.id, "path": photo.file.path, "size": photo.size, **told}


def _changed(before: Metadata, written: dict[str, str]) -> Fields:
    return {name: text for name, text in written.items() if getattr(before, name) != text}


def _written(given: dict[str, Any]) -> dict[str, str]:
    """Read the fields that were written; raises CaptionsError for a date that is none."""
    told = {name: clean(str(given.get(name, ""))) for name in _FIELDS}
    date = parse_date(told["date"]) if told["date"] else ""
    if date is None:
        raise CaptionsError(f"“{told['date']}” is no date. Type one of: {EXAMPLES}.")
    return told | {"date": date}
