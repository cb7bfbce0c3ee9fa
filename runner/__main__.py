"""`python -m runner up|destroy|outputs`: the stack on this machine, without Pulumi's engine."""

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pulumi

from runner import local_cloud
from runner.cloud import Cloud
from runner.deployment import Deployment, Outputs
from runner.errors import RunnerError
from runner.records import Records
from runner.stack import read_configuration

_EXAMPLES = """examples:
  python -m runner up                      the gallery of the stack `local`, on port 8480
  python -m runner --port 8490 up          the same on another port
  python -m runner outputs --show-secrets  what the last `up` printed, the key included
"""
_HIDDEN = "[secret]"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return its exit code.

    0 done, 1 failed (one line says why), 2 usage, 3 done but some photos cannot be shown.
    """
    options = _parser().parse_args(arguments)
    try:
        config = read_configuration(Path.cwd(), options.stack, options.port)
        code: int = options.command(options, Cloud(config=config))
    except (RunnerError, pulumi.RunError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. The same command goes on where this one ended.", file=sys.stderr)
        return 130
    return code


def _up(options: argparse.Namespace, cloud: Cloud) -> int:
    local_cloud.ensure_running(cloud, options.state)
    records = Records(_records_path(options))
    deployment = Deployment(cloud, options.stack, records)
    try:
        outputs = deployment.up(Path("__main__.py"))
    finally:
        if not records.newest_first():  # refused before anything was made
            _take_away(options.state)
    _outputs_path(options).write_text(json.dumps(outputs), encoding="utf-8")
    _outputs_path(options).chmod(0o600)
    _print_outputs(outputs, options)
    print(
        "\nEmbedded runner, not Pulumi's engine: no preview, no replacement, no Pulumi state. "
        f"{deployment.made} made, {deployment.recorded} recorded. Nothing reached Google.",
        file=sys.stderr,
    )
    return _tell_shortfalls(deployment)


def _tell_shortfalls(deployment: Deployment) -> int:
    """Name the photos that are not shown; return the exit code that says so."""
    unsent, unusable = deployment.shortfalls("incomplete"), deployment.shortfalls("unusable")
    for photo in unsent:
        print(f"error: {photo} is not sent yet. The same command goes on.", file=sys.stderr)
    for photo in unusable:
        print(f"warning: not shown: {photo}", file=sys.stderr)
    return 1 if unsent else 3 if unusable else 0


def _destroy(options: argparse.Namespace, cloud: Cloud) -> int:
    records = Records(_records_path(options))
    if records.newest_first():
        local_cloud.ensure_running(cloud, options.state)
    removed = Deployment(cloud, options.stack, records).destroy()
    _take_away(options.state)
    print(f"{removed} resources removed." if removed else "There was nothing to remove.")
    return 0


def _take_away(state: Path) -> None:
    """Stop the local cloud and remove its folder."""
    if state.exists():
        local_cloud.stop(state)
        shutil.rmtree(state)


def _show_outputs(options: argparse.Namespace, _: Cloud) -> int:
    path = _outputs_path(options)
    if not path.exists():
        raise RunnerError("There is no gallery here yet. Make it: make up")
    _print_outputs(json.loads(path.read_text(encoding="utf-8")), options)
    return 0


def _print_outputs(outputs: Outputs, options: argparse.Namespace) -> None:
    shown: dict[str, Any] = {
        name: _HIDDEN if secret and not options.show_secrets else value
        for name, (value, secret) in outputs.items()
    }
    if options.json:
        print(json.dumps(shown, indent=2))
        return
    width = max(map(len, shown), default=0)
    for name, value in shown.items():
        print(f"{name + ':':{width + 1}} {value}")


def _records_path(options: argparse.Namespace) -> Path:
    return Path(options.state) / f"runner-{options.stack}.json"


def _outputs_path(options: argparse.Namespace) -> Path:
    return Path(options.state) / f"outputs-{options.stack}.json"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m runner",
        description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--stack", default="local", help="which Pulumi.<stack>.yaml (local)")
    parser.add_argument("--port", type=int, help="the local cloud's port, if not the stack's")
    parser.add_argument(
        "--state", type=Path, default=Path(".localcloud"), help="folder of the local cloud"
    )
    commands = parser.add_subparsers(required=True, metavar="up|destroy|outputs")
    for name, command, text in (
        ("up", _up, "make the gallery, or bring it up to date"),
        ("destroy", _destroy, "take it away again, and stop the local cloud"),
        ("outputs", _show_outputs, "print addresses and key of the last `up`"),
    ):
        sub = commands.add_parser(name, help=text)
        sub.add_argument("--json", action="store_true", help="for machines")
        sub.add_argument("--show-secrets", action="store_true", help="print the key as well")
        sub.set_defaults(command=command)
    return parser


if __name__ == "__main__":
    sys.exit(main())
