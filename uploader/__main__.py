"""The command line: `python -m uploader COMMAND …`; `commands.py` has them all."""

from __future__ import annotations

import os
import sys


def run() -> int:
    """Run one command; Ctrl-C ends it at any moment, while its modules are loaded as well."""
    try:
        from uploader.commands import INTERRUPTED, main
    except KeyboardInterrupt:
        return 130
    code = main(sys.argv[1:])
    if code == INTERRUPTED:
        # Calls to the bucket may still be waiting in threads, which a usual end would wait for.
        sys.stdout.flush()
        os._exit(code)
    return code


if __name__ == "__main__":
    sys.exit(run())
