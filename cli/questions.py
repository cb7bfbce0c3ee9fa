"""Questions about a gallery: what is wrong with it, and how often it was seen."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.console import error, print_json, print_lines, print_table
from cli.exits import DONE, FAILED
from cli.options import CHECKOUT, Json, Port, Stack, State, in_checkout

if TYPE_CHECKING:
    from doctor.findings import Finding

__all__ = ["COMMANDS"]

_MARKS = {"wrong": "! WRONG", "unknown": "? ?    ", "ok": "  ok   "}
_SHOWN = 20  # photos in the table; --json has all


def doctor(
    *,
    stack: Stack = "local",
    port: Port = None,
    state: State = CHECKOUT / ".local",
    as_json: Json = False,
    everything: Annotated[bool, typer.Option("--all", help="What is in order, too.")] = False,
) -> int:
    """Ask what is wrong with a gallery, or in its way, and say what to type. Changes nothing.

    Google is asked by gcloud commands; one that cannot be run is printed, for you to type.
    Exit codes: 0 nothing is wrong (? is what could not be asked), 1 something is.
    """
    from doctor.examine import examine
    from doctor.stack import read_stack

    in_checkout()
    findings = examine(read_stack(stack, state, port))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        print_lines("\n".join(_lines(findings, everything=everything)))
    return FAILED if any(finding.verdict == "wrong" for finding in findings) else DONE


def _lines(findings: "list[Finding]", *, everything: bool) -> Iterator[str]:
    """What is wrong first, then what could not be asked; what is in order in one line."""
    for verdict in ("wrong", "unknown", *(["ok"] if everything else [])):
        for finding in findings:
            if finding.verdict == verdict:
                yield f"{_MARKS[verdict]} {finding.about}: {finding.says}"
                if finding.do:
                    yield f"        → {finding.do}"
    fine = [finding.about for finding in findings if finding.verdict == "ok"]
    if fine and not everything:
        yield f"{_MARKS['ok']} {', '.join(dict.fromkeys(fine))} (./gallery doctor --all says more)"


def hits(
    *,
    stack: Stack = "local",
    state: State = CHECKOUT / ".local",
    entries: Annotated[
        str, typer.Option(metavar="FILE", help="Log entries of gcloud's; -: standard input.")
    ] = "",
    as_json: Json = False,
) -> int:
    """Count hits and views per day and photo; of a gallery on Google, say how to ask for them."""
    from local import hits as counting

    if stack != "local" and not entries:
        return _google_hits(stack, state)
    report = counting.count(_entries(entries, state))
    if as_json:
        print_json(report)
    elif not report["days"]:
        print_lines("No hits yet. The page makes the first: ./gallery up prints its address.")
    else:
        _print_report(report, _names(state))
    return DONE


def _google_hits(stack: str, state: Path) -> int:
    from doctor.stack import read_stack
    from local import hits as counting

    in_checkout()
    found = read_stack(stack, state, None)
    if not found.function:
        error(f"The state of {stack} tells of no function yet. Deploy it: {found.up}")
        return FAILED
    print_lines(counting.of_google(stack, found.project, found.function))
    return DONE


def _entries(entries: str, state: Path) -> Iterator[dict[str, Any]]:
    from local import hits as counting
    from local.cloud.errors import ServeError
    from local.cloud.functions.logs import Logs

    if not entries:
        return counting.entries_of(Logs(state / "logs.jsonl").read(""))
    if entries == "-":
        return counting.entries_of(sys.stdin.buffer)
    try:
        return counting.entries_of(Path(entries).read_bytes().splitlines(keepends=True))
    except OSError as error:
        raise ServeError(f"Cannot read {entries}: {error.strerror}") from error


def _print_report(report: dict[str, Any], names: dict[str, str]) -> None:
    heads = ("day", "hits", "refused", "sent", "shown")
    fields = ("hits", "refused", "photos", "views")
    days = [*report["days"], {"day": "all", **{name: report[name] for name in fields}}]
    print_table(heads, [(day["day"], *(day[name] for name in fields)) for day in days])
    photos = report["byPhoto"]
    rows = [(names.get(p["id"], p["id"]), p["sent"], p["views"]) for p in photos[:_SHOWN]]
    print_table(("photo", "sent", "shown"), rows)
    if len(photos) > _SHOWN:
        print_lines(f"… and {len(photos) - _SHOWN} photos more: ./gallery hits --json has them all")


def _names(state: Path) -> dict[str, str]:
    """File and caption of each photo of the gallery on this machine, by its id."""
    from local.runner.records import Records
    from uploader.sync.describe import printable

    try:
        records = Records(state / "runner-local.json").newest_first()
    except OSError:
        return {}
    names: dict[str, str] = {}
    for record in records:
        for path, value in (record.inputs.get("photos") or {}).items():
            names[value.split()[0]] = printable(path)
    return names


COMMANDS: dict[str, Callable[..., int]] = {"doctor": doctor, "hits": hits}
