"""Who manages what is on the local cloud: the runner or Pulumi's engine, never both.

Each keeps a record of its own of what it made; the other would make everything a second time.
"""

from local.cloud.errors import Invalid
from local.cloud.store import Store

__all__ = ["check_driver", "current_driver"]

_AGENTS = {"image-gallery-runner/": "runner", "Pulumi/": "engine"}
_REFUSALS = {
    "runner": "The runner made what is on this local cloud. Take that away first:"
    " ./gallery destroy.",
    "engine": "Pulumi's engine made what is on this local cloud. Take that away first:"
    " pulumi destroy -s local --run-program.",
}
_LEFT = """
SELECT EXISTS (SELECT 1 FROM buckets) OR EXISTS (
    SELECT 1 FROM resources WHERE collection NOT IN ('operations', 'serviceusage.services')
    AND json_extract(record, '$.deleteTime') IS NULL)
"""


def current_driver(store: Store) -> str | None:
    """`runner` or `engine`; None while nothing is left of what either made."""
    left = store.row(_LEFT)
    return store.fact("driver") if left and left[0] else None


def check_driver(store: Store, agent: str) -> None:
    """Remember who writes first; raises Invalid for the other one. Anybody else may write.

    Not Conflict: the real provider tries again for minutes on 409 and on 412.
    """
    driver = next((name for mark, name in _AGENTS.items() if mark in agent), None)
    if driver is None:
        return
    current = current_driver(store)
    if current is None:
        store.remember("driver", driver)
    elif current != driver:
        raise Invalid(_REFUSALS[current])
