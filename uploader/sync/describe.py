"""A plan in words: each photo that is new, changed or gone, what to mend, and the sum."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from uploader.sync.catalog import Record
    from uploader.sync.plan import Plan

__all__ = ["describe", "megabytes", "photos", "summarise"]


def describe(plan: Plan) -> str:
    """The whole plan, line by line."""
    return "\n".join((*_lines(plan), summarise(plan)))


def _lines(plan: Plan) -> Iterator[str]:
    survey = plan.survey
    for photo in plan.new:
        yield f"+ {photo.file.path} is new" + (
            f": {_said(photo.metadata.caption)}" if photo.metadata.caption else ""
        )
    for change in plan.changed:
        told = (f"{name} {_said(old)} → {_said(new)}" for name, (old, new) in change.fields.items())
        yield f"~ {change.photo.file.path}: {', '.join(told)}"
    hidden = {photo.id: photo.file.path for photo in survey.hidden}
    for record in plan.removed:
        path = hidden.get(record["id"])
        yield f"- {path} is hidden now" if path else f"- {_named(record)} is removed"
    for path, first in survey.twice:
        yield f"= {path} is the same picture as {first}"
    for path, reason in survey.unusable:
        yield f"! {path} {reason}"
    yield from _left_alone(survey.left_alone)
    for problem in survey.problems:
        yield f"? {problem}"
    if plan.held_back:
        yield (
            f"? {photos(plan.held_back)} would be removed, "
            "but not while part of the folder cannot be read"
        )


def _left_alone(files: list[tuple[str, str]]) -> Iterator[str]:
    """One line for each reason."""
    by_reason: dict[str, list[str]] = {}
    for path, reason in files:
        by_reason.setdefault(reason, []).append(path)
    for reason, paths in by_reason.items():
        yield f"  left alone ({reason}): {', '.join(paths)}"


def summarise(plan: Plan) -> str:
    """The plan in one line."""
    if plan.nothing_to_do:
        return f"Nothing to do: {photos(len(plan.unchanged))} unchanged."
    counts = {
        "new": len(plan.new),
        "changed": len(plan.changed),
        "removed": len(plan.removed),
        "unchanged": len(plan.unchanged),
    }
    told = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    sending = f"; about {megabytes(plan.bytes_to_send)} to send" if plan.missing else ""
    return f"{told or 'No photo changes'}{sending}."


def photos(count: int) -> str:
    """A number of photos."""
    return "1 photo" if count == 1 else f"{count:,} photos"


def megabytes(count: float) -> str:
    """A number of bytes, in MB or kB."""
    return f"{count / 1e6:,.1f} MB" if count >= 1e6 else f"{count / 1e3:,.0f} kB"


def _said(text: str) -> str:
    return json.dumps(text, ensure_ascii=False) if text else "none"


def _named(record: Record) -> str:
    caption = record.get("caption") or record.get("alt")
    return f"{record['id']} ({_said(caption)})" if caption else str(record["id"])
