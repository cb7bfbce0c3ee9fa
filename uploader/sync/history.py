"""Former catalogs, kept where the public cannot read them, so that there is a way back.

A kept catalog may name photos that were withdrawn since, hence a bucket of its own: what lies in
the gallery's bucket can be read by whoever knows a name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from uploader.errors import CatalogError, PreconditionFailed
from uploader.sync.catalog import CACHE, NAME, TYPE, parse_catalog, write_catalog
from uploader.sync.plan import rendition_names

if TYPE_CHECKING:
    from uploader.sync.bucket import Bucket

__all__ = ["KEPT", "keep", "kept", "make_room", "restore"]

KEPT = 30
_PREFIX = "catalogs/"


def keep(history: Bucket, content: bytes, generation: int) -> None:
    """Keep one catalog, by its generation, and the newest 30 of all."""
    name = f"{_PREFIX}{generation:020}.jsonl"
    try:
        history.write(name, content, TYPE, "no-store", generation=0)
    except PreconditionFailed:
        return  # an earlier attempt has kept it
    listed = history.list(_PREFIX)
    for old in sorted(listed)[:-KEPT]:
        history.remove(old, listed[old])


def kept(history: Bucket) -> list[str]:
    """Return the generations of the catalogs that are kept, oldest first."""
    names = sorted(history.list(_PREFIX))
    return [name.removeprefix(_PREFIX).removesuffix(".jsonl").lstrip("0") for name in names]


def restore(bucket: Bucket, history: Bucket, wanted: str = "") -> tuple[int, int]:
    """Put a kept catalog back, the newest or that of a generation; what is there now is kept.

    Returns how many photos are shown again, and how many are left out because their renditions
    are gone. Raises CatalogError where none is kept.
    """
    generation = wanted or next(reversed(kept(history)), "")
    content = b""
    if generation.isdecimal():
        content, _ = history.read(f"{_PREFIX}{int(generation):020}.jsonl")
    if not content:
        raise CatalogError(f"No catalog {generation or 'at all'} is kept in {history.name}.")
    objects = bucket.list("photos/")
    records = parse_catalog(content)
    shown = [record for record in records if set(rendition_names(record)) <= objects.keys()]
    now, there = bucket.read(NAME)
    if there:
        keep(history, now, there)
    bucket.write(NAME, write_catalog(shown), TYPE, CACHE, generation=there)
    return len(shown), len(records) - len(shown)


def make_room(bucket: Bucket, history: Bucket) -> None:
    """Keep the catalog that is there before it is written anew; one that is none is taken out.

    Raises CatalogError for that of another version, which is left alone.
    """
    content, generation = bucket.read(NAME)
    if not generation:
        return
    keep(history, content, generation)
    try:
        parse_catalog(content)
    except CatalogError:
        if content.lstrip().startswith(b'{"catalog":'):
            raise
        bucket.remove(NAME, bucket.list(NAME)[NAME])
