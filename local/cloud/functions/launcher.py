"""Serves one function, by the Functions Framework, on a socket that is open already.

Run as a script in the function's own environment, with nothing but that and the standard library:
`launcher.py SOCKET PORT CLOSED TARGET SOURCE`. The local cloud holds the socket, so requests wait
in it while a process starts; nobody's connection breaks when another takes over. Standard input
ends when the local cloud does, however suddenly: then this process ends as well.
"""

import os
import runpy
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

READY = "The function is loaded."
_GRACE_SECONDS = 10
_LARGEST_BODY = 32 * 1024 * 1024  # Cloud Run's limit for HTTP/1


class _Door:
    """Lets in who asks for this function by its own name: no other site's, by DNS rebinding."""

    def __init__(self, application: Any, port: str, closed: str) -> None:
        self.application, self.closed = application, Path(closed)
        self.hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if environ.get("HTTP_HOST") not in self.hosts:
            return self.refuse(start_response, "403 Forbidden", "Unknown Host header.")
        if self.closed.exists():
            return self.refuse(start_response, "403 Forbidden", "Not for all: roles/run.invoker.")
        if int(environ.get("CONTENT_LENGTH") or 0) > _LARGEST_BODY:
            return self.refuse(start_response, "413 Content Too Large", "At most 32 MiB.")
        return self.application(environ, start_response)

    def refuse(self, start_response: Any, status: str, message: str) -> list[bytes]:
        start_response(status, [("Content-Type", "text/plain"), ("Connection", "close")])
        return [f"{message}\n".encode()]


def _end_with_input() -> None:
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_SECONDS)
    os.killpg(0, signal.SIGKILL)


def main(descriptor: str, port: str, closed: str, target: str, source: str) -> None:
    """Hand gunicorn the socket as systemd would, and the framework what it has to load."""
    os.dup2(int(descriptor), 3)
    os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
    threading.Thread(target=_end_with_input, daemon=True).start()
    import functions_framework
    from gunicorn.config import ControlSocketDisable  # type: ignore[import-untyped]  # has no types

    ControlSocketDisable.default = True  # else each function puts a socket into the home folder
    create_app: Any = functions_framework.create_app

    def guarded(*arguments: Any, **options: Any) -> Any:
        app = create_app(*arguments, **options)
        app.wsgi_app = _Door(app.wsgi_app, port, closed)
        print(READY, flush=True)
        return app

    functions_framework.create_app = guarded
    sys.argv = ["functions_framework", "--target", target, "--source", source]
    sys.argv += ["--host", "127.0.0.1", "--port", port]
    runpy.run_module("functions_framework", run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:])
