"""The photo bucket, as anyone on the net sees it: readable by name, not listable, complete."""

import json
from typing import Any

from doctor.findings import Finding, ok, wrong
from doctor.http import fetch
from doctor.stack import Stack

__all__ = ["catalog", "listing"]

_SAMPLE = 20  # records whose renditions are asked for


def listing(stack: Stack) -> Finding:
    """Whether strangers are kept from listing the bucket."""
    status = fetch(stack.base_url).status
    if status in (401, 403):
        return ok("listing", "photos are readable by name, and nobody can list them")
    if status != 200:
        return wrong("listing", f"{stack.base_url} answers {status}", stack.repair)
    return wrong(
        "listing",
        f"strangers can list the bucket at {stack.base_url}",
        "Take away every role of allUsers but Storage Legacy Object Reader.",
    )


def catalog(stack: Stack) -> list[Finding]:
    """Whether the catalog is whole, and whether what it names is there."""
    answer = fetch(f"{stack.base_url}/catalog.jsonl")
    if answer.status != 200:
        return [wrong("catalog", f"it answers {answer.status}", stack.sync)]
    try:
        head, *records = [json.loads(line) for line in answer.body.decode().splitlines()]
        fault = _fault(stack, head, records)
    except (ValueError, KeyError, TypeError) as error:
        return [wrong("catalog", f"it cannot be read: {error!r}", stack.sync)]
    if fault:
        return [wrong("catalog", fault, stack.sync)]
    return [ok("catalog", f"{len(records)} photos, in order"), _renditions(stack, records)]


def _fault(stack: Stack, head: dict[str, Any], records: list[dict[str, Any]]) -> str:
    """Return what is wrong with it, empty where nothing is."""
    if head["count"] != len(records):
        return f"it says {head['count']} photos and holds {len(records)}"
    ids = [record["id"] for record in records]
    if ids != sorted(ids):
        return "its records are out of order"
    own = len({record["id"] for record in records if record["source"] == "stack"})
    if own != stack.outputs["photoCount"]:
        return f"it holds {own} photos of the stack, which says {stack.outputs['photoCount']}"
    return ""


def _renditions(stack: Stack, records: list[dict[str, Any]]) -> Finding:
    """Ask for every rendition of some records, spread over the whole catalog."""
    step = max(1, len(records) // _SAMPLE)
    addresses = [
        f"{stack.base_url}/photos/{record['recipe']}/{record['id']}-{width}.webp"
        for record in records[::step]
        for width, _ in record["sizes"]
    ]
    missing = [url for url in addresses if fetch(url, method="HEAD").status != 200]
    if missing:
        says = f"{len(missing)} of {len(addresses)} asked for are not there: {missing[0]}"
        return wrong("renditions", says, stack.sync)
    return ok("renditions", f"{len(addresses)} asked for, all there")
