"""Waiting until Google knows what was just enabled or granted.

Owns: one wait for all that follow, and none where nothing was made in this run. It sleeps in the
SDK's event loop, so everything else goes on.
"""

import asyncio
import time

import pulumi

__all__ = ["Propagation"]


class Propagation:
    """Two bindings: `made` notes when something was made, `needed` waits from then on."""

    made: pulumi.ResourceHookBinding | None = None
    needed: pulumi.ResourceHookBinding | None = None

    def __init__(self, name: str, seconds: int) -> None:
        """Prepare to wait `seconds`; with 0, no hook is declared. `name` is unique in a program."""
        self._name, self._seconds = name, seconds
        self._known_at = 0.0  # by the monotonic clock; 0: nothing was made
        if seconds:
            note = pulumi.ResourceHook(f"{name}-made", self._note)
            wait = pulumi.ResourceHook(f"{name}-wait", self._wait)
            self.made = pulumi.ResourceHookBinding(after_create=[note])
            self.needed = pulumi.ResourceHookBinding(before_create=[wait])

    def _note(self, _: pulumi.ResourceHookArgs) -> None:
        self._known_at = time.monotonic() + self._seconds

    async def _wait(self, _: pulumi.ResourceHookArgs) -> None:
        left = self._known_at - time.monotonic()
        if left > 0:
            pulumi.log.info(f"{self._name}: {left:.0f} s until Google knows them everywhere")
            await asyncio.sleep(left)
