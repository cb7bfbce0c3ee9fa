"""A stack as its files and its last `up` tell of it: settings, outputs, what its state holds."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local.runner.commands import outputs as outputs_of_runner
from local.runner.stack import read_local_configuration

__all__ = ["Stack", "read_stack"]

_ENCRYPTED = "[secret]"
_FUNCTION = "gcp:cloudfunctionsv2/function:Function"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, kw_only=True)
class Stack:
    """`outputs` is empty before the first `up`; `held` is the last word of each id in state.

    An encrypted setting is its default, or `[secret]` where Pulumi.yaml has none.
    """

    name: str
    config: dict[str, str]
    outputs: dict[str, Any]
    held: frozenset[str]
    function: str = ""
    """The function's name, empty where the state does not tell."""

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
        """Where the function runs; Pulumi.yaml has a default."""
        return str(self.setting("region"))

    @property
    def up(self) -> str:
        """What to type to make the gallery, or to deploy what was changed."""
        return "./gallery up" if self.is_local else f"pulumi up -s {self.name}"

    @property
    def repair(self) -> str:
        """What to type where a resource is no longer as the stack left it."""
        return "./gallery up" if self.is_local else f"pulumi up -s {self.name} --refresh"

    @property
    def sync(self) -> str:
        """What to type where photos or the catalog are missing."""
        return f"./gallery sync --stack {self.name}"

    @property
    def logs(self) -> str:
        """What to type to read the function's log."""
        if self.is_local:
            return "./gallery logs"
        place = f"--region {self.region} --project {self.project}"
        return " ".join(f"gcloud functions logs read {self.function} --gen2 {place}".split())

    @property
    def base_url(self) -> str:
        """Where the photo bucket is, without a slash at its end."""
        return str(self.outputs["siteUrl"]).removesuffix("/site/index.html")

    def setting(self, key: str) -> Any:
        """Return one of the gallery's own settings, lists and flags decoded."""
        own = {
            name.partition(":")[2]: text
            for name, text in self.config.items()
            if not name.startswith("gcp:")
        }
        try:
            return json.loads(own[key])
        except ValueError:
            return own[key]


def read_stack(name: str, state: Path, port: int | None) -> Stack:
    """Read a stack of the checkout in the current folder. Raises RunnerError without its file."""
    config = read_local_configuration(Path.cwd(), name, port, state, encrypted=_ENCRYPTED)
    config |= _decrypted(name, [key for key, text in config.items() if text == _ENCRYPTED])
    outputs: dict[str, Any] = {}
    resources: list[dict[str, Any]] = []
    if (state / f"outputs-{name}.json").exists():
        outputs = {key: value for key, (value, _) in outputs_of_runner(state, name).items()}
    elif shutil.which("pulumi"):
        outputs = _json_of(["pulumi", "stack", "output", "--json", "--show-secrets", "-s", name])
        exported = _json_of(["pulumi", "stack", "export", "-s", name]).get("deployment") or {}
        resources = exported.get("resources") or []
    held = frozenset(_last_word(resource) for resource in resources)
    function = next((_last_word(one) for one in resources if one.get("type") == _FUNCTION), "")
    return Stack(name=name, config=config, outputs=outputs, held=held, function=function)


def _decrypted(name: str, keys: list[str]) -> dict[str, str]:
    """Return what Pulumi's engine can read of encrypted settings, nothing without it."""
    found = {}
    for key in keys if shutil.which("pulumi") else ():
        command = ["pulumi", "config", "get", key, "-s", name]
        finished = subprocess.run(command, capture_output=True, text=True, check=False)
        if finished.returncode == 0:
            found[key] = finished.stdout.strip()
    return found


def _last_word(resource: dict[str, Any]) -> str:
    return str(resource.get("id", "")).rpartition("/")[2]


def _json_of(command: list[str]) -> dict[str, Any]:
    """Return what a command prints as JSON, nothing where it fails."""
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    if finished.returncode:
        sys.stderr.write(finished.stderr)
        return {}
    printed: dict[str, Any] = json.loads(finished.stdout)
    return printed
