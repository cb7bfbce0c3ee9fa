"""The application: one request in, its method found, counted, perhaps struck by a fault, done."""

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from werkzeug.exceptions import HTTPException

from local.cloud.blobs import Blobs
from local.cloud.cloud import Cloud
from local.cloud.driver import admit
from local.cloud.errors import CloudError, Invalid
from local.cloud.faults import Fault
from local.cloud.server import Server
from local.cloud.services import METHODS, functions, operations
from local.cloud.store import Store
from local.cloud.web import Request, Response, Router, answer

__all__ = ["running"]

_READING = (".getIamPolicy", ".testIamPermissions")


def _application(
    cloud: Cloud, router: Router
) -> Callable[[Request], tuple[Response, Fault | None]]:
    """Answers requests; the server acts out the fault that comes with an answer."""

    def call(request: Request) -> tuple[Response, Fault | None]:
        fault = None
        try:
            method, values = router.find(request)
            if not method.name.startswith("local."):
                fault = _struck(cloud, method.name)
            if fault and fault.reset and not fault.late:
                return Response(), fault
            if request.method not in ("GET", "HEAD") and not method.name.endswith(_READING):
                admit(cloud.store, request.headers.get("User-Agent", ""))
            return answer(request, method.handler(cloud, request, **values)), fault
        except CloudError as error:
            return answer(request, error), fault
        except HTTPException as error:  # a body that ended early, or that cannot be parsed
            return answer(request, Invalid(str(error))), fault

    return call


def _struck(cloud: Cloud, method: str) -> Fault | None:
    fault = cloud.faults.take(method)
    if fault and fault.delay:
        time.sleep(fault.delay)
    if fault and fault.status:
        raise CloudError(f"A fault on purpose, of {method}", code=fault.status)
    return fault


@contextlib.contextmanager
def running(folder: Path, port: int) -> Iterator[Server]:
    """A local cloud on its state folder: a server that is bound, and all it needs.

    Raises ServeError where the port is taken.
    """
    folder.mkdir(parents=True, exist_ok=True)
    router = Router(METHODS)
    cloud = Cloud(folder, port, Store(folder / "records.sqlite"), Blobs(folder), router.prefixes)
    server = Server(port, _application(cloud, router))
    cloud.port = server.server_port
    cloud.blobs.sweep({row[0] for row in cloud.store.rows(_FILES)})
    operations.interrupt(cloud)
    functions.start_all(cloud)
    try:
        yield server
    finally:
        server.server_close()
        cloud.functions.close()
        cloud.store.close()


_FILES = "SELECT blob FROM objects UNION ALL SELECT id FROM uploads"
