"""The catalog, the list of all photos that the function reads, as JSON Lines; and object names.

Owns what a record is, and which objects this program can have made. Facts only, no address; of
times the day alone on which a photo came in, which stays. What a newer program wrote is refused:
to write over it would lose what that one knows.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, TypeVar

from uploader.errors import CatalogError, Outdated
from uploader.render.renditions import JPEG_SIDE, RECIPE, jpeg_size_for, sizes_for

if TYPE_CHECKING:
    from uploader.folder.survey import Photo

__all__ = [
    "CACHE",
    "CEILING",
    "NAME",
    "PREFIX",
    "SHOWN",
    "TYPE",
    "Record",
    "days_added",
    "id_of",
    "merge",
    "metadata_of",
    "names_for",
    "parse_catalog",
    "record_of",
    "rendition_name",
    "rendition_names",
    "split_names",
    "write_catalog",
]

T = TypeVar("T")
NAME = "catalog.jsonl"
TYPE, CACHE = "application/jsonl", "no-cache"
PREFIX = "photos/"
CEILING = 200_000  # records; an instance of the function holds them all in memory
_VERSION = 1
# Every recipe that was ever published: what they made may be deleted when nothing names it.
_RECIPES = frozenset({"v1", "v2", RECIPE})

Record = dict[str, Any]
"""`id`, `source`, `recipe`, `sizes` (`[[width, height], …]`, ascending), `jpeg`, `alt`, and what
is known of `caption`, `date`, `album`, `credit`, `license`, `details`, `added`,
`placeholder`, in this order."""

SHOWN = ("caption", "alt", "date", "album", "credit", "license", "details")
"""The fields of a record that come from metadata; all but alt are left out when unknown."""

_FIELDS = frozenset(
    {"id", "source", "recipe", "sizes", "jpeg", "placeholder", "added", "tags", *SHOWN}
)
_RENDITION = re.compile(r"photos/(v\d+)/[0-9a-f]{16}-\d+\.(?:webp|jpg)")


def write_catalog(records: list[Record]) -> bytes:
    """The catalog as stored: a line that counts, then one record per photo, sorted by id."""
    if len(records) > CEILING:
        raise CatalogError(
            f"The gallery would hold {len(records):,} photos; its ceiling is {CEILING:,}. "
            "Take some folders out, or give them a bucket of their own."
        )
    ordered = sorted(records, key=_place)
    return b"".join(map(_line, [{"catalog": _VERSION, "count": len(records)}, *ordered]))


def parse_catalog(content: bytes) -> list[Record]:
    """The records of a stored catalog.

    CatalogError on a wrong count or order; Outdated where a newer program wrote it.
    """
    try:
        head, *records = [json.loads(line) for line in content.decode().split("\n")[:-1]]
        if isinstance(head["catalog"], int) and head["catalog"] > _VERSION:
            raise Outdated(_newer(f"{NAME} has version {head['catalog']}"))
        is_valid = (head["catalog"], head["count"]) == (_VERSION, len(records))
        places = [_place(record) for record in records]
    except (ValueError, KeyError, TypeError):
        is_valid, places = False, []
    if not is_valid or places != sorted(places):
        raise CatalogError(
            f"{NAME} in the bucket is none that this version reads, and is left alone. "
            f"If it was damaged, delete it to begin anew: gcloud storage rm gs://BUCKET/{NAME}"
        )
    for record in records:
        if unknown := record.keys() - _FIELDS:
            raise Outdated(_newer(f"{NAME} has the field “{min(unknown)}”"))
        if record.get("recipe", RECIPE) not in _RECIPES:
            raise Outdated(_newer(f"{NAME} has photos of recipe {record['recipe']}"))
    return records


def split_names(listed: dict[str, T]) -> tuple[dict[str, T], list[str]]:
    """What this program can have made, and the names of everything else, which is never deleted.

    Outdated where an object was made by a recipe that this program does not know.
    """
    ours: dict[str, T] = {}
    foreign: list[str] = []
    for name, there in listed.items():
        found = _RENDITION.fullmatch(name)
        if not found:
            foreign.append(name)
        elif found[1] in _RECIPES:
            ours[name] = there
        else:
            raise Outdated(_newer(f"the bucket holds {name}"))
    return ours, sorted(foreign)


def _newer(what: str) -> str:
    return (
        f"This gallery was written by a newer version of this program: {what}. "
        "Nothing was written. Update this program: git pull"
    )


def merge(records: list[Record], source: str, own: list[Record]) -> list[Record]:
    """The catalog's records with those of one source made equal to `own`, and all others kept."""
    return [record for record in records if record["source"] != source] + own


def record_of(photo: Photo, source: str, placeholder: str, added: str) -> Record:
    """A photo as the catalog has it; `added` is the day on which it first came into the gallery."""
    sizes = [list(size) for size in sizes_for(*photo.size)]
    jpeg = list(jpeg_size_for(*photo.size))
    record = {"id": photo.id, "source": source, "recipe": RECIPE, "sizes": sizes, "jpeg": jpeg}
    return record | metadata_of(photo) | {"added": added, "placeholder": placeholder}


def days_added(records: list[Record]) -> dict[str, str]:
    """The day on which each picture first came into the gallery, by id, whoever sent it."""
    days: dict[str, str] = {}
    for record in records:
        if day := record.get("added"):
            days[record["id"]] = min(day, days.get(record["id"], day))
    return days


def metadata_of(photo: Photo) -> dict[str, str]:
    """The fields of a record that come from metadata, as far as they are known."""
    metadata = photo.metadata
    known = {
        "alt": metadata.read_aloud,
        "caption": metadata.caption,
        "date": metadata.date,
        "album": photo.file.album,
        "credit": metadata.credit,
        "license": metadata.license,
        "details": metadata.details,
    }
    return {name: text for name, text in known.items() if text or name == "alt"}


def rendition_name(id_: str, width: int, recipe: str = RECIPE) -> str:
    """The object that holds one rendition."""
    return f"{PREFIX}{recipe}/{id_}-{width}.webp"


def _jpeg_name(id_: str, recipe: str = RECIPE) -> str:
    return f"{PREFIX}{recipe}/{id_}-{JPEG_SIDE}.jpg"


def names_for(photo: Photo) -> list[str]:
    """All objects of a photo: its renditions by ascending width, then its JPEG."""
    widths = (width for width, _ in sizes_for(*photo.size))
    return [*(rendition_name(photo.id, width) for width in widths), _jpeg_name(photo.id)]


def rendition_names(record: Record) -> list[str]:
    """All objects that a record names."""
    id_, recipe = record["id"], record["recipe"]
    names = [rendition_name(id_, width, recipe) for width, _ in record["sizes"]]
    return [*names, _jpeg_name(id_, recipe)] if "jpeg" in record else names


def id_of(name: str) -> str:
    """The id of the picture whose rendition an object holds."""
    return name.rsplit("/", 1)[-1].split("-", 1)[0]


def _place(record: Record) -> tuple[str, str]:
    return record["id"], record["source"]


def _line(value: Record) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
