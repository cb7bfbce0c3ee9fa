"""Runs the program under a monitor that records what is declared, for any stack."""

import hashlib
import json
import os
import runpy
import shutil
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pulumi
from pulumi.runtime import mocks, set_all_config

from local.runner.monitor import Monitor
from local.runner.stack import read_configuration

ROOT = Path(__file__).parents[2]
PROJECT_NUMBER = 123456789


@dataclass
class Declared:
    """One declared resource, as the engine sees it."""

    urn: str
    type: str
    name: str
    inputs: dict
    protect: bool
    dependencies: list
    delete_before_replace: bool | None = None
    ignore_changes: list = field(default_factory=list)
    hooks: dict = field(default_factory=dict)
    parent: str = ""
    provider: str = ""
    secrets: list = field(default_factory=list)
    retain_on_delete: bool = False


class Recorder(Monitor):
    """Keeps each registration, options included."""

    def __init__(self):
        super().__init__(self._invent)
        self.declared, self.components = [], defaultdict(list)
        self._inputs = {}
        self.hooks = []

    def RegisterResource(self, request):  # noqa: N802 gRPC's name
        answer = super().RegisterResource(request)
        declared = Declared(
            urn=answer.urn,
            type=request.type,
            name=request.name,
            inputs=self._inputs.get(answer.urn, {}),
            protect=request.protect,
            dependencies=list(request.dependencies),
            delete_before_replace=(
                request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None
            ),
            ignore_changes=list(request.ignoreChanges),
            secrets=list(request.additionalSecretOutputs),
            retain_on_delete=request.retainOnDelete,
            hooks={moment.name: list(names) for moment, names in request.hooks.ListFields()},
            parent=request.parent,
            provider=request.provider,
        )
        if request.custom:
            self.declared.append(declared)
        elif request.type != "pulumi:pulumi:Stack":
            self.components[request.type.rpartition(":")[2]].append(declared)
        return answer

    def RegisterResourceHook(self, request):  # noqa: N802 gRPC's name
        self.hooks.append(request.name)
        return super().RegisterResourceHook(request)

    def _invent(self, urn, type_, name, inputs, _ignored):
        self._inputs[urn] = inputs
        unique = hashlib.sha256(urn.encode()).hexdigest()[:7]
        computed = {"name": f"{name}-{unique}", "projectNumber": PROJECT_NUMBER}
        email = f"{name}@p.iam.gserviceaccount.com"
        if type_.endswith(":Account"):
            computed |= {"email": email, "member": f"serviceAccount:{email}"}
        if type_.endswith(":ApiKey"):
            computed["keyString"] = f"key-of-{name}"
        if type_.endswith(":Secret"):
            computed["secretId"] = f"{name}-{unique}"
        if type_.endswith(":UptimeCheckConfig"):
            computed["uptimeCheckId"] = unique
        if type_.endswith(":SecretVersion"):
            computed["version"] = "1"
        if type_.endswith(":Function"):
            service = {**inputs["serviceConfig"], "uri": "https://api.example"}
            computed["serviceConfig"] = service
        computed.pop("name" if "name" in inputs else "", None)
        if type_.endswith(":GlobalAddress"):
            computed["address"] = "203.0.113.7"
        is_bucket = type_.endswith(":Bucket")
        return computed["name"] if is_bucket else f"{name}-id", {**inputs, **computed}


# What the stack files say as they are shipped. The files are their owner's to change: to name a
# project, or origins; and tests hold without that.
SHIPPED = {
    "local": {"baseUrl": "http://127.0.0.1:8480/{bucket}", "deletable": True,
              "propagationSeconds": 0},
    "dev": {"gcp:userProjectOverride": "true", "deletable": True, "maxInstances": 2},
    "prod": {"gcp:userProjectOverride": "true"},
}  # fmt: skip


def settings_of(stack, **settings):
    """The configuration of a stack as shipped, with `settings` (gallery's own names) in place."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(ROOT / "Pulumi.yaml", folder)
        shipped = json.dumps({"config": SHIPPED[stack]})  # which is YAML, too
        (folder / f"Pulumi.{stack}.yaml").write_text(shipped)
        values = {"gcp:project": "p", **read_configuration(folder, stack)}
    if stack == "local":
        endpoints = read_configuration(ROOT, stack).items()
        values |= {key: value for key, value in endpoints if key.startswith("gcp:")}
    return values | {f"image-gallery:{key}": value for key, value in settings.items()}


def configure(values, secret_keys=()):
    """Hand over a configuration as the engine does."""
    set_all_config(values, list(secret_keys))
    os.environ["PULUMI_CONFIG"] = json.dumps(values)


def declare(stack, **settings):
    """Run `__main__.py` for a stack; return (what it declares, what it exports)."""
    recorder = Recorder()
    return recorder, run(recorder, stack, **settings)


def run(recorder, stack, program=None, secret_keys=(), **settings):
    """Run `__main__.py`, or a function, under a recorder; return what it exports."""
    outputs = {}
    configure(settings_of(stack, **settings), secret_keys)
    mocks.set_mocks(
        mocks.Mocks, project="image-gallery", stack=stack, preview=False, monitor=recorder
    )

    async def collect(exports):
        for name, value in exports.items():
            output = pulumi.Output.from_input(value)
            outputs[name] = (await output.future(), await output.is_secret())

    @pulumi.runtime.test
    def run_program():
        exports = pulumi.runtime.get_root_resource().outputs
        exports.clear()  # the SDK keeps one root for all runs of a process
        if program:
            program()
        else:
            runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")
        return collect(dict(exports))

    run_program()
    return outputs


def of_type(recorder, ending):
    """All declared resources whose type ends so."""
    return [resource for resource in recorder.declared if resource.type.endswith(ending)]
