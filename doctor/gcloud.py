"""Google through `gcloud`: the very commands that are printed, with the login of gcloud."""

import json
import shutil
import subprocess
from typing import Any

__all__ = ["GcloudError", "ask", "is_there"]

_SECONDS = 60


class GcloudError(Exception):
    """gcloud is not there, or refuses; the message is one line of its own."""


def is_there() -> bool:
    """Whether there is a gcloud on PATH."""
    return shutil.which("gcloud") is not None


def ask(command: str) -> Any:
    """Run `gcloud …` (arguments without blanks) and return the JSON that it prints.

    Raises GcloudError.
    """
    if not is_there():
        raise GcloudError("gcloud is not installed: https://cloud.google.com/sdk/docs/install")
    arguments = [*command.split(), "--format=json", "--quiet"]
    try:
        finished = subprocess.run(
            arguments, capture_output=True, text=True, check=False, timeout=_SECONDS
        )
        if finished.returncode == 0:
            return json.loads(finished.stdout or "[]")
    except (subprocess.TimeoutExpired, ValueError) as error:
        raise GcloudError(f"{type(error).__name__} of gcloud") from None
    lines = [line for line in finished.stderr.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")] or lines or ["no reason given"]
    raise GcloudError(errors[0].removeprefix("ERROR:").strip())
