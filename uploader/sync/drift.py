"""What became of a source's part of a gallery since state was written."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from uploader.sync.catalog import NAME, rendition_names, write_catalog
from uploader.sync.plan import is_valid

if TYPE_CHECKING:
    from uploader.sync.catalog import Record
    from uploader.sync.gallery import Gallery

__all__ = ["digest", "missing"]


def digest(records: list[Record]) -> str:
    """16 hex digits over one source's records, so that state can tell whether they are the same."""
    return hashlib.sha256(write_catalog(records)).hexdigest()[:16]


def missing(props: dict[str, Any], gallery: Gallery) -> list[str]:
    """Return the paths of photos that are not as they were left; `catalog.jsonl` for metadata."""
    own = {r["id"]: r for r in gallery.records if r["source"] == props["source"]}
    ids = {path: value.split()[0] for path, value in props["photos"].items()}
    broken = {
        id_
        for id_, record in own.items()
        if not all(_is_valid(gallery, name) for name in rendition_names(record))
    }
    is_changed = digest(list(own.values())) != props.get("records")
    lost = [path for path, id_ in ids.items() if id_ in broken]
    return sorted(lost) + ([NAME] if is_changed else [])


def _is_valid(gallery: Gallery, name: str) -> bool:
    return name in gallery.objects and is_valid(name, gallery.objects[name])
