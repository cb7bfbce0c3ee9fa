"""The application: one request in, let in or not, its method found and done."""

import contextlib
import gzip
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from werkzeug.exceptions import HTTPException

from local.cloud import guard
from local.cloud.blobs import Blobs
from local.cloud.cloud import Cloud
from local.cloud.driver import check_driver
from local.cloud.errors import CloudError, Invalid, ServeError, Unsupported
from local.cloud.services import (
    accounts,
    compute,
    control,
    entries,
    functions,
    keys,
    operations,
    rows,
    secrets,
    usage,
)
from local.cloud.storage import buckets, listing, objects, public, uploads
from local.cloud.store import Store
from local.cloud.web import Method, Request, Response, Router, answer, unpacked

__all__ = ["METHODS", "Application", "running"]

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]

METHODS: list[Method] = [
    *control.METHODS,
    *buckets.METHODS,
    *objects.METHODS,
    *listing.METHODS,
    *uploads.METHODS,
    *public.METHODS,
    *functions.METHODS,
    *entries.METHODS,
    *secrets.METHODS,
    *keys.METHODS,
    *accounts.METHODS,
    *usage.METHODS,
    *rows.METHODS,
    *compute.METHODS,
    *operations.METHODS,
]
_READING = (".getIamPolicy", ".testIamPermissions")
_FILES = "SELECT blob FROM objects UNION ALL SELECT id FROM uploads"


class Application:
    """Answers requests over one cloud; a WSGI application."""

    def __init__(self, cloud: Cloud, router: Router) -> None:
        self._cloud, self._router = cloud, router

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """WSGI's own signature."""
        environ = unpacked(environ)
        return self._respond(Request(environ))(environ, start_response)

    def _respond(self, request: Request) -> Response:
        service = ""
        try:
            method, values = self._router.find(request)
            service = method.name.split(".")[0]
            guard.check(request, method, self._cloud.port, self._cloud.token)
            method.check_parameters(request)
            if service == "storage":
                _check_headers(request)
            if request.method not in ("GET", "HEAD") and not method.name.endswith(_READING):
                check_driver(self._cloud.store, request.headers.get("User-Agent", ""))
            return answer(method.handler(self._cloud, request, **values), service)
        except CloudError as error:
            return answer(error, service)
        except (HTTPException, EOFError, zlib.error, gzip.BadGzipFile) as error:
            # a body that ended early, or that cannot be parsed
            return answer(Invalid(str(error)), service)
        except OSError as error:  # a full disk, a folder that is gone
            return answer(CloudError(f"The local cloud cannot: {error.strerror}"), service)


def _check_headers(request: Request) -> None:
    """Refuse conditions and keys of the caller's own: ignored, they would say what is not so."""
    for name, _ in request.headers:
        if name.lower().startswith(("x-goog-if-", "x-goog-encryption-", "x-goog-copy-source-")):
            raise Unsupported(f"The local cloud does not obey the header {name}")


@contextlib.contextmanager
def running(folder: Path, port: int) -> Iterator[tuple[Cloud, Application]]:
    """A local cloud on its state folder. Raises ServeError where its records cannot be read."""
    token = guard.new_token(folder)
    router = Router(METHODS)
    try:
        store = Store(folder / "records.sqlite")
    except sqlite3.DatabaseError as error:
        raise ServeError(
            f"{folder / 'records.sqlite'} cannot be read ({error}). Take it away: ./gallery destroy"
        ) from None
    cloud = Cloud(folder, port, store, Blobs(folder), router.prefixes, token)
    try:
        cloud.blobs.sweep({row[0] for row in store.rows(_FILES)})
        operations.interrupt(cloud)
        yield cloud, Application(cloud, router)
    finally:
        cloud.functions.close()
        store.close()
