"""The tables in these docs that would go stale: settings, outputs, make targets, command lines.

`python -m docs.generate` writes them; `--check` only says which are stale, and exits with 1.
Owns: `configuration.md` and `commands.md`, whole. Refuses: a setting, target or output without
its line.
"""

import argparse
import ast
import os
import re
import runpy
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import typer
import yaml

from cli.app import app

__all__ = ["commands", "configuration", "main"]

ROOT = Path(__file__).parents[1]
OUTPUTS = {
    "apiUrl": "Address of the API; it answers at its root.",
    "siteUrl": "Address of the page.",
    "bucket": "Name of the photo bucket.",
    "apiKey": "The first key, secret: `pulumi stack output apiKey --show-secrets`.",
    "photoCount": "How many photos of the stack's own folder the gallery shows.",
    "dashboardUrl": "Address of the dashboard in Google's console.",
    "embed": "HTML to paste into a page.",
    "contentSecurityPolicy": "What a page with a strict policy has to allow for the embed.",
    "dnsRecord": "With `domain`: what to type where that domain is kept.",
}
_MADE = "<!-- Made by `make docs`; do not edit. -->"
_CONFIGURATION = """# Configuration

{made}

Set one with `pulumi config set KEY VALUE -s STACK`, an item of a list with
`pulumi config set --path 'allowedOrigins[0]' https://blog.example -s STACK`; or write
`KEY: VALUE` under `config:` in `Pulumi.STACK.yaml`. An unknown key or a wrong value
is refused before anything is made, in a line each that says what to type.

## Settings

{settings}

## Outputs

{outputs}
"""
_COMMANDS = """# Commands

{made}

## make

{targets}
{helps}
"""


class StaleError(Exception):
    """Something lacks its line, or a file is not what it would be made as."""


def configuration() -> str:
    """Return `configuration.md`: every setting and every output; no stack's own values."""
    settings = _yaml("Pulumi.yaml")["config"]
    rows = [
        (f"`{key}`", _type(about), f"`{_text(about['default'])}`", _described(key, about))
        for key, about in settings.items()
    ]
    return _CONFIGURATION.format(
        made=_MADE,
        settings=_table(("setting", "type", "default", "what it is"), rows),
        outputs=_table(("output", "what it is"), _outputs()),
    )


def commands() -> str:
    """Return `commands.md`: every make target, and the help of every command line."""
    targets = [(f"`make {target}`", text) for target, text in _targets()]
    helps = []
    for name, texts in (("./gallery", _gallery_helps()), ("python -m bench", _helps("bench"))):
        helps.append(f"\n## {name}")
        helps += [f"\n```text\n{text.strip()}\n```" for text in texts]
    return _COMMANDS.format(
        made=_MADE,
        targets=_table(("target", "what it does"), targets),
        helps="\n".join(helps),
    )


def _yaml(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))
    return content


def _type(about: dict[str, Any]) -> str:
    return f"list of {about['items']['type']}" if about["type"] == "array" else str(about["type"])


def _described(key: str, about: dict[str, Any]) -> str:
    if not about.get("description"):
        raise StaleError(f"The setting {key} has no description in Pulumi.yaml.")
    return str(about["description"])


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(value) + "]"
    if value == "":
        return '""'
    return str(value).lower() if isinstance(value, bool) else str(value)


def _outputs() -> list[tuple[str, str]]:
    """Return the program's exports in order, each with its sentence."""
    tree = ast.parse((ROOT / "__main__.py").read_text(encoding="utf-8"))
    exported = [
        ast.literal_eval(call.args[0])
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "export"
    ]
    if set(exported) != set(OUTPUTS):
        differing = ", ".join(sorted(set(exported) ^ set(OUTPUTS)))
        raise StaleError(f"Outputs in __main__.py and in docs/generate.py differ: {differing}.")
    return [(f"`{name}`", OUTPUTS[name]) for name in exported]


def _targets() -> list[tuple[str, str]]:
    """Return every phony target with the sentence behind its `##`."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    targets = re.findall(r"^([a-z-]+):.*?## (.*)$", text, re.MULTILINE)
    missing = set(phony.group(1).split() if phony else ()) ^ {name for name, _ in targets}
    if missing:
        raise StaleError(f"Without `## sentence` or not .PHONY: {', '.join(sorted(missing))}.")
    return targets


def _gallery_helps() -> Iterator[str]:
    """Yield what `./gallery` and each of its commands say of themselves, without boxes."""
    app.rich_markup_mode = None
    group = typer.main.get_command(app)
    whole = group.make_context(
        "./gallery", [], resilient_parsing=True, terminal_width=96, max_content_width=96
    )
    yield group.get_help(whole)
    for name, command in sorted(group.commands.items()):  # type: ignore[attr-defined]  # it is a group
        yield command.get_help(type(whole)(command, parent=whole, info_name=name))


class _CaughtError(Exception):
    """Carries a parser out of a command line that was about to parse."""


def _helps(package: str) -> list[str]:
    """Return what `python -m package` and each of its commands say of themselves."""
    plain = {"COLUMNS": "96", "NO_COLOR": "1", "PYTHON_COLORS": "0"}
    with mock.patch.dict(os.environ, plain):
        return [parser.format_help() for parser in _parsers(_parser_of(package))]


def _parser_of(package: str) -> argparse.ArgumentParser:
    """Return the parser that `python -m package` would parse with, and run nothing."""

    def catch(parser: argparse.ArgumentParser, *_: Any, **__: Any) -> None:
        raise _CaughtError(parser)

    try:
        with mock.patch.object(argparse.ArgumentParser, "parse_args", catch):
            runpy.run_module(package, run_name="__main__")
    except _CaughtError as caught:
        parser: argparse.ArgumentParser = caught.args[0]
        return parser
    raise StaleError(f"python -m {package} parses no arguments.")


def _parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Yield a parser, then those of its commands."""
    yield parser
    for action in parser._actions:  # noqa: SLF001 argparse shows its commands nowhere else
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 as above
            for command in action.choices.values():
                yield from _parsers(command)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines
    )


MADE = {"configuration.md": configuration, "commands.md": commands}


def main(arguments: list[str] | None = None) -> int:
    """Write or check the files; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m docs.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if one is stale")
    options = parser.parse_args(arguments)
    try:
        texts = {ROOT / "docs" / name: make() for name, make in MADE.items()}
    except StaleError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    # argparse breaks lines and sets columns its own way in each Python: words alone count.
    stale = [path for path, text in texts.items() if _words(path) != text.split()]
    for path in stale:
        if options.check:
            sys.stderr.write(f"docs/{path.name} is stale. Type: make docs\n")
        else:
            path.write_text(texts[path], encoding="utf-8")
    return 1 if stale and options.check else 0


def _words(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split() if path.exists() else []


if __name__ == "__main__":
    sys.exit(main())
