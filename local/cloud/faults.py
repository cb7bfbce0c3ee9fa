"""Faults on purpose, and how often each method was called: what other tests hold on to."""

import random
import threading
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from local.cloud.errors import Invalid

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
    share: float = 1.0
    after: int = 0
    status: int | None = None
    delay: float = 0.0
    reset: bool = False
    late: bool = False
    cut: int | None = None
    corrupt: bool = False
    fired: int = 0

    def __post_init__(self) -> None:
        numbers = (self.times, self.share, self.after, self.status, self.delay, self.cut)
        numeric = all(isinstance(number, int | float | None) for number in numbers)
        if not isinstance(self.method, str) or not numeric:
            raise Invalid('A fault names its "method", or "*", and counts in numbers')
        if self.status and not 400 <= self.status <= 599:
            raise Invalid("The status of a fault is an error's")
        if not (self.status or self.delay or self.reset or self.corrupt or self.cut is not None):
            raise Invalid('A fault has one of "status", "delay", "reset", "cut", "corrupt"')

    def strikes(self, method: str) -> bool:
        """Whether this call is one of those; counts it."""
        if self.method not in ("*", method) or self.fired == self.times:
            return False
        if self.after > 0:
            self.after -= 1
            return False
        struck = random.random() < self.share  # noqa: S311 no secret
        self.fired += struck
        return struck


class Faults:
    """The faults that are set, and the counts of calls."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self.calls: Counter[str] = Counter()

    def add(self, spec: dict[str, Any]) -> None:
        """Set one more; raises Invalid."""
        try:
            self._faults.append(Fault(**spec))
        except TypeError as error:
            raise Invalid(f"A fault has no such part: {error}") from error

    def clear(self) -> None:
        """Unset all."""
        self._faults.clear()

    def listed(self) -> list[dict[str, Any]]:
        """All that are set, each with how often it `fired`."""
        return [asdict(fault) for fault in self._faults]

    def take(self, method: str) -> Fault | None:
        """Count a call of the method; the fault that strikes it, if one does."""
        with self._lock:
            self.calls[method] += 1
            return next((fault for fault in self._faults if fault.strikes(method)), None)
