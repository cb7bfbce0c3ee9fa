"""The settings of a stack, read once from Pulumi's configuration into a gallery's arguments.

Owns: the namespace, which is the project's own name; types; keys that there are not; and that a
secret stays one. Ranges are in `image_gallery/limits.py`, defaults and descriptions in
`Pulumi.yaml`.
"""

import dataclasses
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

import pulumi

from image_gallery.args import ImageGalleryArgs
from image_gallery.limits import Mistake, mistakes, refuse

__all__ = ["read_settings"]

# What is handed to Google alone. Everything else decides what is declared, or is published.
_MAY_BE_SECRET = ("alert_email", "billing_account")
_TYPES = {
    bool: ("it is true or false", "true"),
    int: ("it is a whole number", "1"),
    str: ("it is a text", "…"),
}


def read_settings(name: str) -> ImageGalleryArgs:
    """Read the running program's configuration into the arguments of the gallery `name`.

    Raises `pulumi.RunError`, a line for each setting that is unknown or wrong, with what to type.
    """
    config = pulumi.Config()
    found: list[Mistake] = []
    values: dict[str, Any] = {"project": _project(found)}
    for field, type_ in _fields():
        try:
            value = _read(config, _key(field), type_)
        except (pulumi.ConfigTypeError, ValueError):
            found.append(_wrong_type(config, _key(field), type_))
        else:
            values |= {} if value is None else {field: value}
    args = ImageGalleryArgs(**values)
    found += mistakes(name, args)
    secrets = [field for field, _ in _fields() if _is_secret(config, field)]
    found += _other_region(args)
    refuse([*_masked(found, secrets), *_published(secrets), *_unknown(config)])
    hidden: dict[str, Any] = {field: pulumi.Output.secret(values[field]) for field in secrets}
    return dataclasses.replace(args, **hidden)


def _fields() -> Iterator[tuple[str, Any]]:
    """Yield each setting's field and its type: bool, int, str or, for a list, something else."""
    for field in dataclasses.fields(ImageGalleryArgs):
        if field.name != "project":
            yield field.name, str if field.name in _MAY_BE_SECRET else field.type


def _key(field: str) -> str:
    """`photos_dir` → `photosDir`."""
    first, *others = field.split("_")
    return first + "".join(word.capitalize() for word in others)


def _read(config: pulumi.Config, key: str, type_: Any) -> Any:
    if type_ is bool:
        return config.get_bool(key)
    if type_ is int:
        return config.get_int(key)
    if type_ is str:
        return config.get(key)
    items = config.get_object(key)
    if items is None:
        return None
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise ValueError(key)
    return tuple(items)


def _wrong_type(config: pulumi.Config, key: str, type_: Any) -> Mistake:
    value = config.get(key) or ""
    if type_ in _TYPES:
        why, example = _TYPES[type_]
        return Mistake(key=key, value=value, why=why, example=example)
    return Mistake(key=key, value=value, why="it is a list", example="…", path=f"{key}[0]")


def _project(found: list[Mistake]) -> str:
    project = pulumi.Config("gcp").get("project") or ""
    if not project:
        why = "it says where to deploy"
        found.append(Mistake(key="gcp:project", value="", why=why, example="my-project-id"))
    return project


def _other_region(args: ImageGalleryArgs) -> Iterator[Mistake]:
    """`gcp:region` decides nothing here; one that differs says what is not so."""
    region = pulumi.Config("gcp").get("region") or args.region
    if region != args.region:
        yield _Superfluous(key="gcp:region", value=region, why=args.region, example="")


def _is_secret(config: pulumi.Config, field: str) -> bool:
    return pulumi.runtime.is_config_secret(config.full_key(_key(field)))


def _masked(found: list[Mistake], secrets: list[str]) -> list[Mistake]:
    hidden = {_key(field) for field in secrets}
    return [
        dataclasses.replace(mistake, value="[secret]") if mistake.key in hidden else mistake
        for mistake in found
    ]


def _published(secrets: list[str]) -> Iterator[Mistake]:
    """Refuse secrecy where it would be none, instead of writing such a value into state openly."""
    for field in secrets:
        if field not in _MAY_BE_SECRET:
            why = "it is published, or decides what is declared; it cannot be kept secret"
            yield Mistake(key=_key(field), value="[secret]", why=why, example="…")


def _unknown(config: pulumi.Config) -> Iterator[Mistake]:
    """Name keys that there are not. The environment alone lists all that a stack file says."""
    known = [_key(field) for field, _ in _fields()]
    for full in pulumi.runtime.get_config_env():
        namespace, _, key = full.rpartition(":")
        if namespace == config.name and key not in known:
            yield _Unknown(
                key=key, value="", why=", ".join(sorted(known)), example=_near(key, known)
            )


def _near(key: str, known: list[str]) -> str:
    return next(iter(get_close_matches(key, known, n=1)), "")


class _Superfluous(Mistake):
    def __str__(self) -> str:
        return (
            f"gcp:region is {self.value!r}, and the function runs in `region`, {self.why!r}."
            " Type: pulumi config rm gcp:region"
        )


class _Unknown(Mistake):
    def __str__(self) -> str:
        perhaps = f" Perhaps {self.example}?" if self.example else ""
        there_are = f"There are: {self.why}."
        return f"{self.key} is no setting.{perhaps} {there_are} Type: pulumi config rm {self.key}"
