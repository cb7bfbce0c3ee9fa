"""The commands up, destroy and outputs: the stack on this machine, without Pulumi's engine."""

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pulumi

from local.cloud.guard import token_of
from local.runner import local_cloud
from local.runner.cloud import Cloud
from local.runner.deployment import Deployment, Outputs
from local.runner.errors import RunnerError
from local.runner.records import Records
from local.runner.stack import project_name, read_configuration

__all__ = ["run"]

_HIDDEN = "[secret]"


def run(options: argparse.Namespace) -> int:
    """Run one command; return its exit code."""
    commands = {"up": _up, "destroy": _destroy, "outputs": _show_outputs}
    try:
        config = read_configuration(Path.cwd(), options.stack, options.port)
        config["gcp:accessToken"] = token_of(options.state)
        return commands[options.command](options, Cloud(config=config))
    except (RunnerError, pulumi.RunError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. The same command goes on where this one ended.", file=sys.stderr)
        return 130


def _up(options: argparse.Namespace, cloud: Cloud) -> int:
    local_cloud.ensure_running(cloud, options.state)
    records = Records(_records_path(options))
    deployment = Deployment(cloud, project_name(Path.cwd()), options.stack, records)
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
    removed = Deployment(cloud, project_name(Path.cwd()), options.stack, records).destroy()
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
