"""Metadata that people wrote down beside their photos, in `captions.yaml` or `metadata.json`.

Every YAML scalar is text. What YAML would cut or twist, what is written twice and what names no
photo is reported with file, line and what to type; only a file that cannot be read at all ends the
run, for going on would wipe its text.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from uploader.errors import CaptionsError, Unusable
from uploader.folder.dates import EXAMPLES, parse_date
from uploader.folder.files import read_regular
from uploader.folder.metadata import FIELDS, LONGEST, Fields, clean

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "CAPTIONS",
    "LINE_BREAK",
    "LOADER",
    "METADATA",
    "Captions",
    "Entry",
    "decode",
    "is_captions_file",
    "parse_captions",
    "read_captions",
    "read_captions_file",
]

CAPTIONS = "captions.yaml"
METADATA = "metadata.json"
_LARGEST = 20_000_000  # bytes; 100,000 captions have 15 million
_DEEPEST = 20  # levels; captions have two, and the parser's own recursion ends the process

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster, where it was built
LINE_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")  # what YAML counts as the end of a line
_TRUTHS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_DEFAULTS = ("credit", "license")


@dataclass(frozen=True)
class Entry:
    """The fields under one key of a captions file, and where they stand."""

    fields: Fields
    file: str
    line: int


@dataclass
class Captions:
    """One captions file: entries by path in NFC, relative to its folder.

    Defaults; and what to mend.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    defaults: Fields = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read_captions(path: Path, shown: str) -> Captions:
    """Read a `captions.yaml`.

    `shown` is how messages name it. CaptionsError if it is no YAML mapping.
    """
    return parse_captions(decode(read_captions_file(path, shown)), shown)


def parse_captions(text: str, shown: str) -> Captions:
    """As `read_captions`, of a text."""
    return _Reader(shown, text).read()


def is_captions_file(name: str) -> bool:
    """True for names that may be captions; `.yml` and capitals are as good."""
    return name.lower() in (CAPTIONS, "captions.yml", METADATA)


def read_captions_file(path: Path, shown: str) -> bytes:
    """The bytes of a captions file; CaptionsError if it is none that can be read."""
    try:
        return read_regular(path, _LARGEST)[0]
    except Unusable as error:
        raise CaptionsError(f"{shown} {error}. Mend it, or take it out of the folder.") from None
    except OSError as error:
        raise CaptionsError(f"{shown} cannot be read ({error.strerror}).") from None


