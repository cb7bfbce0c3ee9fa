"""The photo as API and components speak it; the page's source holds the twin of this."""

from collections.abc import Mapping
from typing import Any

__all__ = ["OPTIONAL", "jpeg_of", "render"]

OPTIONAL = ("caption", "date", "album", "credit", "license", "details", "placeholder")
_JPEG_WIDTH = 1200  # the longer side, at most; it is part of the object's name


def render(record: Mapping[str, Any], base_url: str) -> dict[str, Any]:
    """Turn a record of the catalog into a photo; what is unknown is left out."""
    stem = _stem(record, base_url)
    renditions = [
        {"src": f"{stem}-{width}.webp", "width": width, "height": height}
        for width, height in record["sizes"]
    ]
    photo = {"id": record["id"], **renditions[-1], "srcSet": renditions, "alt": record["alt"]}
    return photo | {name: record[name] for name in OPTIONAL if name in record}


def jpeg_of(record: Mapping[str, Any], base_url: str) -> dict[str, Any]:
    """Return `src`, `width` and `height` of the JPEG; of the largest WebP where there is none."""
    if "jpeg" not in record:
        return render(record, base_url)["srcSet"][-1]  # type: ignore[no-any-return]  # of JSON
    width, height = record["jpeg"]
    return {"src": f"{_stem(record, base_url)}-{_JPEG_WIDTH}.jpg", "width": width, "height": height}


def _stem(record: Mapping[str, Any], base_url: str) -> str:
    return f"{base_url}/photos/{record['recipe']}/{record['id']}"
