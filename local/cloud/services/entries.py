"""Log entries: what the functions wrote, as Cloud Logging answers it.

Of its query language: comparisons of a field with a text, or with several in brackets, all of
which must hold. Anything else is refused: an ignored condition would count somebody else's.
"""

import json
import operator
import re
from collections.abc import Callable, Iterator
from typing import Any

from local.cloud.cloud import Cloud
from local.cloud.errors import Invalid
from local.cloud.services import records
from local.cloud.web import Method, Record, Request, json_body

__all__ = ["METHODS"]

_FUNCTIONS = "cloudfunctions.projects.locations.functions"
_LOG = "run.googleapis.com%2Fstdout"
_LARGEST_PAGE = 1000  # Google's too
_TEXT = r'"(?:[^"\\]|\\.)*"'
# cloud.google.com/logging/docs/view/logging-query-language#comparisons
_COMPARISON = re.compile(
    rf'\s*(?:AND\s+)?([\w.]+(?:"[^"]*")?[\w.]*)\s*(>=|<=|!=|=|:)\s*'
    rf"({_TEXT}|\(\s*{_TEXT}(?:\s+OR\s+{_TEXT})*\s*\))"
)
_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ":": lambda found, wanted: wanted in found,
}


def _list(cloud: Cloud, request: Request) -> Record:
    """A page of the entries that a filter lets through, the newest first where that is asked."""
    body = json_body(request)
    holds = [_condition(*found) for found in _comparisons(str(body.get("filter") or ""))]
    entries = [
        entry
        for project in _projects(body)
        for entry in _entries(cloud, project)
        if all(hold(entry) for hold in holds)
    ]
    entries.sort(key=lambda entry: str(entry["timestamp"]))
    if str(body.get("orderBy") or "").endswith(" desc"):
        entries.reverse()
    start, size = int(body.get("pageToken") or 0), int(body.get("pageSize") or _LARGEST_PAGE)
    end = start + min(size, _LARGEST_PAGE)
    page: Record = {"entries": entries[start:end]} if entries[start:end] else {}
    return page | ({"nextPageToken": str(end)} if end < len(entries) else {})


def _projects(body: Record) -> list[str]:
    names = body.get("resourceNames")
    if not isinstance(names, list) or not all(
        isinstance(name, str) and re.fullmatch("projects/[^/]+", name) for name in names
    ):
        raise Invalid("resourceNames is a list of projects/…")
    return [name.partition("/")[2] for name in names]


def _entries(cloud: Cloud, project: str) -> Iterator[Record]:
    """What the functions of a project wrote, as Cloud Run's log has it."""
    services = {
        name.rpartition("/")[2]: {
            "project_id": project,
            "location": name.split("/")[3],
            "service_name": name.rpartition("/")[2],
            "configuration_name": name.rpartition("/")[2],
            "revision_name": str(function.get("serviceConfig", {}).get("revision", "")),
        }
        for name, function in records.every(cloud.store, _FUNCTIONS)
        if name.startswith(f"projects/{project}/")
    }
    for number, line in enumerate(cloud.functions.logs.read("")):
        entry = json.loads(line)
        if labels := services.get(entry.pop("function")):
            yield {
                **entry,
                "insertId": f"{number:x}",
                "labels": {"goog-managed-by": "cloudfunctions"},
                "logName": f"projects/{project}/logs/{_LOG}",
                "receiveTimestamp": entry["timestamp"],
                "resource": {"type": "cloud_run_revision", "labels": labels},
            }


def _comparisons(text: str) -> Iterator[tuple[str, str, str]]:
    """Field, operator and value, one after the other; raises Invalid for anything else."""
    position = 0
    while text[position:].strip():
        match = _COMPARISON.match(text, position)
        if match is None:
            raise Invalid(f"The local cloud does not understand the filter {text[position:]!r}")
        yield match[1], match[2], match[3]
        position = match.end()


def _condition(field: str, operator_: str, value: str) -> Callable[[Record], bool]:
    wanted = [json.loads(text) for text in re.findall(_TEXT, value)]
    path = re.findall(r'"[^"]*"|[^."]+', field)
    compare = _OPERATORS[operator_]

    def holds(entry: Record) -> bool:
        found: Any = entry
        for part in path:
            found = found.get(part.strip('"')) if isinstance(found, dict) else None
        texts = ["" if found is None else str(found)]
        if field == "logName":
            texts.append(texts[0].replace("%2F", "/"))
        return any(compare(text, one) for text in texts for one in wanted)

    return holds


METHODS = [
    Method("logging.entries.list", "POST", "/logging/v2/entries:list", _list, access="private")
]
