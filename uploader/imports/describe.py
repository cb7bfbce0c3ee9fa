"""An import as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uploader.sync.describe import photos, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from uploader.folder.metadata import Fields
    from uploader.imports.apply import Import

__all__ = ["describe_import"]

_SHOWN = 30  # photos that are named


def describe_import(plan: Import, *, dry_run: bool) -> str:
    """A line for each photo, as far as a person reads them, and what was found in all."""
    return "\n".join(_lines(plan, dry_run=dry_run))


def _lines(plan: Import, *, dry_run: bool) -> Iterator[str]:
    if not plan.files:
        yield (
            "There is no export here that is known: Google Takeout or Flickr."
            " XMP sidecars are read without an import."
        )
        return
    for program, count in plan.files.items():
        yield f"{program}: {count:,} {'file' if count == 1 else 'files'}"
    for path, fields in list(plan.fields.items())[:_SHOWN]:
        yield f"+ {printable(path)}: {_in_words(fields)}"
    if len(plan.fields) > _SHOWN:
        yield f"… and {len(plan.fields) - _SHOWN:,} more"
    for path, target in list(plan.moves.items())[:_SHOWN]:
        yield f"> {printable(path)} → {printable(target)}"
    verb = "would be written" if dry_run else "written"
    yield f"captions.yaml: {verb} for {photos(len(plan.fields))}; {len(plan.moves):,} moved."


def _in_words(fields: Fields) -> str:
    parts = [f"“{fields['caption']}”"] if "caption" in fields else []
    parts += [str(fields[name]) for name in ("date", "credit", "license") if name in fields]
    parts += ["hidden"] if fields.get("hidden") else []
    return printable(", ".join(parts))
