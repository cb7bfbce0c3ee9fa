"""`python -m localcloud serve|stop|status|logs|hits`."""

import argparse
import sys
from pathlib import Path

from localcloud import daemon
from localcloud.errors import ServeError

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
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        command.add_argument("--state", type=Path, default=Path(".localcloud"), metavar="FOLDER")
        if name == "serve":
            command.add_argument("--port", type=int, default=8480, help="8480; 0: any that is free")
            command.add_argument("--background", action="store_true", help="return once it answers")
        if name == "logs":
            command.add_argument("--function", default="", help="of this function only")
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


if __name__ == "__main__":
    sys.exit(main())
