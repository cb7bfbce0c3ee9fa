"""The photo as API and components speak it; the page's source holds the twin of this."""

from collections.abc import Mapping
from typing import Any

__all__ = ["render"]

_WORDS = ("caption", "date", "album", "credit", "license", "details", "placeholder")


def render(record: Mapping[str, Any], base_url: str) -> dict[str, Any]:
    """Turn a record of the catalog into a photo; what is unknown is left out."""
    stem = f"{base_url}/photos/{record['recipe']}/{record['id']}"
    renditions = [
        {"src": f"{stem}-{width}.webp", "width": width, "height": height}
        for width, height in record["sizes"]
    ]
    photo = {"id": record["id"], **renditions[-1], "srcSet": renditions, "alt": record["alt"]}
    return photo | {word: record[word] for word in _WORDS if word in record}
