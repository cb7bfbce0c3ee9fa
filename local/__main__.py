"""The gallery on this machine: `up`, `destroy`, and what stands behind it."""

import argparse
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

if os.name == "nt":  # before anything that Windows has not
    sys.exit("Windows itself is not supported. Use WSL: https://aka.ms/wsl")

from local import hits
from local.cloud import guard, server
from local.cloud.errors import ServeError
from local.cloud.functions.logs import Logs
from local.errors import LocalError
from local.runner import commands
from local.runner.stack import read_configuration

__all__ = ["main"]

_EXAMPLES = """examples:
  python -m local up                      the gallery of the stack `local`, on port 8480
  python -m local up --port 8490          the same on another port
  python -m local outputs --show-secrets  what the last `up` printed, the key included
"""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code.

    0 done, 1 failed (one line says why), 2 usage, 3 done but some photos cannot be shown.
    """
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have had it ignored
    for name in ("no_proxy", "NO_PROXY"):  # loopback is never a proxy's
        os.environ[name] = ",".join(filter(None, [os.environ.get(name), "127.0.0.1,localhost"]))
    try:
        code: int = options.run(options)
    except LocalError as error:
        print(f"error: {error}", file=sys.stderr)
    except OSError as error:  # a full disk, a folder that is not ours to write
        print(f"error: {error.strerror}: {error.filename or options.state}", file=sys.stderr)
    except KeyboardInterrupt:
        print("Stopped. The same command goes on where this one ended.", file=sys.stderr)
        return 130
    else:
        return code
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local",
        description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    subparsers = parser.add_subparsers(required=True, metavar="command")
    for name, run, text in (
        ("up", commands.up, "deploy the gallery, or bring it up to date"),
        ("destroy", commands.destroy, "take it away again, and stop the local cloud"),
        ("outputs", commands.outputs, "print addresses and key of the last `up`"),
        ("status", _status, "say whether the local cloud runs, and where"),
        ("logs", _logs, "print what the functions wrote"),
        ("hits", _hits, "count hits and views, per day and per photo"),
        ("serve", _serve, "serve the local cloud until stopped"),
        ("stop", _stop, "stop it and everything it started"),
        ("token", _token, "print what the local cloud's secret methods want: for Pulumi's engine"),
    ):
        command = subparsers.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        command.add_argument("--state", type=Path, default=Path(".local"), metavar="FOLDER")
        if name in ("up", "destroy", "outputs"):
            command.add_argument("--stack", default="local", help="which Pulumi.<stack>.yaml")
            command.add_argument("--port", type=int, help="the local cloud's, if not the stack's")
            command.add_argument("--json", action="store_true", help="for machines")
            command.add_argument("--show-secrets", action="store_true", help="print the key too")
        if name == "up":
            command.add_argument("--photos", default="", help="your own folder, from now on")
            command.add_argument("--remove-many", type=int, default=0, help="as removeMany")
        if name == "outputs":
            command.add_argument("name", nargs="?", help="of these only, such as apiUrl or apiKey")
        if name == "serve":
            command.add_argument("--port", type=int, help="the stack's; 0: any that is free")
            command.add_argument("--background", action="store_true", help="return once it answers")
        if name == "logs":
            command.add_argument("--function", default="", help="of this function only")
        if name == "hits":
            command.add_argument("--json", action="store_true", help="for machines, all photos")
            command.add_argument("--entries", metavar="FILE", help="log entries; -: standard input")
            command.add_argument("--google", metavar="STACK", help="how to ask Google the same")
    return parser


def _serve(options: argparse.Namespace) -> int:
    port = options.port
    if port is None:
        config = read_configuration(Path.cwd(), "local", state=options.state)
        port = urlsplit(config["gcp:storageCustomEndpoint"]).port
    if options.background:
        print(f"The local cloud answers at {server.start(options.state, port)['url']}")
    else:
        server.serve(options.state, port)
    return 0


def _stop(options: argparse.Namespace) -> int:
    print("Stopped." if server.stop(options.state) else "No local cloud was running.")
    return 0


def _token(options: argparse.Namespace) -> int:
    print(guard.token_of(options.state))
    return 0


def _status(options: argparse.Namespace) -> int:
    found = server.status(options.state)
    print(f"Running at {found['url']}, process {found['pid']}." if found else "Not running.")
    return 0 if found else 1


def _logs(options: argparse.Namespace) -> int:
    lines = server.fetch(options.state, f"/_local/logs?function={options.function}")
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
