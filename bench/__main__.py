"""`python -m bench [--quick]`: measure every part in one run, and write docs/performance.md."""

import argparse
import importlib
import os
import platform
import sys
import time
from pathlib import Path

from bench.rows import Section

__all__ = ["main"]

PARTS = ("function", "uploader", "page", "first_photo")
_PAGE = Path(__file__).parents[1] / "docs" / "performance.md"


def main(arguments: list[str] | None = None) -> int:
    """Run the bench; the exit code is 1 if a row falls short."""
    options = _parser().parse_args(arguments)
    started = time.monotonic()
    sections: list[Section] = []
    for name in options.only or PARTS:
        print(f"Measuring: {name} …", file=sys.stderr)
        sections += importlib.import_module(f"bench.{name}").measure(options.quick)
    page = _page(sections, time.monotonic() - started, quick=options.quick)
    print(page)
    if not options.quick and not options.only:
        _write(page, sections)
    return int(any(row.holds is False for section in sections for row in section.rows))


def _write(page: str, sections: list[Section]) -> None:
    _PAGE.write_text(page, encoding="utf-8")
    for section in sections:
        for name, picture in section.pictures.items():
            _PAGE.with_name(name).write_text(picture, encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="at most 2 minutes; writes no page")
    parser.add_argument("--only", action="append", choices=PARTS, help="one part; writes no page")
    return parser


def _page(sections: list[Section], seconds: float, *, quick: bool) -> str:
    verdicts = [row.verdict for section in sections for row in section.rows if row.goal]
    short = verdicts.count("falls short")
    head = [
        "# Performance",
        "",
        f"Written by `make bench{' QUICK=1' if quick else ''}`: {len(verdicts)} rows with a goal,"
        f" {verdicts.count('holds')} hold, {short} {'falls' if short == 1 else 'fall'} short.",
        f"One run of {seconds / 60:.0f} minutes, on {time.strftime('%Y-%m-%d', time.gmtime())}, on"
        f" a machine of {_machine()}. Everything ran on its loopback interface; nothing here was",
        "measured on Google Cloud. Look at the ratios: both sides were measured in turns.",
        "",
    ]
    return "\n".join([*head, *(section.markdown() for section in sections)])


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{os.cpu_count()} cores and {memory:.0f} GB, {platform.system()}, {python}"


if __name__ == "__main__":
    sys.exit(main())
