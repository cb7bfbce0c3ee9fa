"""Starting and stopping the local cloud, and refusing one that is not ours."""

import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local.runner.cloud import Cloud
from local.runner.errors import CloudRefusalError, CloudUnreachableError, RunnerError

__all__ = ["ensure_running", "stop"]

_PATIENCE = 5  # seconds; a local cloud answers this at once


def ensure_running(cloud: Cloud, state: Path) -> None:
    """Start the local cloud in the background unless it answers already.

    Raises RunnerError where something else answers, a local cloud with another folder included,
    and where Pulumi's engine made what is on it.
    """
    try:
        status = _status(cloud)
    except CloudUnreachableError:
        port = urlsplit(cloud.origin).port
        _command("serve", "--background", "--port", str(port), "--state", str(state))
        status = _status(cloud)
    if status["state"] != str(state.resolve()):
        raise RunnerError(
            f"The local cloud at {cloud.origin} keeps another gallery, in {status['state']}. "
            "Choose another port: make up PORT=8490"
        )
    if status["driver"] == "engine":
        raise RunnerError(
            f"The gallery on {cloud.origin} was made by Pulumi's engine. Take it away with "
            "`pulumi destroy -s local --run-program`, or use another port: make up PORT=8490"
        )


def stop(state: Path) -> None:
    """Stop the local cloud that keeps its state here, functions included."""
    _command("stop", "--state", str(state))


def _status(cloud: Cloud) -> dict[str, Any]:
    try:
        url = f"{cloud.origin}/_local/status"
        status: dict[str, Any] = cloud.call("GET", url, timeout=_PATIENCE)
        _ = status["state"], status["driver"]
    except (CloudRefusalError, ValueError, TypeError, KeyError):
        raise RunnerError(
            f"Something that is no local cloud answers at {cloud.origin}. "
            "Choose another port: make up PORT=8490"
        ) from None
    return status


def _command(*arguments: str) -> None:
    """Run the local cloud's own command line; its messages are for the person, as they are."""
    finished = subprocess.run([sys.executable, "-m", "local", *arguments], check=False)
    if finished.returncode:
        raise RunnerError(f"The local cloud did not {arguments[0]}.")
