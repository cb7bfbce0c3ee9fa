"""Writes into `captions.yaml`: adds, changes and renames entries, and nothing else.

Comments, order and text that nobody changed stay byte for byte. Every string is written in double
quotes, so that YAML cuts and twists none.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

import yaml

from uploader.errors import CaptionsError
from uploader.folder.captions import (
    CAPTIONS,
    LINE_BREAK,
    LOADER,
    decode,
    is_captions_file,
    parse_captions,
    read_captions_file,
)
from uploader.folder.metadata import FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from uploader.folder.metadata import Fields

__all__ = ["add_entries", "rename_entries", "set_fields"]

_OFFERED = ("caption", "alt", "date", "credit")

_HEAD = """\
# Captions and more of the photos beside and below this file, each in quotes. What is not written
# here comes from the file; an empty "" takes that away. `hidden: true` takes a photo out.
"""


def add_entries(root: Path, entries: dict[str, Fields]) -> None:
    """Append entries, by path, to the captions file of the root folder."""
    if not entries:
        return
    file = _captions_in(root)
    text = _text(file)
    blocks = (f"{_quoted(path)}:\n{_block(fields)}" for path, fields in entries.items())
    wanted = _fields_in(text) | entries
    _replace(file, f"{(text or _HEAD).rstrip()}\n\n{''.join(blocks)}", wanted)


def set_fields(root: Path, path: str, changed: Fields) -> None:
    """Write some fields of one photo, wherever they stand, and leave its others as they are.

    The nearest captions file that has the photo is changed, else the root's.
    """
    file, name = _home(root, path)
    text = _text(file)
    places = [place for place in _places(file, text) if place.name == name]
    if not places:
        add_entries(root, {path: changed})
        return
    before, place = _fields_in(text), places[0]
    wanted = before | {name: before[name] | changed}
    edited = _edited(text, place, changed)
    if not edited or _fields_in(edited) != wanted:
        entry = f"{_quoted(name)}:\n{_block(wanted[name])}".rstrip()
        edited = text[: place.start] + entry + text[place.end :]
    _replace(file, edited, wanted)


def _edited(text: str, place: _Place, changed: Fields) -> str:
    """The text with some fields of an entry changed, and its comments and order as they were.

    Nothing where the entry is no block of `field: text` lines.
    """
    node = place.value
    if not isinstance(node, yaml.MappingNode) or node.flow_style or not node.value:
        return ""
    indent = " " * node.value[0][0].start_mark.column
    fields = {str(key.value): (key, value) for key, value in node.value}
    new = [name for name in changed if name not in fields]
    added = "".join(f"\n{indent}{name}: {_scalar(changed[name])}" for name in new)
    edits = [(place.end, place.end, added)]
    for name in changed.keys() & fields.keys():
        key, value = fields[name]
        if not isinstance(value, yaml.ScalarNode) or value.style in ("|", ">"):
            return ""
        start, end = place.ends(key, value)
        space = " " if start == end else ""  # a place that was not filled in
        edits.append((start, end, space + _scalar(changed[name])))
    rest = text[place.end :]
    for name in new:  # what was offered as a comment is there now
        rest = re.sub(rf'\A((?:\n *#.*)*?)\n{indent}# {name}: ""(?=\n|\Z)', r"\1", rest)
    text = text[: place.end] + rest
    for start, end, written in sorted(edits, key=lambda edit: edit[0], reverse=True):
        text = text[:start] + written + text[end:]
    return text


def rename_entries(root: Path, moved: dict[str, str]) -> set[str]:
    """Give entries the new paths of their photos; the new paths of those that are in YAML.

    One whose photo left the folder of its captions file is copied into the root's.
    """
    renamed: dict[Path, dict[str, str]] = {}
    copied: dict[str, Fields] = {}
    written: set[str] = set()
    for old, new in moved.items():
        file, name = _home(root, old)
        folder = old[: len(old) - len(name)]
        fields = _fields_in(_text(file)).get(name)
        if fields is None:
            continue
        written.add(new)
        if new.startswith(folder):
            renamed.setdefault(file, {})[name] = new[len(folder) :]
        else:
            copied[new] = fields
    for file, names in renamed.items():
        _rename_in(file, names)
    add_entries(root, copied)
    return written


def _rename_in(file: Path, names: dict[str, str]) -> None:
    text = changed = _text(file)
    for place in reversed(_places(file, text)):
        if new := names.get(place.name):
            changed = changed[: place.start] + _quoted(new) + changed[place.key_end :]
    if changed != text:
        before = _fields_in(text)
        _replace(file, changed, {names.get(name, name): fields for name, fields in before.items()})


def _home(root: Path, path: str) -> tuple[Path, str]:
    """The captions file that has a photo, or should; and the photo's name in there."""
    folders = path.split("/")[:-1]
    for depth in range(len(folders), 0, -1):
        file = _captions_in(root.joinpath(*folders[:depth]))
        name = "/".join(path.split("/")[depth:])
        if any(place.name == name for place in _places(file, _text(file))):
            return file, name
    return _captions_in(root), path


