"""What the command line can do.

Exit codes: 0 done, 1 failed (or, of `check`, something to mend), 2 usage, 3 done but some
photos are unusable, 4 folder or captions cannot be read, 5 more would be removed than was allowed,
130 interrupted.
"""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any

from uploader.arguments import parser
from uploader.check import examine_folder, examine_gallery
from uploader.errors import UploaderError
from uploader.folder.index import Index
from uploader.folder.survey import survey
from uploader.folder.writing import add_entries, rename_entries
from uploader.imports.describe import describe_import
from uploader.render.pool import Pool
from uploader.sync.describe import describe, megabytes, photos, printable
from uploader.sync.plan import as_json, guard, guard_removal, serving
from uploader.sync.progress import Progress

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from uploader.folder.metadata import Fields
    from uploader.folder.survey import Photo
    from uploader.sync.plan import Plan
    from uploader.sync.sync import Outcome, Sync

__all__ = ["INTERRUPTED", "main"]

DONE, FAILED, SOME_UNUSABLE, INTERRUPTED = 0, 1, 3, 130


def main(arguments: list[str]) -> int:
    """Run one command; the answer is the exit code."""
    try:
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")  # terminals know fewer letters
        given = parser().parse_args(arguments)
        return _COMMANDS[given.command](given)
    except UploaderError as error:
        sys.stderr.write(f"{printable(str(error))}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. Run the same again to go on.\n")
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
    return FAILED


def _plan(given: argparse.Namespace) -> int:
    with _planned(given) as (_, plan):
        _print(given, as_json(plan), describe(plan))
        guard(plan, given.remove_many)
    return SOME_UNUSABLE if plan.survey.unusable else DONE


def _sync(given: argparse.Namespace) -> int:
    if given.dry_run:
        return _plan(given)
    with _planned(given) as (sync, plan):
        if not given.json:
            _say(describe(plan))
        progress = Progress(len(plan.missing))
        try:
            outcome = sync.carry_out(plan, given.remove_many, progress)
        finally:
            progress.close()
    _print(given, _outcome_json(outcome), _result(outcome))
    if outcome.failed:
        return FAILED
    return SOME_UNUSABLE if outcome.unusable else DONE


@contextmanager
def _planned(given: argparse.Namespace) -> Iterator[tuple[Sync, Plan]]:
    """A folder surveyed and compared with a gallery."""
    from uploader.imports.recognise import refuse_export
    from uploader.sync.bucket import connect  # half a second, which not all commands need
    from uploader.sync.gallery import own_source, read_catalog
    from uploader.sync.sync import Sync

    bucket = connect(given.bucket)
    with Index(given.folder) as index, Pool() as pool:
        found = survey(given.folder, index, pool, details=given.details)
        refuse_export(given.folder, found)
        source = given.source or index.source(bucket.name)
        if not source:
            source = own_source(read_catalog(bucket)[0], found, given.folder.resolve().name)
        sync = Sync(bucket, source, index, pool)
        plan = sync.plan(found)
        yield sync, plan
        if given.command == "sync" and not given.dry_run:
            index.learn_source(bucket.name, source)


def _sources(given: argparse.Namespace) -> int:
    from uploader.sync.bucket import connect  # as above
    from uploader.sync.gallery import read_catalog

    by_id: dict[str, list[str]] = {}
    for record in read_catalog(connect(given.bucket))[0]:
        by_id.setdefault(record["id"], []).append(record["source"])
    counts: dict[str, dict[str, int]] = {}
    for names in by_id.values():
        for name in names:
            count = counts.setdefault(name, {"photos": 0, "shown": 0})
            count["photos"] += 1
            count["shown"] += name == serving(names)
    lines = [
        f"{name}: {photos(count['photos'])}, of which {count['shown']:,} are shown by it"
        for name, count in sorted(counts.items())
    ]
    _print(given, counts, "\n".join(lines) or "The gallery shows no photo.")
    return DONE


