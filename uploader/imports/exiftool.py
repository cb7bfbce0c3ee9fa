"""JSON as exiftool writes it, and osxphotos for Apple's Photos: `IMG_1.jpg.json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uploader.folder.dates import parse_date
from uploader.folder.metadata import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from uploader.folder.metadata import Fields

__all__ = ["NAME", "is_ours", "match"]

NAME = "exiftool or osxphotos"
# The tag's name after its group, if it has one; the first that says something wins.
_TAGS = {
    "caption": ("Description", "Caption-Abstract", "ImageDescription", "Title", "ObjectName"),
    "date": ("DateTimeOriginal", "CreateDate", "DateCreated"),
    "credit": ("Creator", "By-line", "Artist"),
}


def is_ours(content: Any) -> bool:
    """Whether this is what exiftool says of one file."""
    return isinstance(content, list) and len(content) == 1 and "SourceFile" in (content[0] or ())


def match(
    files: Sequence[tuple[str, Any]], paths: Sequence[str]
) -> Iterator[tuple[str, Fields, str]]:
    """Yield each photo's path with its fields."""
    by_name = {path[: -len(".json")]: content[0] for path, content in files}
    for path in paths:
        stem = path.rpartition(".")[0]
        content = by_name.get(path, by_name.get(stem))
        if isinstance(content, dict):
            yield path, _fields(content), ""


def _fields(content: dict[str, Any]) -> Fields:
    tags = {name.rpartition(":")[2]: value for name, value in reversed(content.items())}
    fields: Fields = {}
    for name, wanted in _TAGS.items():
        values = (tags.get(tag) for tag in wanted)
        texts = (", ".join(map(str, one)) if isinstance(one, list) else one for one in values)
        text = next((clean(str(one)) for one in texts if one), "")
        if value := (parse_date(text) or "") if name == "date" else text:
            fields[name] = value
    return fields