def _captions_in(folder: Path) -> Path:
    """The captions file of a folder under the name that it has, or would have."""
    there = (path for path in sorted(folder.iterdir()) if is_captions_file(path.name))
    return next((path for path in there if path.suffix.lower() != ".json"), folder / CAPTIONS)


def _text(file: Path) -> str:
    return decode(read_captions_file(file, str(file))) if file.exists() else ""


@dataclass(frozen=True)
class _Place:
    """Where an entry stands in the text: its key's start and end, and the end of its fields."""

    name: str
    start: int
    key_end: int
    end: int
    value: Any
    ends: Callable[[Any, Any], tuple[int, int]]
    """Where the value of a key starts and ends; what follows are comments and blank lines."""


def _places(file: Path, text: str) -> list[_Place]:
    root = yaml.compose(text, Loader=LOADER)
    if root is None:
        return []
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        raise CaptionsError(f"{file} is not written line by line; it can be read, but not changed.")
    starts = [0, *(found.end() for found in LINE_BREAK.finditer(text))]

    def at(mark: Any) -> int:
        return int(starts[mark.line] + mark.column)

    def ends(key: Any, value: Any) -> tuple[int, int]:
        if isinstance(value, yaml.MappingNode) and not value.flow_style and value.value:
            return at(value.start_mark), ends(*value.value[-1])[1]
        if isinstance(value, yaml.ScalarNode) and not value.style and not value.value:
            # Nothing was filled in; for YAML that stands behind the comments that follow.
            after = text.index(":", at(key.end_mark)) + 1
            return after, after
        return at(value.start_mark), at(value.end_mark)

    return [
        _Place(
            unicodedata.normalize("NFC", str(key.value)).removeprefix("./"),
            at(key.start_mark),
            at(key.end_mark),
            len(text[: ends(key, value)[1]].rstrip()),
            value,
            ends,
        )
        for key, value in root.value
    ]


def _block(fields: Fields) -> str:
    """The lines of an entry; what is not known is offered as a comment."""
    lines = [f"  {name}: {_scalar(fields[name])}\n" for name in FIELDS if name in fields]
    offered = (name for name in _OFFERED if name not in fields)
    return "".join([*lines, *(f'  # {name}: ""\n' for name in offered)])


def _scalar(value: str | bool) -> str:
    return _quoted(value) if isinstance(value, str) else json.dumps(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _replace(file: Path, text: str, wanted: dict[str, Fields]) -> None:
    """Write the whole file or nothing, once it is sure that it says what is wanted."""
    if "\r\n" in text:  # as it was written, on Windows
        text = text.replace("\r\n", "\n").replace("\n", "\r\n")
    if _fields_in(text) != wanted:
        raise CaptionsError(f"{file} is written in a way that can be read, but not changed.")
    mode = file.stat().st_mode if file.exists() else 0o644
    with NamedTemporaryFile("wb", dir=file.parent, prefix=".captions", delete=False) as out:
        try:
            out.write(text.encode())
            out.flush()
            os.fsync(out.fileno())
            Path(out.name).chmod(mode & 0o777)
            Path(out.name).replace(file)
        except BaseException:
            Path(out.name).unlink(missing_ok=True)
            raise


def _fields_in(text: str) -> dict[str, Fields]:
    return {name: entry.fields for name, entry in parse_captions(text, CAPTIONS).entries.items()}
