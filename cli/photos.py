"""A folder of photos and a gallery: compared, kept in step, looked over, and given captions."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.console import Progress, print_json, print_lines
from cli.exits import DONE, FAILED, NOT_ALL_SHOWN
from cli.galleries import folder_of, is_of_stack, open_bucket
from cli.options import CHECKOUT, Bucket, Folder, Json, RemoveMany, Stack, State, in_checkout

if TYPE_CHECKING:
    from uploader.folder.metadata import Fields
    from uploader.folder.survey import Photo, Survey
    from uploader.sync.plan import Plan
    from uploader.sync.sync import Outcome, Sync

__all__ = ["COMMANDS"]

Source = Annotated[str, typer.Option(help="Whose photos (default: by the folder's name).")]
Details = Annotated[bool, typer.Option("--details", help="Show camera and exposure as well.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what it would do.")]


def plan(
    folder: Folder = None,
    *,
    stack: Stack = "local",
    bucket: Bucket = None,
    source: Source = "",
    details: Details = False,
    remove_many: RemoveMany = None,
    state: State = CHECKOUT / ".local",
    as_json: Json = False,
) -> int:
    """Say what a sync would do, and change nothing."""
    from uploader.sync.describe import describe, shorten
    from uploader.sync.plan import as_json as data_of
    from uploader.sync.plan import guard

    with _planned(folder, stack, bucket, source, state, details=details) as (_, planned):
        if as_json:
            print_json(data_of(planned))
        else:
            print_lines(shorten(describe(planned)))
        guard(planned, remove_many)
    return NOT_ALL_SHOWN if planned.survey.unusable else DONE


def sync(
    folder: Folder = None,
    *,
    stack: Stack = "local",
    bucket: Bucket = None,
    source: Source = "",
    details: Details = False,
    remove_many: RemoveMany = None,
    dry_run: DryRun = False,
    state: State = CHECKOUT / ".local",
    as_json: Json = False,
) -> int:
    """Make a gallery show what a folder holds."""
    from uploader.sync.describe import describe, shorten

    if dry_run:
        return plan(
            folder, stack=stack, bucket=bucket, source=source, details=details,
            remove_many=remove_many, state=state, as_json=as_json,
        )  # fmt: skip
    with _planned(folder, stack, bucket, source, state, details=details) as (run, planned):
        if not as_json:
            print_lines(shorten(describe(planned)))
        progress = Progress(len(planned.missing))
        try:
            outcome = run.carry_out(planned, remove_many, progress)
        finally:
            progress.close()
        run.remember_source()
    if as_json:
        print_json(_outcome_json(outcome))
    else:
        print_lines(_result(outcome))
    if outcome.failed:
        return FAILED
    return NOT_ALL_SHOWN if outcome.unusable else DONE


@contextmanager
def _planned(
    given: Path | None, stack: str, name: str | None, source: str, state: Path, *, details: bool
) -> "Iterator[tuple[Sync, Plan]]":
    """A folder surveyed and compared with a gallery."""
    from uploader.folder.index import Index
    from uploader.folder.survey import survey
    from uploader.imports.recognise import refuse_export
    from uploader.render.pool import Pool
    from uploader.sync.gallery import own_source, read_catalog
    from uploader.sync.sync import Sync

    in_checkout()
    bucket, folder = open_bucket(name, stack, state), folder_of(given, stack, state)
    if name is None and not source and is_of_stack(folder, stack, state):
        source = "stack"
    with Index(folder) as index, Pool() as pool:
        found = survey(folder, index, pool, details=details)
        refuse_export(folder, found)
        source = source or index.source(bucket.name) or ""
        if not source:
            source = own_source(read_catalog(bucket)[0], found, folder.resolve().name)
        run = Sync(bucket, source, index, pool)
        yield run, run.plan(found)


def sources(
    *,
    stack: Stack = "local",
    bucket: Bucket = None,
    state: State = CHECKOUT / ".local",
    as_json: Json = False,
) -> int:
    """Say whose photos a gallery shows."""
    from uploader.sync.describe import photos
    from uploader.sync.gallery import read_catalog
    from uploader.sync.plan import serving

    in_checkout()
    by_id: dict[str, list[str]] = {}
    for record in read_catalog(open_bucket(bucket, stack, state))[0]:
        by_id.setdefault(record["id"], []).append(record["source"])
    counts: dict[str, dict[str, int]] = {}
    for names in by_id.values():
        for name in names:
            count = counts.setdefault(name, {"photos": 0, "shown": 0})
            count["photos"] += 1
            count["shown"] += name == serving(names)
    if as_json:
        print_json(counts)
        return DONE
    lines = [
        f"{name}: {photos(count['photos'])}, of which {count['shown']:,} are shown by it"
        for name, count in sorted(counts.items())
    ]
    print_lines("\n".join(lines) or "The gallery shows no photo.")
    return DONE


def remove_source(
    source: Annotated[str, typer.Argument(help="As `./gallery sources` names it.")],
    *,
    stack: Stack = "local",
    bucket: Bucket = None,
    remove_many: RemoveMany = None,
    state: State = CHECKOUT / ".local",
    as_json: Json = False,
) -> int:
    """Take a source's photos out of a gallery."""
    from uploader.errors import UploaderError
    from uploader.sync import gallery
    from uploader.sync.describe import photos
    from uploader.sync.plan import guard_removal

    in_checkout()
    opened = open_bucket(bucket, stack, state)
    own = [r for r in gallery.read_catalog(opened)[0] if r["source"] == source]
    if not own:
        ask = f"./gallery sources --stack {stack}"
        if bucket:
            ask = f"./gallery sources --bucket {bucket}"
        raise UploaderError(f"The gallery has no source “{source}”. Its sources: {ask}")
    guard_removal(source, len(own), len(own), remove_many)
    gallery.remove_source(opened, source, [])
    if as_json:
        print_json({"source": source, "removed": len(own)})
    else:
        print_lines(f"“{source}” is gone, with {photos(len(own))}.")
    return DONE


