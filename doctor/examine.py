"""All questions about a gallery, in their order."""

from doctor.findings import Finding, ok
from doctor.leftovers import leftovers
from doctor.preflight import enabled_services, preflight
from doctor.stack import Stack
from doctor.visitor import visit

__all__ = ["examine"]


def examine(stack: Stack) -> list[Finding]:
    """Return what is found: what is in the way, what was left behind, the gallery itself."""
    if stack.is_local:
        findings = [ok("Google", "not needed: this stack is on this machine")]
    else:
        findings = _of_google(stack)
    if not stack.outputs:
        return [*findings, ok("gallery", f"none of this stack yet; to make it: {stack.up}")]
    return [*findings, *visit(stack)]


def _of_google(stack: Stack) -> list[Finding]:
    if not stack.project:
        return preflight(stack, frozenset())
    enabled = enabled_services(stack)
    on = enabled if isinstance(enabled, frozenset) else None
    return [*preflight(stack, enabled), *leftovers(stack, on)]
