"""A stack's configuration, as Pulumi's engine would hand it to the program.

Owns: defaults of Pulumi.yaml under the values of Pulumi.<stack>.yaml, each as text.
Refuses: encrypted values, which only the engine can read.
"""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from local.runner.errors import RunnerError

_LAST_PORT = 65535

__all__ = ["project_name", "read_configuration", "read_local_configuration", "remember_photos"]

_PHOTOS = ".photos"  # of the checkout, ignored by git: one line, the folder of its owner's photos


def project_name(folder: Path) -> str:
    """Return the project's name, which is the namespace of its settings."""
    return str(_read_yaml(folder / "Pulumi.yaml")["name"])


def read_configuration(
    folder: Path, stack: str, port: int | None = None, state: Path | None = None
) -> dict[str, str]:
    """Return `{"namespace:key": text}` of a stack.

    `port` takes the place of the local cloud's port in every value; where none is given, that of
    the gallery which runs, or ran last, on the folder `state`.
    Raises RunnerError where the stack is not there or holds an encrypted value.
    """
    project = _read_yaml(folder / "Pulumi.yaml")
    values = {key: described["default"] for key, described in project.get("config", {}).items()}
    values |= _read_yaml(folder / f"Pulumi.{stack}.yaml").get("config") or {}
    texts = {
        key if ":" in key else f"{project['name']}:{key}": _text(key, value)
        for key, value in values.items()
    }
    if port is not None and not 0 < port < _LAST_PORT:
        what = f"Port {port} is not to be had: the function needs one more, and {_LAST_PORT} is the"
        raise RunnerError(f"{what} last. Choose another: make up PORT=8490")
    port = port or _port_of(state)
    return _on_port(texts, port) if port else texts


def _port_of(state: Path | None) -> int | None:
    """The port that the local cloud of a state folder noted down, as long as it is there."""
    if state is None:
        return None
    try:
        noted = json.loads((state / "server.json").read_text())
        return urlsplit(str(noted["url"])).port
    except (OSError, ValueError, KeyError, TypeError):
        return None


def read_local_configuration(
    folder: Path, stack: str, port: int | None = None, state: Path | None = None
) -> dict[str, str]:
    """As `read_configuration`, with the photos that `remember_photos` chose for this checkout."""
    config = read_configuration(folder, stack, port, state)
    remembered = folder / _PHOTOS
    if stack == "local" and remembered.exists():
        photos = remembered.read_text(encoding="utf-8").strip()
        config[f"{project_name(folder)}:photosDir"] = photos
    return config


def remember_photos(folder: Path, photos: str) -> None:
    """Take the photos of this checkout's local gallery from that folder from now on.

    Raises RunnerError where there is none. The sample's own folder, `photos`, is the default again.
    """
    chosen = folder / Path(photos).expanduser()
    if not chosen.is_dir():
        raise RunnerError(f"There is no folder {chosen}. Name the one that holds your photos.")
    if chosen.resolve() == (folder / "photos").resolve():
        (folder / _PHOTOS).unlink(missing_ok=True)
    else:
        (folder / _PHOTOS).write_text(f"{chosen.resolve()}\n", encoding="utf-8")


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RunnerError(f"There is no {path.name} here. Stacks: local, dev, prod.") from None
    except yaml.YAMLError as error:
        raise RunnerError(f"{path.name} cannot be read: {' '.join(str(error).split())}") from None
    if not isinstance(content, dict):
        raise RunnerError(f"{path.name} is not a mapping of settings.")
    return content


def _text(key: str, value: Any) -> str:
    if isinstance(value, dict) and "secure" in value:
        raise RunnerError(f"{key} is encrypted; only Pulumi's engine reads it. Type: pulumi up")
    if isinstance(value, str):
        return value
    return json.dumps(value)


def _on_port(texts: dict[str, str], port: int) -> dict[str, str]:
    parts = urlsplit(texts.get("gcp:storageCustomEndpoint", ""))
    if not parts.port:
        return texts
    old, new = f"//{parts.hostname}:{parts.port}/", f"//{parts.hostname}:{port}/"
    return {key: text.replace(old, new) for key, text in texts.items()}