def check(
    folder: Folder = None,
    *,
    stack: Stack = "local",
    bucket: Bucket = None,
    state: State = CHECKOUT / ".local",
    as_json: Json = False,
) -> int:
    """Say what is missing or does not fit: captions, dates, and with --bucket the gallery too."""
    from uploader.check import examine_folder, examine_gallery
    from uploader.sync.describe import printable
    from uploader.sync.gallery import read_gallery

    in_checkout()
    findings = list(examine_folder(_surveyed(folder_of(folder, stack, state))))
    if bucket or (folder is None and _has_gallery(stack, state)):
        findings += examine_gallery(read_gallery(open_bucket(bucket, stack, state)))
    if as_json:
        print_json({"findings": findings})
    else:
        lines = [f"{found['where']}: {found['what']}. {found['do']}" for found in findings]
        print_lines("\n".join([*map(printable, lines), f"{len(findings)} to mend."]))
    return FAILED if findings else DONE


def _has_gallery(stack: str, state: Path) -> bool:
    from doctor.stack import read_stack

    return bool(read_stack(stack, state, None).outputs)


def _surveyed(folder: Path) -> "Survey":
    from uploader.folder.index import Index
    from uploader.folder.survey import survey
    from uploader.render.pool import Pool

    with Index(folder) as index, Pool() as pool:
        return survey(folder, index, pool)


def init(
    folder: Folder = None,
    *,
    stack: Stack = "local",
    state: State = CHECKOUT / ".local",
    as_json: Json = False,
) -> int:
    """Write captions.yaml with a place for each photo, or complete it."""
    from uploader.folder.writing import add_entries, rename_entries

    in_checkout()
    chosen = folder_of(folder, stack, state)
    found = _surveyed(chosen)
    known = found.captioned | rename_entries(chosen, found.moved)
    fresh = {
        photo.file.path: _known(photo)
        for photo in (*found.photos, *found.hidden)
        if photo.file.path not in known
    }
    add_entries(chosen, fresh)
    if as_json:
        print_json({"added": sorted(fresh), "moved": found.moved})
    else:
        print_lines(f"{len(fresh)} added, {len(found.moved)} moved in captions.yaml.")
    return DONE


def import_(
    folder: Folder = None,
    *,
    albums: Annotated[
        bool, typer.Option("--albums", help="Move photos into a folder for their Flickr album.")
    ] = False,
    dry_run: DryRun = False,
    stack: Stack = "local",
    state: State = CHECKOUT / ".local",
    as_json: Json = False,
) -> int:
    """Take over captions and dates of a Google Takeout or Flickr export."""
    from uploader.folder.writing import rename_entries
    from uploader.imports.apply import carry_out, plan_import
    from uploader.imports.describe import describe_import

    in_checkout()
    chosen = folder_of(folder, stack, state)
    found = _surveyed(chosen)
    planned = plan_import(chosen, found, albums=albums)
    if not dry_run:
        carry_out(chosen, planned, found.captioned | rename_entries(chosen, found.moved))
    if as_json:
        data = {"files": planned.files, "written": planned.fields, "moved": planned.moves}
        print_json(data)
    else:
        print_lines(describe_import(planned, dry_run=dry_run))
    return DONE


def captions(
    folder: Folder = None,
    *,
    port: Annotated[int, typer.Option(help="On this machine.")] = 8470,
    stack: Stack = "local",
    state: State = CHECKOUT / ".local",
) -> int:
    """Write captions in the browser, with the photo in view."""
    from uploader.captions_page.server import serve

    in_checkout()
    return serve(folder_of(folder, stack, state), port)


def _known(photo: "Photo") -> "Fields":
    fields = {"caption": photo.metadata.caption, "date": photo.metadata.date}
    return {name: text for name, text in fields.items() if text}


def _outcome_json(outcome: "Outcome") -> dict[str, Any]:
    from uploader.sync.plan import as_json

    return as_json(outcome.plan) | {
        "photos": outcome.photo_count,
        "sent": {"files": outcome.files_sent, "bytes": outcome.bytes_sent},
        "unusable": [{"path": path, "reason": reason} for path, reason in outcome.unusable],
        "failed": [{"path": path, "reason": reason} for path, reason in outcome.failed],
    }


def _result(outcome: "Outcome") -> str:
    from uploader.sync.describe import megabytes, photos, printable

    known = dict(outcome.plan.survey.unusable)
    unusable = [(path, reason) for path, reason in outcome.unusable if path not in known]
    lines = [f"! {printable(path)} {reason}" for path, reason in unusable]
    lines += [f"! {printable(path)} was not sent: {reason}" for path, reason in outcome.failed]
    shown = f"The gallery shows {photos(outcome.photo_count)} of this folder"
    sent = f"{outcome.files_sent:,} files sent ({megabytes(outcome.bytes_sent)})"
    return "\n".join([*lines, f"{shown}; {sent}."])


COMMANDS: dict[str, Callable[..., int]] = {
    "plan": plan, "sync": sync, "check": check, "init": init, "import": import_,
    "captions": captions, "sources": sources, "remove-source": remove_source,
}  # fmt: skip
