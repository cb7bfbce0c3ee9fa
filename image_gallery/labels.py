"""How resources of a gallery are labelled and titled, so that leftovers can be found. Pure."""

import re

__all__ = ["key_title", "labels_of", "title_of"]

_LONGEST_LABEL = 63  # cloud.google.com/resource-manager/docs/labels-overview#requirements
_LONGEST_TITLE = (
    63  # displayName: cloud.google.com/api-keys/docs/reference/rest/v2/projects.locations.keys
)


def labels_of(stack: str) -> dict[str, str]:
    """Return the labels of everything that can carry them."""
    value = re.sub(r"[^a-z0-9_-]", "-", stack.lower())[:_LONGEST_LABEL]
    return {"application": "image-gallery", "stack": value}


def title_of(stack: str) -> str:
    """Return what Google's console calls this gallery."""
    return f"Image gallery, {stack}"


def key_title(stack: str, key: str) -> str:
    """Return the display name of a key; a stack's name that is too long is cut."""
    return f"{title_of(stack)[: _LONGEST_TITLE - len(key) - 2]}: {key}"