def decode(content: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 with its mark, or what Windows once took for Latin-1."""
    for encoding in (
        "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig",
        "cp1252",
    ):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


class _Reader:
    """Turns the nodes of one YAML document into entries, and collects what to mend."""

    def __init__(self, shown: str, text: str) -> None:
        self.shown = shown
        self.lines = LINE_BREAK.split(text)
        self.text = text
        self.read_so_far = Captions()

    def read(self) -> Captions:
        root = self._compose()
        if root is None:
            return self.read_so_far
        if not isinstance(root, yaml.MappingNode):
            raise CaptionsError(
                f'{self.shown}:1: expected lines such as "IMG_1.jpg": "On the pier". '
                "Each photo's file name, a colon, a space, and its caption in quotes."
            )
        for key, value in root.value:
            self._entry(key, value)
        return self.read_so_far

    def _compose(self) -> Any:
        try:
            self._measure()
            return yaml.compose(self.text, Loader=LOADER)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line if mark else 0
            raise CaptionsError(self._unreadable(line, error.problem or "no YAML")) from None
        except (yaml.YAMLError, RecursionError) as error:
            reason = str(error).split("\n")[0] or "nested too deep"
            raise CaptionsError(self._unreadable(0, reason)) from None

    def _measure(self) -> None:
        """Refuse what is nested too deep before it is composed."""
        depth = 0
        for event in yaml.parse(self.text, Loader=LOADER):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                raise yaml.YAMLError("nested too deep")

    def _unreadable(self, line: int, reason: str) -> str:
        message = f"{self.shown}:{line + 1}: cannot be read ({reason})."
        written = self.lines[line] if line < len(self.lines) else ""
        if found := re.match(r"(\s*)(\S[^:]*):\s+(.+)", written):
            name = found[2].strip("\"'")
            return f"{message} Type: {found[1]}{_quoted(name)}: {_quoted(found[3].strip())}"
        return f"{message} Put each name and each caption in double quotes."

    def _entry(self, key: Any, value: Any) -> None:
        name = unicodedata.normalize("NFC", self._text(key)).removeprefix("./")
        line = key.start_mark.line + 1
        entry = Entry(self._fields_of(name, value), self.shown, line)
        if name == "defaults":
            self.read_so_far.defaults = self._defaults(entry)
        elif (first := self.read_so_far.entries.setdefault(name, entry)) is not entry:
            self._problem(
                line,
                f"{_quoted(name)} is there already, on line {first.line}, which counts.",
            )

    def _defaults(self, entry: Entry) -> Fields:
        if entry.fields.keys() - set(_DEFAULTS):
            self._problem(
                entry.line,
                f"defaults: can only set {' and '.join(_DEFAULTS)}; the rest is left out.",
            )
        return {name: text for name, text in entry.fields.items() if name in _DEFAULTS and text}

    def _fields_of(self, name: str, value: Any) -> Fields:
        if isinstance(value, yaml.ScalarNode):
            if not value.style and not value.value:
                return {}  # a place that was not filled in
            return {"caption": self._value("caption", value, name)}
        if isinstance(value, yaml.MappingNode):
            return self._fields(name, value)
        self._problem_typed(value, name, "is a list to YAML")
        return {}

    def _fields(self, name: str, mapping: Any) -> Fields:
        given: Fields = {}
        for key, value in mapping.value:
            field_name, line = self._text(key), key.start_mark.line + 1
            if field_name not in FIELDS:
                self._problem(
                    line, f"{_quoted(field_name)} is no field. Fields are: {', '.join(FIELDS)}."
                )
            elif field_name in given:
                self._problem(
                    line, f"{field_name} of {_quoted(name)} is there already; the first counts."
                )
            elif not isinstance(value, yaml.ScalarNode):
                self._problem_typed(value, field_name, "is no text to YAML")
            else:
                given[field_name] = self._value(field_name, value)
        return given

    def _value(self, name: str, node: Any, shown: str = "") -> str | bool:
        written, line = self._text(node, shown or name), node.start_mark.line + 1
        text = clean(written)
        if len(written.strip()) > LONGEST:
            self._problem(
                line,
                f"{name} has {len(written.strip()):,} characters; the first {LONGEST:,} are shown.",
            )
        if name == "hidden":
            if text.lower() not in _TRUTHS:
                self._problem(line, f"hidden is {_quoted(text)}. Type: hidden: true")
            return _TRUTHS.get(text.lower(), True)
        if name == "date" and text:
            date = parse_date(text)
            if date is None:
                self._problem(line, f"{_quoted(text)} is no date. Type one of: {EXAMPLES}.")
            return date or ""
        return text

    def _text(self, node: Any, name: str = "") -> str:
        """The text of a scalar as it was typed; reports what YAML took away from it."""
        if not isinstance(node, yaml.ScalarNode):
            line: int = node.start_mark.line
            return self.lines[line].strip()
        if not node.style and name:
            self._report_loss(node, name)
        return str(node.value)

    def _report_loss(self, node: Any, name: str) -> None:
        last = self.lines[node.end_mark.line] if node.end_mark.line < len(self.lines) else ""
        rest = last[node.end_mark.column :] if node.value else ""
        if rest.lstrip().startswith("#") and rest[:1].isspace():
            self._problem_typed(node, name, "is cut at “ #”", node.value + rest.rstrip())
        elif not node.tag.startswith("tag:yaml.org,2002:"):
            self._problem_typed(node, name, f"loses “{node.tag}”", f"{node.tag} {node.value}")

    def _problem_typed(self, node: Any, name: str, what: str, meant: str | None = None) -> None:
        first, last = node.start_mark, node.end_mark
        written = self.lines[first.line][
            first.column : last.column if first.line == last.line else None
        ]
        self._problem(
            first.line + 1,
            f"{_quoted(name)} {what}. Type: {_key(name)}: {_quoted(meant or written.strip())}",
        )

    def _problem(self, line: int, message: str) -> None:
        self.read_so_far.problems.append(f"{self.shown}:{line}: {message}")


def _key(name: str) -> str:
    return name if name in FIELDS else _quoted(name)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
