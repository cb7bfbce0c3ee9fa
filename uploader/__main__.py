"""The command line: `python -m uploader COMMAND …`; `commands.py` has them all."""

from __future__ import annotations

import sys

from uploader.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
