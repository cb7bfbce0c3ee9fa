"""Hits and views, counted from log entries: the local cloud's own, or those that gcloud reads.

A *hit* is a call that was answered, a *view* a photo that a page really showed. Calls that were
refused are counted apart, and photos by how often they were sent and shown. Days are in UTC.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from local.cloud.errors import ServeError

__all__ = ["count", "entries_of", "of_google"]

_GOOGLE = """\
The same question of Google, for the last 30 days (the table is this program's again):

  gcloud logging read --project {project} --freshness=30d --format=json \\
    '{query}' \\
    | ./gallery hits --entries -

In the console, with what stands in quotes:
https://console.cloud.google.com/logs/query?project={project}
The dashboard's address: pulumi stack output dashboardUrl --stack {stack}"""
_QUERY = (
    'resource.type="cloud_run_revision" AND resource.labels.service_name="{function}"'
    ' AND jsonPayload.event=("hit" OR "view")'
)

_COLUMNS = ("hits", "refused", "photos", "views")


def of_google(stack: str, project: str, function: str) -> str:
    """Return what to type to count the hits of a gallery on Google: its own, nobody else's."""
    return _GOOGLE.format(stack=stack, project=project, query=_QUERY.format(function=function))


def entries_of(text: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Yield log entries, from JSON lines or from one JSON list."""
    lines = iter(text)
    first = next(lines, b"")
    try:
        if first.lstrip().startswith(b"["):
            yield from json.loads(first + b"".join(lines))
        elif first:
            yield json.loads(first)
            yield from map(json.loads, lines)
    except ValueError as error:
        raise ServeError(
            f"The log entries are no JSON ({error}). Give gcloud --format=json"
        ) from error


def count(entries: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return `hits`, `refused`, `photos` (sent), `views`, and the same by `days` and `byPhoto`."""
    days: defaultdict[str, Counter[str]] = defaultdict(Counter)
    photos: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for entry in entries:
        payload = entry.get("jsonPayload") or {}
        kind = _kind(payload)
        if kind is None:
            continue
        day = days[entry["timestamp"][:10]]
        day[kind] += 1
        if kind == "hits":
            day["photos"] += len(payload["photos"])
        for photo in payload["photos"]:
            photos[photo]["sent" if kind == "hits" else "views"] += 1
    return {
        **{name: sum(day[name] for day in days.values()) for name in _COLUMNS},
        "days": [{"day": day, **_ordered(days[day], _COLUMNS)} for day in sorted(days)],
        "byPhoto": [
            {"id": photo, **_ordered(counts, ("sent", "views"))}
            for photo, counts in sorted(
                photos.items(), key=lambda item: (-item[1]["views"], -item[1]["sent"], item[0])
            )
        ],
    }


def _kind(payload: dict[str, Any]) -> str | None:
    event, answered = payload.get("event"), payload.get("status", 500) < 400
    if event == "hit":
        return "hits" if answered else "refused"
    return "views" if event == "view" and answered else None


def _ordered(counts: Counter[str], names: Iterable[str]) -> dict[str, int]:
    return {name: counts[name] for name in names}
