"""Sets up `.venv` in the checkout: `python -I local/install.py requirements.txt`, as make does.

With the standard library alone, for it runs before anything is installed. A half-made `.venv`,
one whose Python is gone, or one of a checkout that was moved is made anew; of two at once, one
waits. Whatever stands in the way is one line.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

__all__ = ["alone", "main", "pip_environment", "reason_of"]

_ROOT = Path(__file__).resolve().parents[1]
# What would install into, or look in, another place than the environment.
_HIDDEN = (
    "PYTHONPATH", "PYTHONHOME", "PYTHONSAFEPATH", "PYTHONUSERBASE", "VIRTUAL_ENV",
    "PIP_REQUIRE_VIRTUALENV", "PIP_TARGET", "PIP_PREFIX",
)  # fmt: skip
_PROXIES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "http_proxy", "HTTP_PROXY")
_UNREACHABLE = (
    "from versions: none", "connection", "name resolution", "timed out", "unreachable", "proxy",
)  # fmt: skip


def pip_environment(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables under which pip installs into the environment that it belongs to."""
    kept = {name: text for name, text in variables.items() if name not in _HIDDEN}
    return {**kept, "PIP_USER": "0"}  # wins over `user = true` of a pip.conf


def reason_of(output: str, variables: Mapping[str, str]) -> str:
    """The line of pip's output that says why it failed, and what to look after."""
    lines = output.strip().splitlines()
    errors = [line for line in lines if line.startswith("ERROR:")]
    reason = (errors[:1] or lines[-1:] or ["no reason given"])[0].removeprefix("ERROR: ")
    if "no space left" in output.lower():
        return "No space is left on the disk."
    if not any(word in output.lower() for word in _UNREACHABLE):
        return reason
    proxy = next((name for name in _PROXIES if variables.get(name)), None)
    if proxy:
        return f"{reason} Does the proxy {variables[proxy]} ({proxy}) answer?"
    return f"{reason} Is there a network? Try again once there is."


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Until whoever else works in the folder has ended."""
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another command is at work here; waiting for it …", file=sys.stderr)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _is_whole(environment: Path) -> bool:
    """Whether the environment runs, has pip, and was made for the place where it lies."""
    python, ask = str(environment / "bin" / "python"), "import pip, sys; print(sys.prefix)"
    try:
        finished = subprocess.run(
            [python, "-I", "-c", ask], capture_output=True, text=True, check=False
        )
        script = (environment / "bin" / "pip").read_text(errors="replace")
    except OSError:
        return False
    return finished.stdout.strip() == str(environment) and str(environment) in script


def _install(requirements: Path, environment: Path) -> str | None:
    """Make the environment if need be, and install; the reason where that fails."""
    stamp = environment / {"requirements.txt": "program"}.get(requirements.name, "development")
    whole = _is_whole(environment)
    if whole and stamp.exists() and stamp.stat().st_mtime >= requirements.stat().st_mtime:
        if stamp.name == "program":
            _sign(environment)
        return None
    if not whole:
        shutil.rmtree(environment, ignore_errors=True)
        made = subprocess.run(
            [sys.executable, "-I", "-m", "venv", str(environment)],
            env=pip_environment(os.environ), capture_output=True, text=True, check=False,
        )  # fmt: skip
        if made.returncode:
            shutil.rmtree(environment, ignore_errors=True)
            if "ensurepip" in made.stdout + made.stderr:
                return "This Python cannot make environments. On Debian: apt install python3-venv"
            return f"Could not make .venv: {reason_of(made.stderr + made.stdout, os.environ)}"
    print(f"Installing {requirements.name} into .venv (a minute, once) …", file=sys.stderr)
    pip = [str(environment / "bin" / "python"), "-I", "-m", "pip", "install"]
    pip += ["--disable-pip-version-check", "--no-input", "--require-hashes", "--progress-bar=off"]
    code, output = _watched([*pip, "--requirement", str(requirements)], _count(requirements))
    if code:
        return f"Could not install {requirements.name}: {reason_of(output, os.environ)}"
    stamp.touch()
    _sign(environment)
    return None


def _count(requirements: Path) -> int:
    return sum("==" in line for line in requirements.read_text().splitlines())


def _watched(command: list[str], total: int) -> tuple[int, str]:
    """Run pip, and say on a terminal how far it is; its exit code and output."""
    lines: list[str] = []
    shows, collected = sys.stderr.isatty(), 0
    with subprocess.Popen(
        command, env=pip_environment(os.environ), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        assert process.stdout is not None  # noqa: S101 it was asked for
        for line in process.stdout:
            lines.append(line)
            word, _, rest = line.strip().partition(" ")
            collected += word == "Collecting"
            if shows and word == "Collecting":
                state = f"{collected} of {total}: {rest.partition('==')[0]}"
            elif shows and word == "Installing":
                state = f"unpacking {collected} packages"
            else:
                continue
            sys.stderr.write(f"\r\x1b[K  {state} …")
            sys.stderr.flush()
    if shows:
        sys.stderr.write("\r\x1b[K")
    return process.returncode, "".join(lines)


def _sign(environment: Path) -> None:
    """Say in the stamp where the environment lies: `gallery` reads that, and asks no Python.

    What tests need holds what the program needs.
    """
    (environment / "program").write_text(f"{environment}\n")


def main(arguments: list[str]) -> int:
    """Install one file of requirements; the exit code."""
    if os.name == "nt":
        sys.exit("Windows itself is not supported. Use WSL: https://aka.ms/wsl")
    try:
        with alone(_ROOT):
            reason = _install(_ROOT / arguments[0], (_ROOT / ".venv").resolve())
    except OSError as error:
        reason = f"Could not make .venv: {error.strerror}: {error.filename}"
    except KeyboardInterrupt:
        reason = "Stopped. The same command starts again."
    if reason:
        print(f"error: {reason}", file=sys.stderr)
    return 1 if reason else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
