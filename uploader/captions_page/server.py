"""Serves the captions page: photos large, boxes for their metadata, `captions.yaml` as one goes.

It listens on loopback only, and answers who has the token in the address that the command prints:
no other user of the machine, and no web site through a visitor's browser. Only what was typed is
written. What others wrote in the meantime is read anew, and is overwritten only by who has seen it.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import re
import secrets
import socket
import sys
import threading
import webbrowser
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, abort, jsonify, request
from werkzeug.exceptions import HTTPException
from werkzeug.serving import WSGIRequestHandler, make_server

from uploader.errors import CaptionsError, Unusable, UploaderError
from uploader.folder.dates import EXAMPLES, parse_date
from uploader.folder.files import stamp
from uploader.folder.index import Index
from uploader.folder.metadata import clean
from uploader.folder.survey import survey
from uploader.folder.writing import rename_entries, set_fields
from uploader.render.pool import Pool

if TYPE_CHECKING:
    from uploader.folder.metadata import Fields
    from uploader.folder.survey import Photo

__all__ = ["create_app", "serve"]

_HOST = "127.0.0.1"
_TRIED = 20  # ports, where the wanted one is taken
_FIELDS = ("caption", "alt", "date", "credit", "license", "hidden")
_LEFT = re.compile(r"\.captions[a-z0-9_]{8}")  # as writing.py names what it replaces a file by
_POLICY = (
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; "
    "img-src 'self'; script-src 'self'; style-src 'self'; connect-src 'self'"
)


def serve(folder: Path, port: int) -> int:
    """Serve the page until Ctrl-C."""
    with Index(folder) as index, Pool() as pool:
        token = secrets.token_urlsafe(24)
        app = create_app(folder, index, pool, token)
        listening = _listen(port)
        server = make_server(
            _HOST, port, app, threaded=True, request_handler=_Quiet, fd=listening.fileno()
        )
        address = f"http://{_HOST}:{listening.getsockname()[1]}/{token}/"
        sys.stdout.write(f"Write captions at {address} (Ctrl-C ends)\n")
        sys.stdout.flush()
        if sys.stdout.isatty() and _has_desktop():
            # Beside the server: what opens it may wait until the page was answered.
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            sys.stdout.write(
                "\nWhat you wrote is in captions.yaml. To publish it: ./gallery up, or pulumi up.\n"
            )
    return 0


def _has_desktop() -> bool:
    """Whether a window can open here; elsewhere a browser in the terminal would take its place."""
    return sys.platform == "darwin" or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))


def _listen(port: int) -> socket.socket:
    """Listen on the port, or the next one that is free."""
    for tried in range(port, port + _TRIED if port else 1):
        try:
            return socket.create_server((_HOST, tried))
        except OSError:
            continue
    raise UploaderError(f"Port {port} is in use, and so are the next. Say which: --port 9000")


class Vanished(UploaderError):
    """The photo is not there any more, or is another one."""


class _Quiet(WSGIRequestHandler):
    """Logs no requests."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


class _Gallery:
    """The photos of a folder, hidden ones included, as its captions files have them now."""

    def __init__(self, folder: Path, index: Index, pool: Pool) -> None:
        self.folder, self._index, self._pool = folder, index, pool
        self._stamps: dict[Path, object] = {}
        self._folders = {folder}
        self.by_id: dict[str, Photo] = {}
        self._moved: dict[str, str] = {}
        self.refresh()
        self._clear_up()

    def _clear_up(self) -> None:
        """Take away what a page that was killed while it wrote has left."""
        for path in (path for folder in self._folders for path in folder.glob(".captions*")):
            if _LEFT.fullmatch(path.name) and path.is_file():
                with contextlib.suppress(OSError):
                    path.unlink()

    def refresh(self) -> None:
        """Read the captions anew where a file of them changed; raises CaptionsError."""
        if self.by_id and self._stamps == self._written():
            return
        before = self._written()
        self._walk()
        self._stamps = before or self._written()

    def _walk(self) -> None:
        found = survey(self.folder, self._index, self._pool)
        photos = sorted([*found.photos, *found.hidden], key=lambda photo: photo.file.path)
        self.by_id = {photo.id: photo for photo in photos}
        self._moved = found.moved
        self._folders = {self.folder} | {photo.file.location.parent for photo in photos}

    def current(self, id_: str) -> Photo:
        """A photo as its captions and its file are now; Vanished if it is not there any more."""
        self.refresh()
        photo = self.by_id.get(id_)
        if photo is None or not _is_same(photo):
            self._walk()
            photo = self.by_id.get(id_)
        if photo is None:
            raise Vanished("the photo was changed or deleted in the meantime. Reload the page.")
        return photo

    def save(self, photo: Photo, typed: Fields) -> Photo:
        """Write what was typed; the folder is not walked for that."""
        path = photo.file.path
        renamed = {old: new for old, new in self._moved.items() if new == path}
        rename_entries(self.folder, renamed)
        set_fields(self.folder, path, typed)
        alt = {"decorative": typed["alt"] == ""} if "alt" in typed else {}
        saved = replace(photo, metadata=replace(photo.metadata, **typed, **alt))  # type: ignore[arg-type]  # fields are checked where they are read
        self.by_id[photo.id] = saved
        self._stamps = self._written()
        return saved

    def _written(self) -> dict[Path, object]:
        """Return what changes when somebody writes into a captions file beside a photo."""
        files = (path for folder in self._folders for path in folder.glob("[cC]aptions.*"))
        return {path: stamp(path.stat()) for path in files}


