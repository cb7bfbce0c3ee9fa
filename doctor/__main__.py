"""`python -m doctor --stack STACK`: what is wrong with a gallery, or in its way."""

import argparse
import sys
from pathlib import Path

from doctor.findings import Finding, as_json, as_text, ok
from doctor.leftovers import leftovers
from doctor.preflight import preflight
from doctor.stack import Stack, read_stack
from doctor.visitor import visit
from local.runner.errors import RunnerError

_EXAMPLES = """examples:
  python -m doctor --stack local         the gallery on this machine
  python -m doctor --stack prod --json   for machines

Google is asked by `gcloud` commands; one that cannot be run is printed, for you to type. Before
the first `up` it asks what could stop it; afterwards also the gallery itself, and for what a
killed `up` left behind. It changes nothing. Exit codes: 0 nothing is wrong (`?` is what could
not be asked), 1 something is, 2 usage.
"""


def main(arguments: list[str] | None = None) -> int:
    """Ask everything; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        stack = read_stack(options.stack, options.state, options.port)
    except RunnerError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    findings = examine(stack)
    print(as_json(findings) if options.json else as_text(findings))
    return 1 if any(finding.verdict == "wrong" for finding in findings) else 0


def examine(stack: Stack) -> list[Finding]:
    """Return what is found: what is in the way, what was left behind, the gallery itself."""
    if stack.is_local:
        findings = [ok("Google", "not needed: this stack is on this machine")]
    else:
        findings = [*preflight(stack), *(leftovers(stack) if stack.project else [])]
    if not stack.outputs:
        return [*findings, ok("gallery", f"none of this stack yet; to make it: {stack.up}")]
    return [*findings, *visit(stack)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m doctor",
        description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--stack", default="local", help="which Pulumi.<stack>.yaml (local)")
    parser.add_argument("--port", type=int, help="the local cloud's port, if not the stack's")
    parser.add_argument(
        "--state", type=Path, default=Path(".local"), help="folder of the local cloud"
    )
    parser.add_argument("--json", action="store_true", help="for machines")
    return parser


if __name__ == "__main__":
    sys.exit(main())
