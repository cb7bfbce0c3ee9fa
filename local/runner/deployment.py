"""One run of the program: what it declares is made, what it no longer declares is removed."""

import asyncio
import hashlib
import json
import os
import runpy
import secrets
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import mocks, set_all_config

from local.runner.cloud import Cloud
from local.runner.dynamic import DYNAMIC_PREFIX, apply_dynamic, remove_dynamic
from local.runner.errors import RunnerError
from local.runner.monitor import Monitor
from local.runner.records import Record, Records
from local.runner.resources import KINDS, Made, make, remove

__all__ = ["Deployment", "Outputs"]

# Output name → (value, whether it is secret)
Outputs = dict[str, tuple[Any, bool]]


class Deployment:
    """Applies one stack's program onto the local cloud."""

    def __init__(self, cloud: Cloud, project: str, stack: str, records: Records) -> None:
        self._cloud, self._project, self._stack, self._records = cloud, project, stack, records
        self._declared: set[str] = set()
        self._changed = threading.Condition()
        self._begun = 0
        self._failure: Exception | None = None
        self._replaced: list[Record] = []

    def up(self, program: Path) -> Outputs:
        """Run the program; return its outputs. Raises RunnerError, and stops there."""
        set_all_config(self._cloud.config)
        os.environ["PULUMI_CONFIG"] = json.dumps(self._cloud.config)  # where the engine has it
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)  # the SDK wants one, and Python 3.14 makes none by itself
        mocks.set_mocks(
            mocks.Mocks,  # type: ignore[arg-type]  # never asked: the monitor answers
            project=self._project,
            stack=self._stack,
            preview=False,
            monitor=Monitor(self.apply),
        )
        try:
            outputs = _run(program)
        except pulumi.RunError as error:
            raise self._failure or RunnerError(str(error)) from error
        except Exception as error:
            raise self._failure or error from error
        finally:
            self._wait_for_what_was_begun()
            asyncio.set_event_loop(None)
            loop.close()
        for record in self._replaced:
            self._remove(record)
        for record in self._records.newest_first():
            if record.urn not in self._declared:
                self._remove(record)
                self._records.drop(record.urn)
        return outputs

    def shortfalls(self, kind: str) -> list[str]:
        """Return the photos that are `incomplete` (not sent) or `unusable`, by their providers."""
        return [
            line for record in self._records.newest_first() for line in record.outputs.get(kind, [])
        ]

    def apply(
        self, urn: str, type_: str, name: str, inputs: dict[str, Any], ignored: Sequence[str] = ()
    ) -> tuple[str, dict[str, Any]]:
        """Make or record one resource; return its id and properties.

        After one that failed, the others are not begun: the first error is reported.
        """
        with self._changed:
            if self._failure:
                raise RunnerError("Another resource failed.")
            self._begun += 1
        try:
            return self._apply(urn, type_, name, self._without(ignored, urn, inputs))
        except Exception as error:
            self._failure = self._failure or error
            raise
        finally:
            with self._changed:
                self._begun -= 1
                self._changed.notify_all()

    def _without(self, ignored: Sequence[str], urn: str, inputs: dict[str, Any]) -> dict[str, Any]:
        """Return inputs with those whose changes are ignored as they were made."""
        old = self._records.get(urn)
        kept = {key: old.inputs[key] for key in ignored if key in old.inputs} if old else {}
        return inputs | kept

    def _wait_for_what_was_begun(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._begun)

    def _apply(
        self, urn: str, type_: str, name: str, inputs: dict[str, Any]
    ) -> tuple[str, dict[str, Any]]:
        old = self._records.get(urn)
        inputs = self._with_name(urn, type_, name, inputs, old)
        made = self._make(type_, name, inputs, old)
        record = Record(urn=urn, type=type_, id=made.id, inputs=inputs, outputs=made.outputs)
        self._records.put(record)
        with self._changed:
            self._declared.add(urn)
            if old and old.id != made.id:  # removed last, as the engine does: others may use it
                self._replaced.append(old)
        return made.id, {**inputs, **made.outputs}

    def _make(self, type_: str, name: str, inputs: dict[str, Any], old: Record | None) -> Made:
        if type_.startswith(DYNAMIC_PREFIX):
            return apply_dynamic(self._cloud, self._project, old, inputs)
        if type_ not in KINDS:
            where = "It wants a row in local/runner/resources.py."
            raise RunnerError(f"The runner knows no {type_} ({name}). {where}")
        return make(self._cloud, KINDS[type_], name, inputs)

    def _remove(self, record: Record) -> None:
        if record.type.startswith(DYNAMIC_PREFIX):
            remove_dynamic(self._cloud, self._project, record)
        else:
            remove(self._cloud, KINDS[record.type], record.id, record.inputs)

    def _with_name(
        self, urn: str, type_: str, name: str, inputs: dict[str, Any], old: Record | None
    ) -> dict[str, Any]:
        """Name what the program leaves unnamed: the same name in each run, as long as it lasts."""
        kind = KINDS.get(type_)
        key = kind.named if kind else ""
        if not kind or not key or key in inputs:
            return inputs
        suffix = hashlib.sha256(urn.encode()).hexdigest()[:7]
        if kind.is_renamed:
            suffix = secrets.token_hex(4)[:7]  # a deleted key's name stays taken for 30 days
        return {**inputs, key: old.inputs[key] if old else f"{name}-{suffix}"}


def _run(program: Path) -> Outputs:
    """Run the program under the SDK's test runtime; return what it exports."""
    outputs: Outputs = {}

    async def collect(exports: dict[str, Any]) -> None:
        for name, value in exports.items():
            output = pulumi.Output.from_input(value)
            outputs[name] = (await output.future(), await output.is_secret())

    @pulumi.runtime.test  # type: ignore[untyped-decorator]  # the SDK leaves it untyped
    def run() -> Any:
        # Of several failures the first is reported; the others would follow as tracebacks.
        asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
        exports = pulumi.runtime.get_root_resource().outputs  # type: ignore[union-attr]  # set_mocks made the root
        exports.clear()  # the SDK keeps one root for all runs of a process
        runpy.run_path(str(program), run_name="__main__")
        return collect(dict(exports))

    run()
    return outputs
