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
from local.install import pip_environment, reason_of

__all__ = ["python_for"]


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
            # `complete` holds the path: a checkout that was moved has none of its programs.
            complete = folder / "complete"
            if not python.exists() or not complete.exists() or complete.read_text() != str(folder):
                say("Installing requirements.txt (a minute, once for each content) …")
                _build(folder, requirements)
                say("Installed requirements.txt")
                complete.write_text(str(folder))
    except OSError as error:
        raise BuildFailed(f"no environment can be made: {error}") from error
    return python


def _cache() -> Path:
    """Within the environment of the local cloud itself, so that it goes with the checkout."""
    return Path(sys.prefix).resolve() / "functions"  # the same through any link


def _build(folder: Path, requirements: bytes) -> None:
    listed = folder / "requirements.txt"
    listed.write_bytes(requirements)
    for part in ("bin", "lib"):
        shutil.rmtree(folder / part, ignore_errors=True)
    _run([sys.executable, "-I", "-m", "venv", str(folder)])
    pip = [str(folder / "bin" / "python"), "-I", "-m", "pip", "install", "--quiet"]
    pip += ["--disable-pip-version-check", "--no-input"]
    if b"--hash=" in requirements:
        pip.append("--require-hashes")
    _run([*pip, "--requirement", str(listed)])


def _run(command: list[str]) -> None:
    finished = subprocess.run(
        command,
        env=pip_environment(os.environ),
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if finished.returncode:
        reason = reason_of(finished.stderr + finished.stdout, os.environ)
        raise BuildFailed(f"pip could not install requirements.txt: {reason}")
