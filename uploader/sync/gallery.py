"""What is in a gallery's bucket, whose it is, and taking it out again."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain, count
from typing import TYPE_CHECKING

from uploader.errors import PreconditionFailed, StorageError
from uploader.parallel import run_all
from uploader.sync.bucket import IN_FLIGHT
from uploader.sync.catalog import (
    CACHE,
    NAME,
    PREFIX,
    TYPE,
    merge,
    parse_catalog,
    split_names,
    write_catalog,
)
from uploader.sync.plan import to_delete

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from uploader.folder.survey import Survey
    from uploader.sync.bucket import Bucket, Listed
    from uploader.sync.catalog import Record

__all__ = [
    "CONFLICTS",
    "Gallery",
    "own_source",
    "read_catalog",
    "read_gallery",
    "remove_source",
    "withdraw",
    "write_catalog_object",
]

CONFLICTS = 50  # times that the catalog is written anew because somebody else was quicker


@dataclass
class Gallery:
    """What is in the bucket.

    The catalog's records and generation, the renditions by object name, and `foreign`: the names
    of what else lies beside them, which is left alone.
    """

    records: list[Record] = field(default_factory=list)
    generation: int = 0
    objects: dict[str, Listed] = field(default_factory=dict)
    foreign: list[str] = field(default_factory=list)


def read_gallery(bucket: Bucket) -> Gallery:
    """Read a gallery: its catalog, then one listing.

    NotThere if the bucket is missing; Outdated if a newer program wrote there.
    """
    records, generation = read_catalog(bucket)
    return Gallery(records, generation, *split_names(bucket.list(PREFIX)))


def read_catalog(bucket: Bucket) -> tuple[list[Record], int]:
    """The records of a gallery and their generation, 0 where there is no catalog yet."""
    content, generation = bucket.read(NAME)
    return (parse_catalog(content) if generation else []), generation


def write_catalog_object(bucket: Bucket, content: bytes, generation: int) -> None:
    """Write a catalog over the one of this generation; PreconditionFailed if that is not there."""
    bucket.write(NAME, content, TYPE, CACHE, generation=generation)


def withdraw(bucket: Bucket, gallery: Gallery, ids: Iterable[str]) -> None:
    """Delete renditions of some pictures, and those left behind a day ago, that no record names.

    The catalog has to be written after the listing and before this: who relies on one of these
    renditions meanwhile is then told by the catalog's generation, and touches what it relies on.
    """
    names = to_delete(gallery.records, gallery.objects, set(ids))
    run_all(lambda name: bucket.remove(name, gallery.objects[name]), names, IN_FLIGHT)


def own_source(records: list[Record], survey: Survey, name: str) -> str:
    """The source of a folder that was never sent before: by its name.

    Two folders of one name are two sources: a name whose photos are all others is numbered.
    """
    there: dict[str, set[str]] = {}
    for record in records:
        there.setdefault(record["source"], set()).add(record["id"])
    own = {photo.id for photo in (*survey.photos, *survey.hidden, *survey.undecodable)}
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    return next(each for each in names if each not in there or there[each] & own)


def remove_source(bucket: Bucket, source: str, ids: Collection[str]) -> None:
    """Take a source's photos out, and the renditions of these ids that nobody else shows."""
    for _ in range(CONFLICTS):
        gallery = read_gallery(bucket)
        own = {record["id"] for record in gallery.records if record["source"] == source}
        gallery.records = merge(gallery.records, source, [])
        content = write_catalog(gallery.records)
        try:
            if own or to_delete(gallery.records, gallery.objects, set(ids)):
                write_catalog_object(bucket, content, gallery.generation)
        except PreconditionFailed:
            continue
        withdraw(bucket, gallery, own.union(ids))
        return
    raise StorageError(f"{NAME} was written by others {CONFLICTS} times. Run it again.")