def _remove_source(given: argparse.Namespace) -> int:
    from uploader.sync.bucket import connect  # as above
    from uploader.sync.gallery import read_catalog, remove_source

    bucket = connect(given.bucket)
    own = [r for r in read_catalog(bucket)[0] if r["source"] == given.source]
    if not own:
        raise UploaderError(
            f"The gallery has no source “{given.source}”. "
            f"Its sources: python -m uploader sources --bucket {given.bucket}"
        )
    guard_removal(given.source, len(own), len(own), given.remove_many)
    remove_source(bucket, given.source, [])
    data = {"source": given.source, "removed": len(own)}
    _print(given, data, f"“{given.source}” is gone, with {photos(len(own))}.")
    return DONE


def _check(given: argparse.Namespace) -> int:
    with Index(given.folder) as index, Pool() as pool:
        findings = list(examine_folder(survey(given.folder, index, pool)))
    if given.bucket:
        from uploader.sync.bucket import connect  # as above
        from uploader.sync.gallery import read_gallery

        findings = [*chain(findings, examine_gallery(read_gallery(connect(given.bucket))))]
    lines = [f"{found['where']}: {found['what']}. {found['do']}" for found in findings]
    text = "\n".join([*map(printable, lines), f"{len(findings)} to mend."])
    _print(given, {"findings": findings}, text)
    return FAILED if findings else DONE


def _init(given: argparse.Namespace) -> int:
    with Index(given.folder) as index, Pool() as pool:
        found = survey(given.folder, index, pool)
    rename_entries(given.folder, found.moved)
    known = found.captioned | set(found.moved.values())
    fresh = {
        photo.file.path: _known(photo)
        for photo in (*found.photos, *found.hidden)
        if photo.file.path not in known
    }
    add_entries(given.folder, fresh)
    data = {"added": sorted(fresh), "moved": found.moved}
    _print(given, data, f"{len(fresh)} added, {len(found.moved)} moved in captions.yaml.")
    return DONE


def _import(given: argparse.Namespace) -> int:
    from uploader.imports.apply import carry_out, plan_import  # which no other command needs

    with Index(given.folder) as index, Pool() as pool:
        found = survey(given.folder, index, pool)
    plan = plan_import(given.folder, found, albums=given.albums)
    if not given.dry_run:
        carry_out(given.folder, plan, found.captioned)
    data = {"files": plan.files, "written": plan.fields, "moved": plan.moves}
    _print(given, data, describe_import(plan, dry_run=given.dry_run))
    return DONE


def _known(photo: Photo) -> Fields:
    fields = {"caption": photo.metadata.caption, "date": photo.metadata.date}
    return {name: text for name, text in fields.items() if text}


def _captions(given: argparse.Namespace) -> int:
    from uploader.captions_page.server import serve  # Flask, which no other command needs

    return serve(given.folder, given.port)


def _print(given: argparse.Namespace, data: dict[str, Any], text: str) -> None:
    _say(json.dumps(data, indent=2) if given.json else text)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _outcome_json(outcome: Outcome) -> dict[str, Any]:
    return as_json(outcome.plan) | {
        "photos": outcome.photo_count,
        "sent": {"files": outcome.files_sent, "bytes": outcome.bytes_sent},
        "unusable": [{"path": path, "reason": reason} for path, reason in outcome.unusable],
        "failed": [{"path": path, "reason": reason} for path, reason in outcome.failed],
    }


def _result(outcome: Outcome) -> str:
    known = dict(outcome.plan.survey.unusable)
    unusable = [(path, reason) for path, reason in outcome.unusable if path not in known]
    lines = [f"! {printable(path)} {reason}" for path, reason in unusable]
    lines += [f"! {printable(path)} was not sent: {reason}" for path, reason in outcome.failed]
    shown = f"The gallery shows {photos(outcome.photo_count)} of this folder"
    sent = f"{outcome.files_sent:,} files sent ({megabytes(outcome.bytes_sent)})"
    return "\n".join([*lines, f"{shown}; {sent}."])


_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "plan": _plan,
    "sync": _sync,
    "sources": _sources,
    "remove-source": _remove_source,
    "check": _check,
    "init": _init,
    "import": _import,
    "captions": _captions,
}
