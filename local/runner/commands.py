"""The gallery on this machine, made, taken away and asked about, without Pulumi's engine."""

import contextlib
import json
import os
import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local.cloud import server
from local.cloud.driver import current_driver
from local.cloud.guard import token_of
from local.cloud.store import Store
from local.install import alone
from local.runner.cloud import Cloud
from local.runner.errors import RunnerError
from local.runner.records import Records
from local.runner.stack import (
    chosen_photos,
    project_name,
    read_configuration,
    read_local_configuration,
    remember_photos,
)

__all__ = [
    "Deployed",
    "Outputs",
    "describe_stranger",
    "destroy",
    "ensure_running",
    "occupant",
    "outputs",
    "up",
]

_ENDING_SECONDS = 10  # in which a server sees that its folder is gone, and ends

# Output name → (value, whether it is secret)
Outputs = dict[str, tuple[Any, bool]]


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """What `up` made; `unsent` and `unusable` name photos that are not shown, and why."""

    outputs: Outputs
    unsent: list[str] = field(default_factory=list)
    unusable: list[str] = field(default_factory=list)


def up(
    checkout: Path,
    *,
    state: Path,
    stack: str = "local",
    port: int | None = None,
    photos: str = "",
    remove_many: int = 0,
) -> Deployed:
    """Make the gallery of a stack, or bring it up to date; `photos` is remembered once it is in.

    Raises RunnerError.
    """
    from local.runner.deployment import Deployment  # imports Pulumi, which takes a second

    with alone(checkout):
        chosen = chosen_photos(checkout, photos) if photos else ""
        config = read_local_configuration(checkout, stack, port, state, chosen)
        if remove_many:
            config[f"{project_name(checkout)}:removeMany"] = str(remove_many)
        ensure_running(Cloud(config=config).origin, state)
        cloud = Cloud(config={**config, "gcp:accessToken": token_of(state)})
        records = Records(_path(state, "runner", stack))
        deployment = Deployment(cloud, project_name(checkout), stack, records)
        try:
            made = deployment.up(checkout / "__main__.py")
        finally:
            if not records.newest_first():  # refused before anything was made
                _take_away(state)
        if chosen:
            remember_photos(checkout, chosen)
        _write_for_owner(_path(state, "outputs", stack), json.dumps(made))
    return Deployed(
        outputs=made,
        unsent=deployment.shortfalls("incomplete"),
        unusable=deployment.shortfalls("unusable"),
    )


def _write_for_owner(path: Path, text: str) -> None:
    """Replace a file as a whole, readable by its owner alone."""
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)


def ensure_running(origin: str, state: Path) -> None:
    """Start the local cloud of a state folder at `origin` unless it answers already.

    Ends one that was ours and whose checkout was moved. Raises RunnerError where somebody else
    answers, and where Pulumi's engine made what is on it.
    """
    found = _settled(origin, state)
    if found is None:
        server.start(state, urlsplit(origin).port or 80)
    elif not found.ours:
        raise RunnerError(f"{describe_stranger(found)} Or choose another port: {_another(origin)}")
    elif found.driver == "engine":
        raise RunnerError(f"{_engine_made(state)} Or choose another port: {_another(origin)}")


def _another(origin: str) -> str:
    return f"./gallery up --port {(urlsplit(origin).port or 80) + 10}"


def _settled(origin: str, state: Path) -> server.Answering | None:
    """Who answers, once a server whose folder was taken away or moved has ended."""
    deadline = time.monotonic() + _ENDING_SECONDS
    while found := server.probe(origin, state):
        here = found.state is not None and _is_same(Path(found.state), state)
        if found.ours and here:
            return found
        if found.ours and found.pid is not None:  # the checkout was moved, its token with it
            server.end(found.pid)
        elif not (here or _is_gone(found)) or time.monotonic() > deadline:
            return found
        time.sleep(0.1)
    return None


def _is_same(one: Path, other: Path) -> bool:
    """Whether two paths are one folder, also by another case of its name (macOS)."""
    with contextlib.suppress(OSError):
        return one.samefile(other)
    return str(one) == str(other.resolve())


def _is_gone(found: server.Answering) -> bool:
    return found.state is not None and not Path(found.state).exists()


def describe_stranger(found: server.Answering) -> str:
    """One line about what holds a port and is not ours, and how to end it."""
    port = urlsplit(found.url).port
    if found.pid is None:
        return f"Something that is no local cloud has port {port}."
    what = f"Another gallery's server (process {found.pid}, of {found.state}) has port {port}."
    return f"{what} End it: kill {found.pid}"


def occupant(
    checkout: Path, state: Path, stack: str = "local", port: int | None = None
) -> server.Answering | None:
    """Who answers at the stack's address, where that is not the gallery of this folder."""
    config = read_configuration(checkout, stack, port, state)
    found = server.probe(Cloud(config=config).origin, state)
    return None if found and found.ours else found


def _engine_made(state: Path) -> str:
    what = f"The gallery in {state} was made by Pulumi's engine."
    return f"{what} Take it away with: pulumi destroy -s local --run-program"


def destroy(checkout: Path, *, state: Path, stack: str = "local") -> int:
    """Take the gallery away: stop the local cloud, remove its folder; how many resources went.

    Raises RunnerError for what Pulumi's engine made, whose records would be left behind.
    """
    with alone(checkout):
        if _driver(state) == "engine":
            raise RunnerError(_engine_made(state))
        count = 0
        with contextlib.suppress(RunnerError):  # damaged, and about to be gone
            count = len(Records(_path(state, "runner", stack)).newest_first())
        _take_away(state)
    return count


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


def outputs(state: Path, stack: str = "local") -> Outputs:
    """What the last `up` gave. Raises RunnerError where there was none."""
    path = _path(state, "outputs", stack)
    try:
        made: Outputs = {
            name: (value, bool(secret))
            for name, (value, secret) in json.loads(path.read_text(encoding="utf-8")).items()
        }
    except FileNotFoundError:
        raise RunnerError("There is no gallery here yet. Make it: ./gallery up") from None
    except (ValueError, TypeError, AttributeError):
        raise RunnerError(f"{path} is damaged. To write it anew: ./gallery up") from None
    return made


def _path(state: Path, what: str, stack: str) -> Path:
    return state / f"{what}-{stack}.json"
