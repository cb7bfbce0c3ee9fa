"""The settings of a stack, read once into one frozen value.

Owns: which settings there are, and which values are refused before any resource is declared.
Refuses to own: defaults. They live in Pulumi.yaml alone; the engine and the runner fill them in.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import urlsplit

import pulumi

__all__ = ["NAMESPACE", "Settings"]

NAMESPACE = "image-gallery"
_TRUE_FALSE = {"true": True, "false": False}
# Cloud Run's own bounds: cloud.google.com/run/docs/configuring/services/cpu and …/about-concurrency
_MAX_CONCURRENCY = 1000
_MAX_CPU = 8


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What one stack is told. `stack`, `project` and `region` come from Pulumi and `gcp:`."""

    stack: str
    project: str
    region: str
    photos_dir: str
    location: str
    base_url: str
    allowed_origins: tuple[str, ...]
    require_api_key: bool
    keys: tuple[str, ...]
    max_instances: int
    min_instances: int
    memory: str
    cpu: str
    concurrency: int
    deletable: bool
    propagation_seconds: int
    remove_many: int
    alert_email: str

    @classmethod
    def from_stack(cls) -> "Settings":
        """Read the running program's configuration.

        Raises `pulumi.RunError`, one line that says what to type, for a setting unknown or wrong.
        """
        return cls.from_values(_configuration(), stack=pulumi.get_stack())

    @classmethod
    def from_values(cls, values: Mapping[str, str], *, stack: str) -> "Settings":
        """Read settings from `{"namespace:key": text}`; raises as `from_stack` does."""
        reader = _Reader(values)
        settings = cls(
            stack=stack,
            project=reader.google("project", "my-project-id"),
            region=reader.google("region", "europe-west1"),
            photos_dir=reader.text("photosDir"),
            location=reader.matching("location", r"[A-Z0-9-]+", "EU, US or EUROPE-WEST1"),
            base_url=reader.text("baseUrl").rstrip("/"),
            allowed_origins=reader.texts("allowedOrigins"),
            require_api_key=reader.flag("requireApiKey"),
            keys=reader.texts("keys"),
            max_instances=reader.number("maxInstances", 1, 100),
            min_instances=reader.number("minInstances", 0, 100),
            memory=reader.matching("memory", r"\d+(Mi|Gi|M|G)", "512Mi or 1Gi"),
            cpu=reader.matching("cpu", r"\d+(\.\d+)?", "1 or 0.5"),
            concurrency=reader.number("concurrency", 1, _MAX_CONCURRENCY),
            deletable=reader.flag("deletable"),
            propagation_seconds=reader.number("propagationSeconds", 0, 600),
            remove_many=reader.number("removeMany", 0, 1_000_000),
            alert_email=reader.matching("alertEmail", r"|[^@\s]+@[^@\s]+", "you@example.org"),
        )
        reader.refuse_unknown()
        settings._check()
        return settings

    @property
    def labels(self) -> dict[str, str]:
        """Labels of everything that can carry them, so that leftovers can be found."""
        value = re.sub(r"[^a-z0-9_-]", "-", self.stack.lower())[:63]
        return {"application": NAMESPACE, "stack": value}

    def gallery_url(self, bucket: str) -> str:
        """Return the address of a photo bucket, without a slash at its end."""
        return self.base_url.replace("{bucket}", bucket)

    def _check(self) -> None:
        if "{bucket}" not in self.base_url or urlsplit(self.base_url).scheme not in (
            "http",
            "https",
        ):
            _refuse(
                "baseUrl",
                self.base_url,
                "it must be an http(s) address that names {bucket}",
                "https://{bucket}.storage.googleapis.com",
            )
        for origin in self.allowed_origins:
            _check_origin(origin)
        for key in self.keys:
            if not re.fullmatch(r"[a-z]([a-z0-9-]{0,28}[a-z0-9])?", key):
                _refuse(
                    "keys", key, "a key's name is lower case letters, digits and dashes", "first"
                )
        if not self.keys or len(set(self.keys)) < len(self.keys):
            _refuse(
                "keys", ", ".join(self.keys), "it names each key once, and at least one", "first"
            )
        if not 0 < float(self.cpu) <= _MAX_CPU:
            _refuse("cpu", self.cpu, f"an instance has up to {_MAX_CPU} processors", "1")
        if float(self.cpu) < 1 and self.concurrency > 1:
            _refuse(
                "concurrency",
                str(self.concurrency),
                f"below one processor (cpu is {self.cpu}) an instance answers one at a time",
                "1",
            )
        if self.min_instances > self.max_instances:
            _refuse(
                "minInstances",
                str(self.min_instances),
                f"it is more than maxInstances, {self.max_instances}",
                str(self.max_instances),
            )


class _Reader:
    """Typed reading of one namespace's texts, remembering which keys were asked for."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self._known: set[str] = set()

    def google(self, key: str, example: str) -> str:
        value = self._values.get(f"gcp:{key}", "")
        if not value:
            raise pulumi.RunError(
                f"gcp:{key} is not set, so nothing says where to deploy. "
                f"Type: pulumi config set gcp:{key} {example}"
            )
        return value

    def text(self, key: str) -> str:
        self._known.add(key)
        value = self._values.get(f"{NAMESPACE}:{key}")
        if value is None:
            raise pulumi.RunError(f"{key} has no value; its default should stand in Pulumi.yaml.")
        return value

    def matching(self, key: str, pattern: str, example: str) -> str:
        value = self.text(key)
        if not re.fullmatch(pattern, value):
            _refuse(key, value, f"it should look like {example}", example.split(" ")[0].rstrip(","))
        return value

    def flag(self, key: str) -> bool:
        value = self.text(key)
        if value.lower() not in _TRUE_FALSE:
            _refuse(key, value, "it is true or false", "true")
        return _TRUE_FALSE[value.lower()]

    def number(self, key: str, least: int, most: int) -> int:
        value = self.text(key)
        if not re.fullmatch(r"\d+", value) or not least <= int(value) <= most:
            _refuse(key, value, f"it is a whole number from {least} to {most}", str(least or 1))
        return int(value)

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.text(key)
        try:
            items: Any = json.loads(value)
        except ValueError:
            items = None
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise pulumi.RunError(
                f"{key} is {value!r}; it is a list. Type: pulumi config set --path '{key}[0]' …"
            )
        return tuple(items)

    def refuse_unknown(self) -> None:
        for name in self._values:
            namespace, _, key = name.partition(":")
            if namespace == NAMESPACE and key not in self._known:
                raise pulumi.RunError(
                    f"{key} is no setting of this stack. There are: "
                    f"{', '.join(sorted(self._known))}. Type: pulumi config rm {key}"
                )


def _configuration() -> dict[str, str]:
    """All settings as the engine (by environment) or the runner (by call) hands them over."""
    from pulumi.runtime import config

    return {**config.get_config_env(), **config.CONFIG.get()}


def _check_origin(origin: str) -> None:
    parts = urlsplit(origin)
    if (
        parts.scheme not in ("http", "https")
        or not parts.netloc
        or origin != origin.lower()
        or (origin != f"{parts.scheme}://{parts.netloc}")
    ):
        _refuse(
            "allowedOrigins",
            origin,
            "an origin is scheme and host, in lower case, with neither path nor slash at its end",
            "https://blog.example",
        )


def _refuse(key: str, value: str, why: str, example: str) -> NoReturn:
    name = f"--path '{key}[0]'" if key in ("allowedOrigins", "keys") else key
    raise pulumi.RunError(f"{key} is {value!r}: {why}. Type: pulumi config set {name} '{example}'")
