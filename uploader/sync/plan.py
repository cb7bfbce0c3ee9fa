"""What a sync will do, decided before it does anything.

A comparison of a survey with the catalog and with a listing of the bucket.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from uploader.errors import RemovalRefused
from uploader.render.credit import credit_digest
from uploader.render.renditions import sizes_for
from uploader.sync.catalog import SHOWN, id_of, metadata_of, names_for, rendition_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from uploader.folder.survey import Photo, Survey
    from uploader.sync.bucket import Listed
    from uploader.sync.catalog import Record
    from uploader.sync.gallery import Gallery

__all__ = [
    "SAMPLE",
    "Change",
    "Plan",
    "guard",
    "guard_removal",
    "make_plan",
    "serving",
    "to_delete",
]

RENDITION_CACHE = "public, max-age=86400"  # Google serves a cached object until it expires
TYPES = {".webp": "image/webp", ".jpg": "image/jpeg"}
# The photos that come with this program: who takes a folder of their own means them to go.
SAMPLE = frozenset(
    [
        "0c45ae4e12d3babb",
        "1cd67be827825263",
        "5ebd6a57e4722748",
        "73010661d5a67d8a",
        "a1ea67b76a7adc66",
        "a4d50fb8b3381013",
        "aee08539e28e9d01",
        "e3f2f421d611094a",
        "f0744f73c7147ef2",
    ]
)
STACK = "stack"  # the source of a stack's own photos
_BYTES_PER_PIXEL = 0.15  # of WebP and JPEG by our recipe, measured on the sample gallery
_GUARDED_PHOTOS = 4  # records; below, a mistake is soon mended
_GUARDED_FIELDS = 10
_LEFT_BEHIND = 24 * 3600.0  # seconds; younger ones may belong to an upload that is under way


@dataclass(frozen=True)
class Change:
    """A photo whose metadata differs from its record's: {field: (from, to)}."""

    photo: Photo
    fields: dict[str, tuple[str, str]]

    @property
    def is_loss(self) -> bool:
        """True where a field that was shown is not any more."""
        return any(old and not new for old, new in self.fields.values())


@dataclass
class Plan:
    """What a sync will do.

    By id: `missing` has to be rendered and sent, `recredited` gets another credit into its files.
    `elsewhere` are pictures removed or hidden here and shown by other sources: {id: source}.
    """

    bucket: str
    source: str
    survey: Survey
    new: list[Photo] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    unchanged: list[Photo] = field(default_factory=list)
    removed: list[Record] = field(default_factory=list)
    missing: dict[str, Photo] = field(default_factory=dict)
    recredited: dict[str, Photo] = field(default_factory=dict)
    shared: dict[str, int] = field(default_factory=dict)
    """How many of the photos other sources show as well, by source."""
    elsewhere: dict[str, str] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    """Objects that will be deleted."""
    foreign: list[str] = field(default_factory=list)
    """Objects beside them that are none of a gallery's, and left alone."""
    deferred: int = 0
    before: int = 0

    @property
    def bytes_to_send(self) -> int:
        """About how many bytes the missing renditions will have."""
        sizes = (size for photo in self.missing.values() for size in sizes_for(*photo.size))
        return int(sum(width * height for width, height in sizes) * _BYTES_PER_PIXEL)

    @property
    def nothing_to_do(self) -> bool:
        """True where neither the catalog nor a rendition has to be written."""
        work = (self.new, self.changed, self.removed, self.missing, self.recredited, self.deleted)
        return not any(work)


def make_plan(
    bucket: str, source: str, survey: Survey, gallery: Gallery, withdrawn: Iterable[str] = ()
) -> Plan:
    """Compare a folder with the gallery as it is.

    `withdrawn` are the ids whose renditions a run that was interrupted was about to delete.
    """
    records, objects = gallery.records, gallery.objects
    own = {record["id"]: record for record in records if record["source"] == source}
    others: dict[str, list[str]] = {}
    for record in records:
        if record["source"] != source:
            others.setdefault(record["id"], []).append(record["source"])
    plan = Plan(bucket, source, survey, before=len(own.keys() - SAMPLE))
    for photo in survey.photos:
        _compare(plan, photo, own.get(photo.id))
        if not is_there(photo, objects):
            plan.missing[photo.id] = photo
        elif serving([source, *others.get(photo.id, [])]) == source and not _has_credit(
            photo, objects
        ):
            plan.recredited[photo.id] = photo
        for other in others.get(photo.id, []):
            plan.shared[other] = plan.shared.get(other, 0) + 1
    _removals(plan, own)
    gone = {record["id"] for record in plan.removed} | {photo.id for photo in survey.hidden}
    plan.elsewhere = {id_: serving(others[id_]) for id_ in sorted(gone & others.keys())}
    plan.deleted = _to_delete_after(plan, records, objects, withdrawn)
    plan.foreign = gallery.foreign
    return plan


