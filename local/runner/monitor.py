"""The resource monitor: answers the program's SDK in the engine's place.

A subclass of the SDK's own mock monitor, given to `set_mocks`. It sees declarations as the engine
does: numbers come as floats, secrets wrapped, several at a time.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pulumi
from pulumi.runtime import rpc
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks
from pulumi.runtime.proto import resource_pb2

from local.runner.errors import RunnerError

__all__ = ["Apply", "Monitor"]

# (urn, type, name, inputs, inputs whose changes are ignored) → (id, outputs)
Apply = Callable[[str, str, str, dict[str, Any], Sequence[str]], tuple[str, dict[str, Any]]]


class Monitor(MockMonitor):
    """Hands every declared resource to `apply`, and what cannot be handed on back as an error."""

    def __init__(self, apply: Apply) -> None:
        super().__init__(_NoMocks())
        self._apply = apply

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 gRPC's name
        """Apply a declared resource; components are only named."""
        urn = self.make_urn(request.parent, request.type, request.name)
        if not request.custom:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        inputs = _plain(rpc.deserialize_properties(request.object))
        id_, outputs = self._apply(
            urn, request.type, request.name, inputs, list(request.ignoreChanges)
        )
        self.resources[urn] = MockMonitor.ResourceRegistration(urn, id_, outputs)
        properties = _serialize(outputs, set(request.additionalSecretOutputs))
        return resource_pb2.RegisterResourceResponse(urn=urn, id=id_, object=properties)

    def ReadResource(self, request: Any) -> Any:  # noqa: N802 gRPC's name
        """Refuse: what exists elsewhere is not on a fresh local cloud."""
        raise RunnerError(f"The runner reads no existing resources ({request.type}).")

    def Invoke(self, request: Any) -> Any:  # noqa: N802 gRPC's name
        """Refuse: an invoke left unanswered would silently give nothing."""
        raise RunnerError(f"The runner answers no invokes ({request.tok}).")


class _NoMocks(Mocks):
    def call(self, args: MockCallArgs) -> Any:
        raise NotImplementedError(args.token)

    def new_resource(self, args: MockResourceArgs) -> Any:
        raise NotImplementedError(args.typ)


def _serialize(outputs: dict[str, Any], secret: set[str]) -> Any:
    """Serialize, wrapping what is secret, on a loop of this thread's own: threads are pooled."""

    async def serialize() -> Any:
        wrapped = {
            key: pulumi.Output.secret(value) if key in secret else value
            for key, value in outputs.items()
        }
        return await rpc.serialize_properties(wrapped, {})

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(serialize())
    finally:
        loop.close()


def _plain(value: Any) -> Any:
    """Unwrap secrets, make whole numbers integers, assets their paths and texts."""
    if rpc.is_rpc_secret(value):
        return _plain(rpc.unwrap_rpc_secret(value))
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, pulumi.FileAsset):
        return {"path": str(value.path)}
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
