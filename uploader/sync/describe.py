"""A plan as text: each photo that is new, changed or gone, what to mend, and the sum."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from uploader.sync.catalog import Record
    from uploader.sync.plan import Plan

__all__ = ["describe", "files", "megabytes", "photos", "printable", "shorten", "summarise"]

_NAMED = 10  # paths in one line
_FEW = 10  # lines of one kind
# Controls, and what turns the direction of writing round.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def describe(plan: Plan) -> str:
    """The whole plan, line by line."""
    return "\n".join((*_lines(plan), summarise(plan)))


def _lines(plan: Plan) -> Iterator[str]:
    survey = plan.survey
    for photo in plan.new:
        caption = photo.metadata.caption
        yield f"+ {printable(photo.file.path)} is new{f': {_quoted(caption)}' if caption else ''}"
    for change in plan.changed:
        fields = (f"{k} {_quoted(old)} → {_quoted(new)}" for k, (old, new) in change.fields.items())
        yield f"~ {printable(change.photo.file.path)}: {', '.join(fields)}"
    yield from _removed(plan)
    for photo in survey.revealed:
        yield f"+ {printable(photo.file.path)} was hidden, and is shown now"
    for path, first in survey.twice:
        yield f"= {printable(path)} is the same picture as {printable(first)}"
    for path, reason in survey.unusable:
        yield f"! {printable(path)} {reason}"
    yield from _left_alone(survey.left_alone)
    for problem in survey.problems:
        yield f"? {printable(problem)}"
    for source, count in sorted(plan.shared.items()):
        yield (
            f"? “{source}” shows {photos(count)} of this folder as well: what you hide here stays "
            f"there. To end that: ./gallery remove-source {source} --bucket {plan.bucket}"
        )
    if plan.foreign:
        yield f"? not of a gallery, and left alone: {_some(plan.foreign)}"
    if plan.deferred:
        yield (
            f"? {photos(plan.deferred)} would be removed, "
            "but not while part of the folder cannot be read"
        )


def _removed(plan: Plan) -> Iterator[str]:
    hidden = {photo.id: photo.file.path for photo in plan.survey.hidden}
    removed = {record["id"]: record for record in plan.removed}
    for id_, record in removed.items():
        path = hidden.get(id_)
        gone = f"{printable(path)} is hidden now" if path else f"{_named(plan, record)} is removed"
        yield f"- {gone}{_elsewhere(plan, id_)}"
    for id_ in plan.elsewhere.keys() - removed.keys():
        yield f"? {printable(hidden[id_])} is hidden here{_elsewhere(plan, id_)}"


def _elsewhere(plan: Plan, id_: str) -> str:
    source = plan.elsewhere.get(id_)
    return f", but still shown by “{source}”" if source else ""


def _left_alone(files: list[tuple[str, str]]) -> Iterator[str]:
    """One line for each reason; a README is meant for whoever opens the folder."""
    by_reason: dict[str, list[str]] = {}
    for path, reason in files:
        if not path.rpartition("/")[2].lower().startswith("readme."):
            by_reason.setdefault(reason, []).append(path)
    for reason, paths in by_reason.items():
        yield f"  skipped, {reason}: {_some(paths)}"


def _some(paths: list[str]) -> str:
    more = f" and {len(paths) - _NAMED:,} more" if len(paths) > _NAMED else ""
    return ", ".join(map(printable, paths[:_NAMED])) + more


def summarise(plan: Plan) -> str:
    """The plan in one line."""
    if plan.nothing_to_do:
        return f"Nothing to do: {photos(len(plan.unchanged))} unchanged."
    counts = {
        "new": len(plan.new),
        "changed": len(plan.changed),
        "removed": len(plan.removed),
        "not hidden any more": len(plan.survey.revealed),
        "unchanged": len(plan.unchanged),
        "with another credit": len(plan.recredited),
    }
    parts = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    deleting = f"; {files(len(plan.deleted))} to delete" if plan.deleted else ""
    sending = f"; about {megabytes(plan.bytes_to_send)} to send" if plan.missing else ""
    return f"{parts or 'No photo changes'}{sending}{deleting}."


def photos(count: int) -> str:
    """A number of photos."""
    return "1 photo" if count == 1 else f"{count:,} photos"


def files(count: int) -> str:
    """A number of files."""
    return "1 file" if count == 1 else f"{count:,} files"


def megabytes(count: float) -> str:
    """A number of bytes, in MB or kB."""
    return f"{count / 1e6:,.1f} MB" if count >= 1e6 else f"{count / 1e3:,.0f} kB"


def printable(text: str) -> str:
    """Text with what would act on a terminal written as an escape sequence."""
    return _UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _quoted(text: str) -> str:
    return json.dumps(printable(text), ensure_ascii=False) if text else "none"


def _named(plan: Plan, record: Record) -> str:
    """A photo that is gone: by its path where an earlier run knew it, and its caption."""
    path = plan.survey.former.get(record["id"])
    caption = record.get("caption") or record.get("alt")
    name = printable(path) if path else str(record["id"])
    return f"{name} ({_quoted(caption)})" if caption else name


def shorten(lines: str) -> str:
    """Name the first few of a kind of line, and count the others, where there are many."""
    kinds: dict[str, list[str]] = {}
    for line in lines.splitlines():
        kinds.setdefault(line[:2] if line[1:2] == " " else "", []).append(line)
    shown: list[str] = []
    for sign, same in kinds.items():
        if sign and len(same) > _FEW + 1:
            same = [*same[:_FEW], f"{sign}… and {len(same) - _FEW:,} more"]
        shown += same
    return "\n".join(shown)
