"""What the command line can do.

Exit codes: 0 done, 1 failed (or, of the doctor, something to mend), 2 usage, 3 done but some
photos are unusable, 4 folder or captions cannot be read, 5 more would be removed than was allowed,
130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uploader.doctor import examine_folder, examine_gallery
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
    from collections.abc import Callable, Iterator

    from uploader.folder.metadata import Fields
    from uploader.folder.survey import Photo
    from uploader.sync.plan import Plan
    from uploader.sync.sync import Outcome, Sync

__all__ = ["INTERRUPTED", "main"]

DONE, FAILED, SOME_UNUSABLE, INTERRUPTED = 0, 1, 3, 130

_EXAMPLES = """examples:
  python -m uploader plan photos --bucket my-gallery     what would be done
  python -m uploader sync photos --bucket my-gallery     do it
  python -m uploader sources --bucket my-gallery         whose photos the gallery shows
  python -m uploader init photos                         captions.yaml with a place for each photo
  python -m uploader import photos                       captions of a Takeout or Flickr export
  python -m uploader captions photos                     write captions in the browser
  python -m uploader doctor photos --bucket my-gallery   what is missing or does not fit

The photos of a stack are the source “stack”, which `pulumi up` keeps in step; other folders are
sources of their own. The bucket is found with the application default credentials (gcloud auth
application-default login), or at STORAGE_EMULATOR_HOST. Exit codes: 0 done, 1 failed, 2 usage,
3 done, but some photos are unusable, 4 folder or captions cannot be read, 5 more would be removed
than was allowed, 130 interrupted.
"""


def main(arguments: list[str]) -> int:
    """Run one command; the answer is the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # terminals know fewer letters than names
    given = _parser().parse_args(arguments)
    try:
        return int(given.run(given))
    except UploaderError as error:
        sys.stderr.write(f"{printable(str(error))}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. Run the same again to go on.\n")
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
    return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m uploader",
        description="Keep a gallery's bucket in step with a folder of photos.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=_version())
    add = parser.add_subparsers(required=True, metavar="COMMAND")
    for run, what in ((_plan, "say what a sync would do"), (_sync, "make the gallery so")):
        command = _command(add, run, what)
        _takes_bucket(command)
        command.add_argument("--source", help="whose photos (default: by the folder's name)")
        command.add_argument(
            "--details", action="store_true", help="show camera and exposure as well"
        )
        _takes_remove_many(command)
        if run is _sync:
            command.add_argument("--dry-run", action="store_true", help="only say what it would do")
    _takes_bucket(_command(add, _sources, "say whose photos a gallery shows", of_folder=False))
    removal = _command(add, _remove_source, "take a source's photos out", of_folder=False)
    removal.add_argument("source", metavar="SOURCE", help="as `sources` names it")
    _takes_bucket(removal)
    _takes_remove_many(removal)
    back = _command(add, _restore, "put a former catalog back", of_folder=False)
    _takes_bucket(back)
    back.add_argument("--history", required=True, help="the stack's output historyBucket")
    back.add_argument("--generation", default="", help="which one (default: the newest)")
    back.add_argument("--list", action="store_true", help="only say which there are")
    doctor = _command(add, _doctor, "say what is missing or does not fit")
    doctor.add_argument("--bucket", help="the gallery's bucket, to look at that as well")
    _command(add, _init, "write or complete captions.yaml")
    import_ = _command(add, _import, "take over what Google, Flickr and others wrote")
    import_.add_argument(
        "--albums", action="store_true", help="move photos into a folder for their Flickr album"
    )
    import_.add_argument("--dry-run", action="store_true", help="only say what it would write")
    page = _command(add, _captions, "write captions in the browser")
    page.add_argument("--port", type=int, default=8470, help="on this machine (default: 8470)")
    return parser


def _command(
    add: argparse._SubParsersAction[argparse.ArgumentParser],
    run: Callable[[argparse.Namespace], int],
    what: str,
    *,
    of_folder: bool = True,
) -> argparse.ArgumentParser:
    name = run.__name__.removeprefix("_").replace("_", "-")
    command = add.add_parser(name, help=what, description=f"{what.capitalize()}.")
    command.set_defaults(run=run)
    if of_folder:
        command.add_argument("folder", type=Path, metavar="DIR", help="the folder of photos")
    command.add_argument("--json", action="store_true", help="the result as one JSON object")
    return command


def _takes_bucket(command: argparse.ArgumentParser) -> None:
    command.add_argument("--bucket", required=True, help="the gallery's bucket, or gs://BUCKET")


def _takes_remove_many(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--remove-many",
        type=int,
        metavar="N",
        help="permit to remove or empty exactly N, where that is more than half",
    )


def _version() -> str:
    try:
        return f"image-gallery {version('image-gallery')}"
    except PackageNotFoundError:  # run from a checkout
        from uploader.render.renditions import RECIPE

        return f"image-gallery, recipe {RECIPE}, Python {sys.version.split()[0]}"


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
    from uploader.sync.bucket import connect  # half a second, which not all commands need
    from uploader.sync.gallery import own_source, read_catalog
    from uploader.sync.sync import Sync

    bucket = connect(given.bucket)
    with Index(given.folder) as index, Pool() as pool:
        found = survey(given.folder, index, pool, details=given.details)
        source = given.source or index.source(bucket.name)
        if not source:
            source = own_source(read_catalog(bucket)[0], found, given.folder.resolve().name)
        sync = Sync(bucket, source, index, pool)
        plan = sync.plan(found)
        yield sync, plan
        if given.run is _sync and not given.dry_run:
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


def _restore(given: argparse.Namespace) -> int:
    from uploader.sync.bucket import connect  # as above
    from uploader.sync.history import kept, restore

    bucket, history = connect(given.bucket), connect(given.history)
    if given.list:
        generations = kept(history)
        _print(given, {"kept": generations}, "\n".join(generations) or "None is kept.")
        return DONE
    shown, lost = restore(bucket, history, given.generation)
    gone = f"; {photos(lost)} left out, for the renditions are gone" if lost else ""
    data = {"shown": shown, "left_out": lost}
    _print(given, data, f"{photos(shown)} as they were{gone}. The next sync follows the folder.")
    return DONE


def _doctor(given: argparse.Namespace) -> int:
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
