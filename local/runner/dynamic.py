"""Dynamic resources: the provider arrives pickled, and is asked as Pulumi's engine would ask it."""

import base64
import contextlib
from collections.abc import Iterator
from typing import Any

import dill  # type: ignore[import-untyped]  # comes with pulumi, without types
from pulumi.dynamic import ConfigureRequest, ResourceProvider
from pulumi.dynamic.config import Config

from local.runner.cloud import Cloud
from local.runner.errors import RunnerError
from local.runner.records import Record
from local.runner.resources import Made

__all__ = ["DYNAMIC_PREFIX", "apply_dynamic", "remove_dynamic"]

DYNAMIC_PREFIX = "pulumi-python:dynamic"
_PROVIDER = "__provider"

Inputs = dict[str, Any]


def apply_dynamic(cloud: Cloud, project: str, old: Record | None, inputs: Inputs) -> Made:
    """Check, read what became of it, then create or diff and update: `pulumi up --refresh`.

    Raises RunnerError with what the provider refuses or failed to do.
    """
    with _in_one_line():
        return _apply(_provider(cloud, project, inputs), old, inputs)


def _apply(provider: ResourceProvider, old: Record | None, inputs: Inputs) -> Made:
    news = {key: value for key, value in inputs.items() if key != _PROVIDER}
    checked = provider.check(_olds(old, "inputs"), news)
    if checked.failures:
        raise RunnerError("; ".join(failure.reason for failure in checked.failures))
    if old is None:
        created = provider.create(checked.inputs)
        return Made(id=created.id, outputs=created.outs or {})
    read = provider.read(old.id, _olds(old, "outputs"))
    if read.id is None:  # it is gone as a whole
        created = provider.create(checked.inputs)
        return Made(id=created.id, outputs=created.outs or {})
    state: Inputs = read.outs or {}
    if not provider.diff(old.id, state, checked.inputs).changes:
        return Made(id=old.id, outputs=state)
    updated = provider.update(old.id, state, checked.inputs)
    return Made(id=old.id, outputs=updated.outs or {})


def remove_dynamic(cloud: Cloud, project: str, record: Record) -> None:
    """Ask the provider to delete what it made. Raises RunnerError where it failed to."""
    with _in_one_line():
        _provider(cloud, project, record.inputs).delete(record.id, record.outputs)


@contextlib.contextmanager
def _in_one_line() -> Iterator[None]:
    """Tell what a provider raises as the engine does: its message, without where it came from."""
    try:
        yield
    except RunnerError:
        raise
    except Exception as error:
        raise RunnerError(str(error) or type(error).__name__) from error


def _provider(cloud: Cloud, project: str, inputs: Inputs) -> ResourceProvider:
    provider: ResourceProvider = dill.loads(base64.b64decode(inputs[_PROVIDER]))  # noqa: S301 the program's own pickle
    provider.configure(ConfigureRequest(Config(dict(cloud.config), project)))
    return provider


def _olds(old: Record | None, which: str) -> Inputs:
    properties: Inputs = getattr(old, which) if old else {}
    return {key: value for key, value in properties.items() if key != _PROVIDER}
