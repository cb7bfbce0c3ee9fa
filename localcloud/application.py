"""The application: one request in, its method found, counted, perhaps struck by a fault, done."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from localcloud.blobs import Blobs
from localcloud.cloud import Cloud
from localcloud.driver import admit
from localcloud.errors import CloudError, Unavailable
from localcloud.faults import Fault
from localcloud.server import Server
from localcloud.services import METHODS, functions, operations
from localcloud.store import Store
from localcloud.web import Request, Response, Router, answer, refusal

__all__ = ["Application", "running"]


class Application:
    """Answers requests, from the methods of every service."""

    def __init__(self, cloud: Cloud, router: Router) -> None:
        self._cloud = cloud
        self._router = router

    def __call__(self, request: Request) -> tuple[Response, Fault | None]:
        """The answer, and the fault that the server acts out on it."""
        fault = None
        try:
            method, values = self._router.find(request)
            if not method.name.startswith("localcloud."):
                fault = self._struck(method.name)
            if fault and fault.reset and not fault.late:
                return Response(), fault
            if request.method not in ("GET", "HEAD") and not method.name.endswith(_READING):
                admit(self._cloud.store, request.headers.get("User-Agent", ""))
            return answer(request, method.handler(self._cloud, request, **values)), fault
        except CloudError as error:
            return refusal(error), fault

    def _struck(self, method: str) -> Fault | None:
        fault = self._cloud.faults.take(method)
        if fault and fault.delay:
            time.sleep(fault.delay)
        if fault and fault.status:
            raise Unavailable(f"A fault on purpose, of {method}", code=fault.status)
        return fault


@contextlib.contextmanager
def running(folder: Path, port: int) -> Iterator[Server]:
    """A local cloud on its state folder: a server that is bound, and all it needs.

    Raises ServeError where the port is taken.
    """
    folder.mkdir(parents=True, exist_ok=True)
    router = Router(METHODS)
    store = Store(folder / "records.sqlite")
    blobs = Blobs(folder)
    blobs.sweep(*(_column(store, sql) for sql in _KEPT_FILES))
    cloud = Cloud(
        folder=folder, port=port, store=store, blobs=blobs, reserved=frozenset(router.prefixes)
    )
    server = Server(port, Application(cloud, router))
    cloud.port = server.server_port
    operations.interrupt(cloud)
    functions.start_all(cloud)
    try:
        yield server
    finally:
        server.server_close()
        cloud.functions.close()
        store.close()


_READING = (".getIamPolicy", ".testIamPermissions")
_KEPT_FILES = ("SELECT blob FROM objects", "SELECT id FROM uploads")


def _column(store: Store, sql: str) -> Iterator[str]:
    return (row[0] for row in store.rows(sql))
