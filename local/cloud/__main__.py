"""Serves the local cloud of a state folder: `python -m local.cloud FOLDER PORT`, for `start()`."""

import sys
from pathlib import Path

from local.cloud import server
from local.cloud.errors import ServeError

if __name__ == "__main__":
    try:
        server.serve(Path(sys.argv[1]), int(sys.argv[2]))
    except ServeError as error:
        sys.exit(f"error: {error}")
