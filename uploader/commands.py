"""What the command line can do.

Exit codes: 0 done, 1 failed (or, of the doctor, something to mend), 2 usage, 3 done but some
photos are unusable.
"""

from __future__ import annotations

import argparse
import json
import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uploader.doctor import examine_folder, examine_gallery
from uploader.errors import UploaderError
from uploader.folder.index import Index
from uploader.folder.survey import survey
from uploader.folder.writing import add_entries, rename_entries
from uploader.render.pool import Pool
from uploader.sync.describe import describe, megabytes, photos
from uploader.sync.plan import as_json, guard
from uploader.sync.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from uploader.folder.metadata import Fields
    from uploader.folder.survey import Photo
    from uploader.sync.sync import Outcome

__all__ = ["INTERRUPTED", "main"]

DONE, FAILED, SOME_UNUSABLE, INTERRUPTED = 0, 1, 3, 130

_EXAMPLES = """examples:
  python -m uploader plan photos --bucket my-gallery     what would be done
  python -m uploader sync photos --bucket my-gallery     do it
  python -m uploader init photos                         captions.yaml with a place for each photo
  python -m uploader captions photos                     write captions in the browser
  python -m uploader doctor photos --bucket my-gallery   what is missing or does not fit

The bucket is found with the application default credentials (gcloud auth application-default
login), or at STORAGE_EMULATOR_HOST. Exit codes: 0 done, 1 failed, 2 usage, 3 done, but some
photos are unusable.
"""


def main(arguments: list[str]) -> int:
    """Run one command; the answer is the exit code."""
    given = _parser().parse_args(arguments)
    try:
        return int(given.run(given))
    except UploaderError as error:
        sys.stderr.write(f"{error}\n")
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
    add = parser.add_subparsers(required=True, metavar="COMMAND")
    for run, told in ((_plan, "say what a sync would do"), (_sync, "make the gallery so")):
        command = _command(add, run, told)
        command.add_argument("--bucket", required=True, help="the gallery's bucket")
        command.add_argument("--source", help="whose photos (default: the folder's name)")
        command.add_argument(
            "--remove-many",
            type=int,
            metavar="N",
            help="permit to remove exactly N, where that is more than half",
        )
    doctor = _command(add, _doctor, "say what is missing or does not fit")
    doctor.add_argument("--bucket", help="the gallery's bucket, to look at that as well")
    _command(add, _init, "write or complete captions.yaml")
    page = _command(add, _captions, "write captions in the browser")
    page.add_argument("--port", type=int, default=8470, help="on this machine (default: 8470)")
    return parser


def _command(
    add: argparse._SubParsersAction[argparse.ArgumentParser],
    run: Callable[[argparse.Namespace], int],
    told: str,
) -> argparse.ArgumentParser:
    name = run.__name__.removeprefix("_")
    command = add.add_parser(name, help=told, description=f"{told.capitalize()}.")
    command.set_defaults(run=run)
    command.add_argument("folder", type=Path, metavar="DIR", help="the folder of photos")
    command.add_argument("--json", action="store_true", help="the result as one JSON object")
    return command


def _plan(given: argparse.Namespace) -> int:
    from uploader.sync.bucket import connect  # half a second, which not all commands need
    from uploader.sync.sync import Sync

    with Index(given.folder) as index, Pool() as pool:
        found = survey(given.folder, index, pool)
        plan = Sync(connect(given.bucket), _source(given), index, pool).plan(found)
    _print(given, as_json(plan), describe(plan))
    guard(plan, given.remove_many)
    return SOME_UNUSABLE if found.unusable else DONE


def _sync(given: argparse.Namespace) -> int:
    from uploader.sync.bucket import connect  # as above
    from uploader.sync.sync import Sync

    with Index(given.folder) as index, Pool() as pool:
        sync = Sync(connect(given.bucket), _source(given), index, pool)
        plan = sync.plan(survey(given.folder, index, pool))
        if not given.json:
            _say(describe(plan))
        progress = Progress(len(plan.missing))
        try:
            outcome = sync.carry_out(plan, given.remove_many, progress)
        finally:
            progress.close()
    _print(given, _outcome_json(outcome), _told(outcome))
    if outcome.failed:
        return FAILED
    return SOME_UNUSABLE if outcome.unusable else DONE


def _doctor(given: argparse.Namespace) -> int:
    with Index(given.folder) as index, Pool() as pool:
        findings = list(examine_folder(survey(given.folder, index, pool)))
    if given.bucket:
        from uploader.sync.bucket import connect  # as above
        from uploader.sync.sync import read_gallery

        findings = [*chain(findings, examine_gallery(read_gallery(connect(given.bucket))))]
    lines = [f"{found['where']}: {found['what']}. {found['do']}" for found in findings]
    _print(given, {"findings": findings}, "\n".join([*lines, f"{len(findings)} to mend."]))
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


def _known(photo: Photo) -> Fields:
    fields = {"caption": photo.metadata.caption, "date": photo.metadata.date}
    return {name: text for name, text in fields.items() if text}


def _captions(given: argparse.Namespace) -> int:
    from uploader.captions_page.server import serve  # Flask, which no other command needs

    return serve(given.folder, given.port)


def _source(given: argparse.Namespace) -> str:
    return str(given.source or given.folder.resolve().name)


def _print(given: argparse.Namespace, data: dict[str, Any], text: str) -> None:
    _say(json.dumps(data, ensure_ascii=False, indent=2) if given.json else text)


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


def _told(outcome: Outcome) -> str:
    known = dict(outcome.plan.survey.unusable)
    lines = [f"! {path} {reason}" for path, reason in outcome.unusable if path not in known]
    lines += [f"! {path} was not sent: {reason}" for path, reason in outcome.failed]
    shown = f"The gallery shows {photos(outcome.photo_count)} of this folder"
    sent = f"{outcome.files_sent:,} files sent ({megabytes(outcome.bytes_sent)})"
    return "\n".join([*lines, f"{shown}; {sent}."])
