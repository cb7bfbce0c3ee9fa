"""The catalog: the list of all photos that the function reads, as JSON Lines.

Facts only, no address and no time. Records of other sources are left as they are, fields that this
version does not know included.
"""

from __future__ import annotations

import json
from typing import Any

from uploader.errors import CatalogError

__all__ = ["CACHE", "CEILING", "NAME", "TYPE", "Record", "merge", "parse_catalog", "write_catalog"]

NAME = "catalog.jsonl"
TYPE, CACHE = "application/jsonl", "no-cache"
CEILING = 200_000  # records; an instance of the function holds them all in memory
_VERSION = 1

Record = dict[str, Any]
"""`id`, `source`, `recipe`, `sizes` (`[[width, height], …]`, ascending), `alt`, and what is known
of `caption`, `date`,
`album`, `credit`, `license`, `placeholder`, in this order."""


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
    """The records of a stored catalog; CatalogError on a wrong version, count or order."""
    try:
        head, *records = [json.loads(line) for line in content.decode().split("\n")[:-1]]
        is_valid = (head["catalog"], head["count"]) == (_VERSION, len(records))
        places = [_place(record) for record in records]
    except (ValueError, KeyError, TypeError):
        is_valid, places = False, []
    if not is_valid or places != sorted(places):
        raise CatalogError(
            f"{NAME} in the bucket is none that this version reads, and is left alone. "
            f"Restore it, or delete it to begin anew: gcloud storage rm gs://BUCKET/{NAME}"
        )
    return records


def merge(records: list[Record], source: str, own: list[Record]) -> list[Record]:
    """The catalog's records with those of one source made equal to `own`, and all others kept."""
    return [record for record in records if record["source"] != source] + own


def _place(record: Record) -> tuple[str, str]:
    return record["id"], record["source"]


def _line(value: Record) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
