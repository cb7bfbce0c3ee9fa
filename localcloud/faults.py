"""Faults on purpose, and how often each method was called: what other tests hold on to."""

import random
import threading
from collections import Counter
from dataclasses import asdict, dataclass, fields
from typing import Any

from localcloud.errors import Invalid

__all__ = ["Fault", "Faults"]


@dataclass(kw_only=True)
class Fault:
    """For calls of `method` (`*`: of all), `times` of them or a `share`, after `after` others.

    `status` answers with an error, `delay` waits (seconds, also together with another effect),
    `reset` breaks the connection, before the call has an effect or, with `late`, after it,
    `cut` sends that many bytes of the body and closes, `corrupt` changes one byte of the body.
    """

    method: str
    times: int | None = None
    share: float | None = None
    after: int = 0
    status: int | None = None
    delay: float = 0.0
    reset: bool = False
    late: bool = False
    cut: int | None = None
    corrupt: bool = False
    fired: int = 0

    @classmethod
    def of(cls, spec: dict[str, Any]) -> "Fault":
        """Read one from JSON; raises Invalid with the reason."""
        known = {field.name: field.type for field in fields(cls)} | {"fired": None}
        for name, value in spec.items():
            kinds = _KINDS.get(name)
            if name not in known or kinds is None or not isinstance(value, kinds):
                raise Invalid(f"a fault has no such part: {name}: {value!r}")
        if not isinstance(spec.get("method"), str):
            raise Invalid('a fault names its "method", or "*"')
        fault = cls(**spec)
        if not (
            fault.status
            or fault.delay
            or fault.reset
            or fault.corrupt
            or spec.get("cut") is not None
        ):
            raise Invalid('a fault has one of "status", "delay", "reset", "cut", "corrupt"')
        return fault

    def strikes(self, method: str) -> bool:
        """Whether this call is one of those; counts it."""
        if self.method not in ("*", method) or self.fired == self.times:
            return False
        if self.after > 0:
            self.after -= 1
            return False
        if self.share is not None and random.random() >= self.share:  # noqa: S311 no secret
            return False
        self.fired += 1
        return True


_KINDS: dict[str, tuple[type, ...]] = {
    "method": (str,),
    "times": (int,),
    "share": (float, int),
    "after": (int,),
    "status": (int,),
    "delay": (float, int),
    "reset": (bool,),
    "late": (bool,),
    "cut": (int,),
    "corrupt": (bool,),
}


class Faults:
    """The faults that are set, and the counts of calls."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._calls: Counter[str] = Counter()

    def add(self, fault: Fault) -> None:
        """Set one more."""
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        """Unset all."""
        with self._lock:
            self._faults.clear()

    def listed(self) -> list[dict[str, Any]]:
        """All that are set, each with how often it `fired`."""
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def take(self, method: str) -> Fault | None:
        """Count a call of the method; the fault that strikes it, if one does."""
        with self._lock:
            self._calls[method] += 1
            return next((fault for fault in self._faults if fault.strikes(method)), None)

    def calls(self) -> dict[str, int]:
        """How often each method was called."""
        with self._lock:
            return dict(sorted(self._calls.items()))

    def reset_calls(self) -> None:
        """Count from nothing again."""
        with self._lock:
            self._calls.clear()
