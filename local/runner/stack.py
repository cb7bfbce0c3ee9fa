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

_PORTS = range(1024, 65535)  # the function needs one more

__all__ = [
    "PHOTOS_FILE",
    "chosen_photos",
    "project_name",
    "read_configuration",
    "read_local_configuration",
    "remember_photos",
]

PHOTOS_FILE = (
    ".photos"  # of the checkout, ignored by git: one line, the folder of its owner's photos
)


def project_name(folder: Path) -> str:
    """Return the project's name, which is the namespace of its settings."""
    return str(_read_yaml(folder / "Pulumi.yaml")["name"])


def read_configuration(
    folder: Path,
    stack: str,
    port: int | None = None,
    state: Path | None = None,
    *,
    encrypted: str = "",
) -> dict[str, str]:
    """Return `{"namespace:key": text}` of a stack.

    `port` takes the place of the local cloud's port in every value; where none is given, that of
    the gallery which runs, or ran last, on the folder `state`.
    `encrypted` stands for values that only the engine can read and that have no default.
    Raises RunnerError where the stack is not there, or holds an encrypted value and `encrypted`
    is empty.
    """
    project = _read_yaml(folder / "Pulumi.yaml")
    values = {key: described["default"] for key, described in project.get("config", {}).items()}
    for key, value in (_read_yaml(folder / f"Pulumi.{stack}.yaml").get("config") or {}).items():
        own = key.removeprefix(f"{project['name']}:")
        hidden = encrypted and _is_encrypted(value)
        values[own] = values.get(own, encrypted) if hidden else value
    texts = {
        key if ":" in key else f"{project['name']}:{key}": _text(key, value)
        for key, value in values.items()
    }
    if port is not None and port not in _PORTS:
        raise RunnerError(f"{port} is no port. PORT must be {_PORTS[0]} to {_PORTS[-1]}.")
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
    folder: Path,
    stack: str,
    port: int | None = None,
    state: Path | None = None,
    photos: str = "",
    *,
    encrypted: str = "",
) -> dict[str, str]:
    """As `read_configuration`, with this checkout's own folder of photos.

    That is `photos` where it is given, else what `remember_photos` noted down.
    """
    config = read_configuration(folder, stack, port, state, encrypted=encrypted)
    remembered = folder / PHOTOS_FILE
    if stack == "local" and not photos and remembered.exists():
        photos = remembered.read_text(encoding="utf-8").strip()
    if photos:
        config[f"{project_name(folder)}:photosDir"] = photos
    return config


def chosen_photos(folder: Path, photos: str) -> str:
    """A folder of photos as it is remembered: relative where it lies inside the checkout.

    Raises RunnerError where there is none.
    """
    chosen = (folder / Path(photos).expanduser()).resolve()
    if not chosen.is_dir():
        raise RunnerError(f"There is no folder {chosen}. Name the one that holds your photos.")
    inside = chosen.is_relative_to(folder.resolve())
    return str(chosen.relative_to(folder.resolve()) if inside else chosen)


def remember_photos(folder: Path, chosen: str) -> None:
    """Take the photos of this checkout's local gallery from that folder from now on.

    The sample's own folder, `photos`, is the default again.
    """
    if chosen == "photos":
        (folder / PHOTOS_FILE).unlink(missing_ok=True)
    else:
        (folder / PHOTOS_FILE).write_text(f"{chosen}\n", encoding="utf-8")


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


def _is_encrypted(value: Any) -> bool:
    return isinstance(value, dict) and "secure" in value


def _text(key: str, value: Any) -> str:
    if _is_encrypted(value):
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
