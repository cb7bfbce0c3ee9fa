"""`python -m localcloud serve|stop|status|logs|hits`."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from localcloud import daemon, hits
from localcloud.errors import ServeError
from localcloud.runtime.logs import Logs

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except ServeError as error:
        print(error, file=sys.stderr)
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m localcloud", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, run, text in (
        ("serve", _serve, "serve until stopped"),
        ("stop", _stop, "stop it and everything it started"),
        ("status", _status, "say whether it runs, and where"),
        ("logs", _logs, "print what the functions wrote"),
        ("hits", _hits, "count hits and views, per day and per photo"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        command.add_argument("--state", type=Path, default=Path(".localcloud"), metavar="FOLDER")
        if name == "serve":
            command.add_argument("--port", type=int, default=8480, help="8480; 0: any that is free")
            command.add_argument("--background", action="store_true", help="return once it answers")
        if name == "logs":
            command.add_argument("--function", default="", help="of this function only")
        if name == "hits":
            command.add_argument("--json", action="store_true", help="for machines, all photos")
            command.add_argument("--entries", metavar="FILE", help="log entries; -: standard input")
            command.add_argument("--google", metavar="STACK", help="how to ask Google the same")
    return parser


def _serve(options: argparse.Namespace) -> int:
    if options.background:
        print(f"The local cloud answers at {daemon.start(options.state, options.port)['url']}")
    else:
        daemon.serve(options.state, options.port)
    return 0


def _stop(options: argparse.Namespace) -> int:
    print("Stopped." if daemon.stop(options.state) else "No local cloud was running.")
    return 0


def _status(options: argparse.Namespace) -> int:
    found = daemon.status(options.state)
    print(f"Running at {found['url']}, process {found['pid']}." if found else "Not running.")
    return 0 if found else 1


def _logs(options: argparse.Namespace) -> int:
    lines = daemon.fetch(options.state, f"/_localcloud/logs?function={options.function}")
    sys.stdout.write(lines.decode())
    return 0


def _hits(options: argparse.Namespace) -> int:
    if options.google:
        print(hits.GOOGLE.format(stack=options.google))
        return 0
    report = hits.count(_entries(options))
    print(json.dumps(report, indent=2) if options.json else hits.table(report))
    return 0


def _entries(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    if not options.entries:
        return hits.entries_of(Logs(options.state / "logs.jsonl").read(""))
    if options.entries == "-":
        return hits.entries_of(sys.stdin.buffer)
    try:
        return hits.entries_of(Path(options.entries).read_bytes().splitlines(keepends=True))
    except OSError as error:
        raise ServeError(f"Cannot read {options.entries}: {error.strerror}") from error


if __name__ == "__main__":
    sys.exit(main())
