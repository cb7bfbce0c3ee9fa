"""What a sync will do, decided before it does anything.

A comparison of a survey with the catalog.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from uploader.errors import RemovalRefused
from uploader.render.renditions import RECIPE, sizes_for

if TYPE_CHECKING:
    from uploader.folder.survey import Photo, Survey
    from uploader.sync.bucket import Listed
    from uploader.sync.catalog import Record

__all__ = ["SHOWN", "Change", "Plan", "guard", "make_plan", "rendition_name", "rendition_names"]

SHOWN = ("caption", "alt", "date", "album", "credit", "license")
"""The fields of a record that come from words; all but alt are left out when unknown."""

RENDITION_TYPE = "image/webp"
RENDITION_CACHE = "public, max-age=86400"  # Google serves a cached object until it expires
_BYTES_PER_PIXEL = 0.11  # of a WebP photo of our recipe, measured on the sample gallery
_GUARDED = 10  # records; below, a mistake is soon mended


@dataclass(frozen=True)
class Change:
    """A photo whose words differ from its record's: {field: (from, to)}."""

    photo: Photo
    fields: dict[str, tuple[str, str]]


@dataclass
class Plan:
    """What a sync will do. `missing` is what has to be rendered and sent, by id."""

    bucket: str
    source: str
    survey: Survey
    new: list[Photo] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    unchanged: list[Photo] = field(default_factory=list)
    removed: list[Record] = field(default_factory=list)
    missing: dict[str, Photo] = field(default_factory=dict)
    held_back: int = 0
    before: int = 0

    @property
    def bytes_to_send(self) -> int:
        """About how many bytes the missing renditions will have."""
        sizes = (size for photo in self.missing.values() for size in sizes_for(*photo.size))
        return int(sum(width * height for width, height in sizes) * _BYTES_PER_PIXEL)

    @property
    def nothing_to_do(self) -> bool:
        """True where neither the catalog nor a rendition has to be written."""
        return not (self.new or self.changed or self.removed or self.missing)


def make_plan(
    bucket: str, source: str, survey: Survey, records: list[Record], objects: dict[str, Listed]
) -> Plan:
    """Compare a folder with the gallery as it is."""
    own = {record["id"]: record for record in records if record["source"] == source}
    plan = Plan(bucket, source, survey, before=len(own))
    for photo in survey.photos:
        _compare(plan, photo, own.get(photo.id))
        if not is_there(photo, objects):
            plan.missing[photo.id] = photo
    _removals(plan, own)
    return plan


def _compare(plan: Plan, photo: Photo, record: Record | None) -> None:
    if record is None:
        plan.new.append(photo)
        return
    words = words_of(photo)
    fields = {
        name: (record.get(name, ""), words.get(name, ""))
        for name in SHOWN
        if record.get(name, "") != words.get(name, "")
    }
    if fields:
        plan.changed.append(Change(photo, fields))
    else:
        plan.unchanged.append(photo)


def _removals(plan: Plan, own: dict[str, Record]) -> None:
    hidden = {photo.id for photo in plan.survey.hidden}
    gone = own.keys() - {photo.id for photo in plan.survey.photos}
    if plan.survey.partial:
        plan.held_back = len(gone - hidden)
        gone &= hidden
    plan.removed = [own[id_] for id_ in sorted(gone)]


def guard(plan: Plan, remove_many: int | None) -> None:
    """Refuse to remove more than half of a source, unless the exact number is said."""
    guard_removal(plan.source, plan.before, len(plan.removed), remove_many)


def guard_removal(source: str, before: int, removed: int, remove_many: int | None) -> None:
    """As `guard`, by numbers of photos."""
    if before < _GUARDED or removed * 2 <= before or removed == remove_many:
        return
    raise RemovalRefused(
        f"This would remove {removed} of {before} photos of “{source}”. "
        f"Is it the right folder? If so, say the number: --remove-many {removed} "
        f"(in a stack: pulumi config set removeMany {removed})."
    )


def words_of(photo: Photo) -> dict[str, str]:
    """The fields of a record that come from words, as far as they are known."""
    words = photo.words
    known = {
        "alt": words.alt or words.caption,
        "caption": words.caption,
        "date": words.date,
        "album": photo.file.album,
        "credit": words.credit,
        "license": words.license,
    }
    return {name: text for name, text in known.items() if text or name == "alt"}


def rendition_name(id_: str, width: int, recipe: str = RECIPE) -> str:
    """The object that holds one rendition."""
    return f"photos/{recipe}/{id_}-{width}.webp"


def rendition_names(record: Record) -> list[str]:
    """All objects that a record names."""
    return [rendition_name(record["id"], width, record["recipe"]) for width, _ in record["sizes"]]


def is_there(photo: Photo, objects: dict[str, Listed]) -> bool:
    """True where all renditions of a photo are in the bucket, with the right headers."""
    names = (rendition_name(photo.id, width) for width, _ in sizes_for(*photo.size))
    return all(name in objects and is_sound(objects[name]) for name in names)


def is_sound(listed: Listed) -> bool:
    """True for a rendition that browsers will be told the right things about."""
    told = (listed.content_type, listed.cache_control)
    return told == (RENDITION_TYPE, RENDITION_CACHE) and listed.size > 0


def as_json(plan: Plan) -> dict[str, Any]:
    """The plan as data, with the same facts as its text."""
    survey = plan.survey
    return {
        "bucket": plan.bucket,
        "source": plan.source,
        "new": [photo.file.path for photo in plan.new],
        "changed": [
            {
                "path": change.photo.file.path,
                "fields": {k: list(v) for k, v in change.fields.items()},
            }
            for change in plan.changed
        ],
        "unchanged": len(plan.unchanged),
        "removed": [
            {"id": record["id"], "caption": record.get("caption", "")} for record in plan.removed
        ],
        "hidden": [photo.file.path for photo in survey.hidden],
        "twice": [{"path": path, "same_as": first} for path, first in survey.twice],
        "unusable": [{"path": path, "reason": reason} for path, reason in survey.unusable],
        "left_alone": [{"path": path, "reason": reason} for path, reason in survey.left_alone],
        "problems": survey.problems,
        "to_send": {"photos": len(plan.missing), "bytes": plan.bytes_to_send},
    }
