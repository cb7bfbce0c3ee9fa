"""What is known of a photo beside its picture: what is shown, read aloud, dated and credited."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from dataclasses import astuple, dataclass

__all__ = ["FIELDS", "LONGEST", "Fields", "Metadata", "clean"]

# Characters; longer captions are articles, and the catalog is read whole by every instance.
LONGEST = 2000
# Control characters, and the two that some readers of lines take for an end of line.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]+")

FIELDS = ("caption", "alt", "date", "credit", "license", "hidden")
"""What an owner can write down."""

Fields = dict[str, str | bool]
"""Some of these by name, and `details`; one that is there and empty takes away what others say."""


def clean(text: str) -> str:
    """One line of text in NFC, without control characters, of at most 2,000 characters."""
    spaced = _CONTROLS.sub(" ", text)
    return unicodedata.normalize("NFC", re.sub(r" {2,}", " ", spaced).strip())[:LONGEST].rstrip()


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """The metadata of one photo; an empty string is unknown."""

    caption: str = ""
    alt: str = ""
    date: str = ""
    credit: str = ""
    license: str = ""
    hidden: bool = False
    details: str = ""
    """Camera, lens and exposure as one text."""
    decorative: bool = False
    """True where the owner wrote an empty alt text: not even the caption is read aloud."""

    @classmethod
    def merged(cls, *layers: Fields) -> Metadata:
        """Each field from the first layer that has it."""
        fields: Fields = {}
        for layer in reversed(layers):
            fields |= layer
        return cls(**fields, decorative=fields.get("alt") == "")  # type: ignore[arg-type]  # fields are checked where they are read

    @property
    def read_aloud(self) -> str:
        """The alt text; where none was written, the caption."""
        return self.alt or ("" if self.decorative else self.caption)

    def digest(self, album: str) -> str:
        """Twelve hex digits that change whenever the metadata or the album does."""
        return hashlib.sha256(json.dumps([*astuple(self), album]).encode()).hexdigest()[:12]
