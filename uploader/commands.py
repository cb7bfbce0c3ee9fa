"""What the command line can do.

Exit codes: 0 done, 1 failed, 2 usage, 3 done but some photos are unusable.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uploader.errors import UploaderError
from uploader.index import Index
from uploader.plan import as_json
from uploader.storage import connect
from uploader.survey import survey
from uploader.sync import Sync
from uploader.wording import describe, megabytes, photos
from uploader.workers import Workers

if TYPE_CHECKING:
    from uploader.sync import Outcome

__all__ = ["main"]

DONE, FAILED, SOME_UNUSABLE = 0, 1, 3

_EXAMPLES = """examples:
  python -m uploader plan photos --bucket my-gallery     what would be done
  python -m uploader sync photos --bucket my-gallery     do it
  python -m uploader sync talk --bucket my-gallery --source talk --json

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
    return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m uploader",
        description="Keep a gallery's bucket in step with a folder of photos.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, told in (
        ("plan", _plan, "say what a sync would do"),
        ("sync", _sync, "make the gallery equal to the folder"),
    ):
        command = commands.add_parser(name, help=told, description=told.capitalize() + ".")
        command.set_defaults(run=run)
        _add_gallery(command)
    return parser


def _add_gallery(command: argparse.ArgumentParser) -> None:
    command.add_argument("folder", type=Path, metavar="DIR", help="the folder of photos")
    command.add_argument("--bucket", required=True, help="the gallery's bucket")
    command.add_argument("--source", help="whose photos these are (default: the folder's name)")
    command.add_argument(
        "--remove-many",
        type=int,
        metavar="N",
        help="permit to remove exactly N, where that is more than half",
    )
    command.add_argument("--json", action="store_true", help="the result as one JSON object")


def _plan(given: argparse.Namespace) -> int:
    with Index(given.folder) as index, Workers() as workers:
        found = survey(given.folder, index, workers)
        plan = Sync(connect(given.bucket), _source(given), index, workers).plan(found)
    _print(given, as_json(plan), describe(plan))
    return SOME_UNUSABLE if found.unusable else DONE


def _sync(given: argparse.Namespace) -> int:
    with Index(given.folder) as index, Workers() as workers:
        sync = Sync(connect(given.bucket), _source(given), index, workers)
        plan = sync.plan(survey(given.folder, index, workers))
        if not given.json:
            _say(describe(plan))
        outcome = sync.carry_out(plan, given.remove_many)
    _print(given, _outcome_json(outcome), _told(outcome))
    if outcome.failed:
        return FAILED
    return SOME_UNUSABLE if outcome.unusable else DONE


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
    lines = [
        f"! {path} {reason}" for path, reason in outcome.unusable if not _in_plan(outcome, path)
    ]
    lines += [f"! {path} was not sent: {reason}" for path, reason in outcome.failed]
    sent = f"{outcome.files_sent:,} files sent ({megabytes(outcome.bytes_sent)})"
    return "\n".join(
        [*lines, f"The gallery shows {photos(outcome.photo_count)} of this folder; {sent}."]
    )


def _in_plan(outcome: Outcome, path: str) -> bool:
    return any(path == known for known, _ in outcome.plan.survey.unusable)