def _is_same(photo: Photo) -> bool:
    try:
        return stamp(photo.file.location.stat()) == photo.file.stamp
    except OSError:
        return False


def create_app(folder: Path, index: Index, pool: Pool, token: str) -> Flask:
    """The page for the photos of a folder, below `/<token>/`."""
    app = Flask(__name__, static_folder=None)
    gallery = _Gallery(folder, index, pool)
    writing = threading.Lock()

    _guard(app, token)
    _serve_files(app, token)

    @app.get(f"/{token}/photos")
    def list_photos() -> Response:
        with writing:
            gallery.refresh()
        return jsonify([_as_json(photo) for photo in gallery.by_id.values()])

    @app.get(f"/{token}/photos/<id_>.webp")
    def picture(id_: str) -> Response:
        photo = gallery.by_id.get(id_) or abort(HTTPStatus.NOT_FOUND)
        try:
            made = pool.render(photo.file.location, id_, photo.size, widest=1600)
        except Unusable as error:
            abort(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
        response = Response(made.files[-1], mimetype="image/webp")
        response.headers["Cache-Control"] = "private, max-age=86400"
        return response

    @app.put(f"/{token}/photos/<id_>")
    def write(id_: str) -> tuple[Response, int]:
        typed, seen = _given(request.get_json())
        with writing:
            photo = gallery.current(id_)
            now = _as_json(photo)
            if others := [n for n in typed if now[n] != seen.get(n) and now[n] != typed[n]]:
                says = f"Somebody changed {' and '.join(others)} in the meantime. Save again to "
                problem = f"{says}replace “{now[others[0]]}”."
                return jsonify(problem=problem, photo=now), HTTPStatus.CONFLICT
            saved = gallery.save(photo, typed)
        return jsonify(_as_json(saved)), HTTPStatus.OK

    return app


def _guard(app: Flask, token: str) -> None:
    """Refuse who has no token, another name, another site; say errors as JSON."""

    @app.before_request
    def refuse_strangers() -> None:
        if request.host.rpartition(":")[0] not in (_HOST, "localhost"):
            abort(HTTPStatus.FORBIDDEN, "This page answers to 127.0.0.1 and localhost only.")
        if not hmac.compare_digest(request.path.split("/")[1].encode(), token.encode()):
            abort(HTTPStatus.FORBIDDEN, "Open the whole address that the command has printed.")
        is_own = request.headers.get("Origin", request.host_url[:-1]) == request.host_url[:-1]
        if not is_own or request.headers.get("Sec-Fetch-Site", "none") not in (
            "none",
            "same-origin",
        ):
            abort(HTTPStatus.FORBIDDEN, "Another site has no access to this page.")

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["Referrer-Policy"] = "same-origin"  # the address holds the token
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    @app.errorhandler(UploaderError)
    def say_why(error: UploaderError) -> tuple[Response, int]:
        return jsonify(problem=_not_saved(str(error))), HTTPStatus.BAD_REQUEST

    @app.errorhandler(HTTPException)
    def say_status(error: HTTPException) -> tuple[Response, int]:
        return jsonify(problem=_not_saved(error.description or error.name)), error.code or 500

    @app.errorhandler(Exception)
    def say_anything(error: Exception) -> tuple[Response, int]:
        reason = (error.strerror if isinstance(error, OSError) else "") or type(error).__name__
        problem = _not_saved(f"{reason}. What you typed stays on the page: try again.")
        return jsonify(problem=problem), HTTPStatus.INTERNAL_SERVER_ERROR


def _not_saved(reason: str) -> str:
    return f"Nothing was saved: {reason}" if request.method == "PUT" else reason


def _serve_files(app: Flask, token: str) -> None:
    @app.get(f"/{token}/favicon.ico")
    def no_icon() -> tuple[str, int]:
        return "", HTTPStatus.NO_CONTENT

    @app.get(f"/{token}/")
    @app.get(f"/{token}/<any('page.js','page.css'):name>")
    def page(name: str = "page.html") -> Response:
        kind = {"html": "text/html", "js": "text/javascript", "css": "text/css"}
        content = Path(__file__).with_name(name).read_bytes()
        return Response(content, mimetype=kind[name.rpartition(".")[2]])


def _as_json(photo: Photo) -> dict[str, Any]:
    fields = {name: getattr(photo.metadata, name) for name in _FIELDS}
    place = {"path": photo.file.path, "album": photo.file.album, "size": photo.size}
    return {"id": photo.id, **place, **fields}


def _given(body: Any) -> tuple[Fields, dict[str, Any]]:
    """What was typed and seen; BadRequest where the body has another shape."""
    if not (
        isinstance(body, dict)
        and isinstance(typed := body.get("typed"), dict)
        and isinstance(seen := body.get("seen"), dict)
    ):
        abort(HTTPStatus.BAD_REQUEST, "Send an object of two objects, typed and seen.")
    return _fields(typed), seen


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
