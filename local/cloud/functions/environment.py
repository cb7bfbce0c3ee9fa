"""An environment of its own for each set of requirements, as the platform's build makes one.

Environments lie beside the interpreter that runs the local cloud and are kept by the hash of
their requirements: they are the same for every state folder.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from local.cloud.errors import BuildFailed

__all__ = ["python_for"]

_HIDDEN = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PIP_REQUIRE_VIRTUALENV")


def python_for(requirements: bytes, say: Callable[[str], None]) -> Path:
    """The interpreter of the environment that holds the requirements; made if need be.

    Raises BuildFailed with the line that pip gives as its reason.
    """
    if b"functions-framework" not in requirements.lower():
        raise BuildFailed("requirements.txt does not name functions-framework")
    key = hashlib.sha256(sys.version.encode() + b"\0" + requirements).hexdigest()[:16]
    folder = _cache() / key
    python = folder / "bin" / "python"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (folder / "complete").exists():
                say("Installing requirements.txt (a minute, once for each content) …")
                _build(folder, requirements)
                say("Installed requirements.txt")
                (folder / "complete").touch()
    except OSError as error:
        raise BuildFailed(f"no environment can be made: {error}") from error
    return python


def _cache() -> Path:
    """Within the environment of the local cloud itself, so that it goes with the checkout."""
    return Path(sys.prefix) / "functions"


def _build(folder: Path, requirements: bytes) -> None:
    listed = folder / "requirements.txt"
    listed.write_bytes(requirements)
    shutil.rmtree(folder / "lib", ignore_errors=True)
    _run([sys.executable, "-m", "venv", str(folder)])
    command = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    command += ["--disable-pip-version-check", "--no-input"]
    if b"--hash=" in requirements:
        command.append("--require-hashes")
    _run([*command, "--requirement", str(listed)])


def _run(command: list[str]) -> None:
    environment = {name: text for name, text in os.environ.items() if name not in _HIDDEN}
    finished = subprocess.run(
        command, env=environment, capture_output=True, text=True, errors="replace", check=False
    )
    if finished.returncode:
        lines = (finished.stderr + finished.stdout).strip().splitlines()
        errors = [line for line in lines if line.startswith("ERROR:")]
        reason = (errors[:1] or lines[-1:] or ["no reason given"])[0].removeprefix("ERROR: ")
        if "from versions: none" in reason or "connection" in finished.stderr.lower():
            reason += " Is there a network? Try again once there is."
        raise BuildFailed(f"pip could not install requirements.txt: {reason}")
