"""Starting and stopping the local cloud, and asking who made what is on it."""

import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from runner.cloud import Cloud
from runner.errors import CloudRefusalError, CloudUnreachableError, RunnerError

__all__ = ["ensure_running", "is_running", "refuse_the_engines", "stop"]


def ensure_running(cloud: Cloud, state: Path) -> None:
    """Start the local cloud in the background unless it answers already."""
    if is_running(cloud):
        return
    port = urlsplit(cloud.origin).port
    _localcloud("serve", "--background", "--port", str(port), "--state", str(state))


def is_running(cloud: Cloud) -> bool:
    """Tell whether a local cloud answers. Raises RunnerError where something else does."""
    try:
        _driver(cloud)
    except CloudUnreachableError:
        return False
    except (CloudRefusalError, ValueError, TypeError, AttributeError):
        raise RunnerError(
            f"Something that is no local cloud answers at {cloud.origin}. "
            "Choose another port: make up PORT=8490"
        ) from None
    return True


def refuse_the_engines(cloud: Cloud) -> None:
    """Raise RunnerError where Pulumi's engine made what is on the local cloud."""
    if _driver(cloud) == "engine":
        raise RunnerError(
            f"The gallery on {cloud.origin} was made by Pulumi's engine. Take it away with "
            "`pulumi destroy -s local --run-program`, or use another port: make up PORT=8490"
        )


def stop(state: Path) -> None:
    """Stop the local cloud that keeps its state here, functions included."""
    _localcloud("stop", "--state", str(state))


def _driver(cloud: Cloud) -> str | None:
    driver: str | None = cloud.call("GET", f"{cloud.origin}/_localcloud/state")["driver"]
    return driver


def _localcloud(*arguments: str) -> None:
    """Run the local cloud's own command line; its messages are for the person, as they are."""
    finished = subprocess.run([sys.executable, "-m", "localcloud", *arguments], check=False)
    if finished.returncode:
        raise RunnerError(f"The local cloud did not {arguments[0]}.")
