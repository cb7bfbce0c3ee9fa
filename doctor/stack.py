"""A stack as its files and its last `up` tell of it: settings, outputs, what its state holds."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local.runner.stack import read_configuration

__all__ = ["Stack", "read_stack"]

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, kw_only=True)
class Stack:
    """`outputs` is empty before the first `up`; `held` is the last word of each id in state."""

    name: str
    config: dict[str, str]
    outputs: dict[str, Any]
    held: frozenset[str]

    @property
    def is_local(self) -> bool:
        """Whether it is deployed onto this machine."""
        host = urlsplit(self.config.get("gcp:storageCustomEndpoint", "")).hostname
        return host in _LOOPBACK

    @property
    def project(self) -> str:
        """Google's project, empty where none is set."""
        return self.config.get("gcp:project", "")

    @property
    def region(self) -> str:
        """Where the function runs."""
        return str(self.setting("region"))

    @property
    def up(self) -> str:
        """What to type to make the gallery, or to deploy what was changed."""
        return "make up" if self.is_local else f"pulumi up -s {self.name}"

    @property
    def repair(self) -> str:
        """What to type where a resource is no longer as the stack left it."""
        return "make up" if self.is_local else f"pulumi up -s {self.name} --refresh"

    @property
    def sync(self) -> str:
        """What to type where photos or catalog are: neither engine nor runner looks at objects."""
        address = "/".join(self.config.get("gcp:storageCustomEndpoint", "").split("/")[:3])
        words = [f"STORAGE_EMULATOR_HOST={address}"] if self.is_local else []
        words += [".venv/bin/python -m uploader sync", str(self.setting("photosDir"))]
        return " ".join([*words, "--source stack --bucket", self.outputs["bucket"]])

    @property
    def base_url(self) -> str:
        """Where the photo bucket is, without a slash at its end."""
        return str(self.outputs["siteUrl"]).removesuffix("/site/index.html")

    def setting(self, key: str) -> Any:
        """Return one of the gallery's own settings, lists and flags decoded."""
        text = next(
            text
            for name, text in self.config.items()
            if name.partition(":")[2] == key and not name.startswith("gcp:")
        )
        try:
            return json.loads(text)
        except ValueError:
            return text


def read_stack(name: str, state: Path, port: int | None) -> Stack:
    """Read a stack of the checkout in the current folder. Raises RunnerError without its file."""
    config = read_configuration(Path.cwd(), name, port)
    if (state / "token").exists():  # the local cloud's own, which its keys and functions want
        config.setdefault("gcp:accessToken", (state / "token").read_text(encoding="ascii"))
    if (state / f"outputs-{name}.json").exists():
        outputs, held = _of_the_runner(name, state)
    else:
        outputs, held = _of_the_engine(name)
    return Stack(name=name, config=config, outputs=outputs, held=frozenset(held))


def _of_the_runner(name: str, state: Path) -> tuple[dict[str, Any], set[str]]:
    command = [sys.executable, "-m", "local", "outputs", "--stack", name, "--state", str(state)]
    outputs = _json_of([*command, "--json", "--show-secrets"])
    records = json.loads((state / f"runner-{name}.json").read_text(encoding="utf-8"))
    return outputs, {_last_word(record["id"]) for record in records}


def _of_the_engine(name: str) -> tuple[dict[str, Any], set[str]]:
    if shutil.which("pulumi") is None:
        return {}, set()
    outputs = _json_of(["pulumi", "stack", "output", "--json", "--show-secrets", "--stack", name])
    exported = _json_of(["pulumi", "stack", "export", "--stack", name]).get("deployment") or {}
    resources = exported.get("resources") or []
    return outputs, {_last_word(resource.get("id", "")) for resource in resources}


def _json_of(command: list[str]) -> dict[str, Any]:
    """Return what a command prints as JSON, nothing where it fails."""
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    if finished.returncode:
        sys.stderr.write(finished.stderr)
        return {}
    printed: dict[str, Any] = json.loads(finished.stdout)
    return printed


def _last_word(id_: str) -> str:
    return id_.rpartition("/")[2]