def _to_delete_after(
    plan: Plan, records: list[Record], objects: dict[str, Listed], withdrawn: Iterable[str]
) -> list[str]:
    """The objects that go once the catalog has become as planned."""
    gone = {record["id"] for record in plan.removed}
    kept = [r for r in records if r["source"] != plan.source or r["id"] not in gone]
    shown = {name for photo in plan.survey.photos for name in names_for(photo)}
    return [name for name in to_delete(kept, objects, gone.union(withdrawn)) if name not in shown]


def to_delete(
    records: list[Record], objects: dict[str, Listed], gone: Collection[str]
) -> list[str]:
    """The renditions of some pictures, and those left behind a day ago, that no record names."""
    unnamed = objects.keys() - {name for record in records for name in rendition_names(record)}
    return sorted(
        name for name in unnamed if id_of(name) in gone or objects[name].age > _LEFT_BEHIND
    )


def _compare(plan: Plan, photo: Photo, record: Record | None) -> None:
    if record is None:
        plan.new.append(photo)
        return
    metadata = metadata_of(photo)
    fields = {
        name: (record.get(name, ""), metadata.get(name, ""))
        for name in SHOWN
        if record.get(name, "") != metadata.get(name, "")
    }
    if fields:
        plan.changed.append(Change(photo, fields))
    else:
        plan.unchanged.append(photo)


def _removals(plan: Plan, own: dict[str, Record]) -> None:
    """What is in no file any more, or hidden; a file that cannot be read now keeps its place."""
    survey = plan.survey
    hidden = {photo.id for photo in survey.hidden}
    unreadable = {id_ for photo in survey.undecodable for id_ in (photo.id, photo.before)}
    gone = own.keys() - {photo.id for photo in survey.photos} - (unreadable - hidden)
    if survey.partial:
        plan.deferred = len(gone - hidden)
        gone &= hidden
    plan.removed = [own[id_] for id_ in sorted(gone)]


def serving(sources: list[str]) -> str:
    """Which of several sources of one picture is shown: the stack's own, else the first."""
    return min(sources, key=lambda source: (source != STACK, source))


def guard(plan: Plan, remove_many: int | None) -> None:
    """Refuse to remove or empty half or more of a source, unless the exact number is said."""
    losses = sum(change.is_loss and change.photo.id not in SAMPLE for change in plan.changed)
    removed = sum(record["id"] not in SAMPLE for record in plan.removed)
    before, revealed, hidden = plan.before, len(plan.survey.revealed), plan.survey.hidden_before
    if hidden >= _GUARDED_PHOTOS and revealed * 2 >= hidden and revealed != remove_many:
        raise RemovalRefused(
            f"This would show {revealed} of {hidden} photos that were hidden. "
            f"Is captions.yaml whole? {_permission(revealed)}"
        )
    if before < _GUARDED_FIELDS or losses * 2 < before or losses == remove_many:
        guard_removal(plan.source, before, removed, remove_many)
        return
    raise RemovalRefused(
        f"This would take captions and other text from {losses} of {plan.before} photos of "
        f"“{plan.source}”. Is captions.yaml there, and whole? {_permission(losses)}"
    )


def guard_removal(source: str, before: int, removed: int, remove_many: int | None) -> None:
    """As `guard`, by numbers of photos."""
    if before < _GUARDED_PHOTOS or removed * 2 < before or removed == remove_many:
        return
    raise RemovalRefused(
        f"This would remove {removed} of {before} photos of “{source}”. "
        f"Is it the right folder? {_permission(removed)}"
    )


def _permission(number: int) -> str:
    return (
        f"If so, say the number: ./gallery up --remove-many {number}, with another stack pulumi "
        f"config set removeMany {number}. The number is good for that one removal."
    )


def is_there(photo: Photo, objects: dict[str, Listed]) -> bool:
    """True where all renditions of a photo are in the bucket, with the right headers."""
    return all(name in objects and is_valid(name, objects[name]) for name in names_for(photo))


def is_valid(name: str, listed: Listed) -> bool:
    """True for a rendition whose headers are right."""
    expected = (TYPES.get(name[name.rfind(".") :]), RENDITION_CACHE)
    return (listed.content_type, listed.cache_control) == expected and listed.size > 0


def _has_credit(photo: Photo, objects: dict[str, Listed]) -> bool:
    digest = credit_digest(photo.metadata.credit, photo.metadata.license)
    return all(objects[name].credit == digest for name in names_for(photo))


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
            {
                "id": record["id"],
                "path": survey.former.get(record["id"], ""),
                "caption": record.get("caption", ""),
                "shown_by": plan.elsewhere.get(record["id"], ""),
            }
            for record in plan.removed
        ],
        "hidden": [photo.file.path for photo in survey.hidden],
        "twice": [{"path": path, "same_as": first} for path, first in survey.twice],
        "unusable": [{"path": path, "reason": reason} for path, reason in survey.unusable],
        "left_alone": [{"path": path, "reason": reason} for path, reason in survey.left_alone],
        "problems": survey.problems,
        "also_shown_by": plan.shared,
        "revealed": [photo.file.path for photo in survey.revealed],
        "to_delete": len(plan.deleted),
        "foreign": plan.foreign,
        "to_send": {"photos": len(plan.missing), "bytes": plan.bytes_to_send},
    }
