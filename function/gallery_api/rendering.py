"""The photo as API and components speak it. Knows no HTTP; the page's source holds its twin."""

from collections.abc import Mapping
from typing import Any

__all__ = ["at_least", "render"]

_WORDS = ("caption", "date", "album", "credit", "license", "placeholder")


def render(record: Mapping[str, Any], base_url: str) -> dict[str, Any]:
    """Turn a record of the catalog into a photo; what is unknown is left out."""
    stem = f"{base_url}/photos/{record['recipe']}/{record['id']}"
    renditions = [
        {"src": f"{stem}-{width}.webp", "width": width, "height": height}
        for width, height in record["sizes"]
    ]
    photo = {"id": record["id"], **renditions[-1], "srcSet": renditions, "alt": record["alt"]}
    photo.update((word, record[word]) for word in _WORDS if word in record)
    return photo


def at_least(photo: Mapping[str, Any], width: int | None) -> str:
    """Return the address of the smallest rendition at least that wide, else of the largest."""
    if width is not None:
        for rendition in photo["srcSet"]:
            if rendition["width"] >= width:
                return str(rendition["src"])
    return str(photo["src"])
