"""The command line: `python -m uploader plan|sync DIR --bucket BUCKET`."""

from __future__ import annotations

import sys

from uploader.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
