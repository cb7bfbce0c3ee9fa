"""The commands up, destroy and outputs: the stack on this machine, without Pulumi's engine."""

import argparse
import contextlib
import json
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local.cloud import server
from local.cloud.driver import current_driver
from local.cloud.guard import token_of
from local.cloud.store import Store
from local.install import alone
from local.runner.cloud import Cloud
from local.runner.errors import CloudRefusalError, CloudUnreachableError, RunnerError
from local.runner.records import Records
from local.runner.stack import project_name, read_local_configuration, remember_photos

__all__ = ["destroy", "outputs", "up"]

_HIDDEN = "[secret; python -m local outputs --show-secrets]"
# What leads nowhere from this machine: there is no console of the local cloud's.
_ELSEWHERE = ("dashboardUrl",)
_ASK_SECONDS = 5  # a local cloud answers this at once

Outputs = dict[str, tuple[Any, bool]]


def up(options: argparse.Namespace) -> int:
    """Make the gallery, or bring it up to date; the exit code."""
    from local.runner.deployment import Deployment  # imports Pulumi, which takes a second

    with alone(Path.cwd()):
        if options.photos:
            remember_photos(Path.cwd(), options.photos)
        config = read_local_configuration(Path.cwd(), options.stack, options.port, options.state)
        if options.remove_many:
            config[f"{project_name(Path.cwd())}:removeMany"] = str(options.remove_many)
        cloud = Cloud(config={**config, "gcp:accessToken": token_of(options.state)})
        ensure_running(cloud, options.state)
        records = Records(_path(options, "runner"))
        deployment = Deployment(cloud, project_name(Path.cwd()), options.stack, records)
        try:
            made = deployment.up(Path("__main__.py"))
        finally:
            if not records.newest_first():  # refused before anything was made
                _take_away(options.state)
        path = _path(options, "outputs")
        path.touch(mode=0o600)
        path.write_text(json.dumps(made), encoding="utf-8")
    unsent, unusable = deployment.shortfalls("incomplete"), deployment.shortfalls("unusable")
    for photo in unsent:
        print(f"error: {photo} is not sent yet. The same command goes on.", file=sys.stderr)
    for photo in unusable:
        print(f"warning: not shown: {photo}", file=sys.stderr)
    _print(made, options)
    if not options.json:
        print("\nThe gallery runs on this machine; nothing was sent to Google.")
        print(f"Open {made['siteUrl'][0]}" if "siteUrl" in made else "It has no page.")
    return 1 if unsent else 3 if unusable else 0


def ensure_running(cloud: Cloud, state: Path) -> None:
    """Start the local cloud in the background unless it answers already.

    Raises RunnerError where something else answers, a local cloud with another folder included,
    and where Pulumi's engine made what is on it.
    """
    other_port = "another port: make up PORT=8490"
    try:
        status = cloud.call("GET", f"{cloud.origin}/_local/status", timeout=_ASK_SECONDS)
        driver, folder = status["driver"], status["state"]
    except CloudUnreachableError:
        server.start(state, urlsplit(cloud.origin).port or 80)
        return ensure_running(cloud, state)
    except (CloudRefusalError, ValueError, TypeError, KeyError):
        what = f"Something that is no local cloud answers at {cloud.origin}."
        raise RunnerError(f"{what} Choose {other_port}") from None
    if folder != str(state.resolve()):
        what = f"The local cloud at {cloud.origin} keeps another gallery, in {folder}."
        raise RunnerError(f"{what} Choose {other_port}")
    if driver == "engine":
        raise RunnerError(f"{_engine_made(state)} Or use {other_port}")
    return None


def _engine_made(state: Path) -> str:
    what = f"The gallery in {state} was made by Pulumi's engine."
    return f"{what} Take it away with: pulumi destroy -s local --run-program"


def destroy(options: argparse.Namespace) -> int:
    """Take the gallery away: stop the local cloud, and remove its folder with all that it kept.

    Raises RunnerError for what Pulumi's engine made, whose records would be left behind.
    """
    with alone(Path.cwd()):
        if _driver(options.state) == "engine":
            raise RunnerError(_engine_made(options.state))
        with contextlib.suppress(RunnerError):  # damaged, and about to be gone
            count = len(Records(_path(options, "runner")).newest_first())
            print(f"{count} resources removed." if count else "There was nothing to remove.")
        _take_away(options.state)
    return 0


def _driver(state: Path) -> str | None:
    """Who made what is kept in a folder, whether it is served or not."""
    try:
        with closing(Store(state / "records.sqlite")) as store:
            return current_driver(store)
    except sqlite3.DatabaseError:
        return None


def _take_away(state: Path) -> None:
    """Stop the local cloud and remove its folder."""
    if state.exists():
        server.stop(state)
        shutil.rmtree(state)


def outputs(options: argparse.Namespace) -> int:
    """Print what the last `up` gave."""
    path = _path(options, "outputs")
    if not path.exists():
        raise RunnerError("There is no gallery here yet. Make it: make up")
    made: Outputs = json.loads(path.read_text(encoding="utf-8"))
    if options.name is None:
        _print(made, options)
    elif options.name in made:
        print(made[options.name][0])
    else:
        raise RunnerError(f"There is no output {options.name}. There are: {', '.join(made)}.")
    return 0


def _print(made: Outputs, options: argparse.Namespace) -> None:
    shown: dict[str, Any] = {
        name: _HIDDEN if secret and not options.show_secrets else value
        for name, (value, secret) in made.items()
    }
    if options.json:
        print(json.dumps(shown, indent=2))
        return
    kept = {name: value for name, value in shown.items() if name not in _ELSEWHERE}
    width = max(map(len, kept), default=0)
    for name, value in kept.items():
        print(f"{name + ':':{width + 1}} {value}")


def _path(options: argparse.Namespace, what: str) -> Path:
    return Path(options.state) / f"{what}-{options.stack}.json"
