"""The words of a photo: what is shown, read aloud, dated and credited."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass, fields

__all__ = ["FIELDS", "Metadata", "clean"]

_LONGEST = (
    2000  # characters; longer captions are text, and the catalog is read whole by every instance
)
# Control characters, and the two that some readers of lines take for an end of line.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]+")


def clean(text: str) -> str:
    """One line of text in NFC, without control characters, of at most 2,000 characters."""
    spaced = _CONTROLS.sub(" ", text)
    return unicodedata.normalize("NFC", re.sub(r" {2,}", " ", spaced).strip())[:_LONGEST].rstrip()


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """The words of one photo; an empty string is unknown."""

    caption: str = ""
    alt: str = ""
    date: str = ""
    credit: str = ""
    license: str = ""
    hidden: bool = False

    def or_else(self, other: Metadata) -> Metadata:
        """These words, and the other's where these know nothing."""
        return Metadata(**{name: getattr(self, name) or getattr(other, name) for name in FIELDS})

    def digest(self, album: str) -> str:
        """Twelve hex digits that change whenever a word or the album does."""
        told = json.dumps([*(getattr(self, name) for name in FIELDS), album])
        return hashlib.sha256(told.encode()).hexdigest()[:12]


FIELDS = tuple(field.name for field in fields(Metadata))
