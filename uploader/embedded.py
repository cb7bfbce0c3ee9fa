"""Words that a photo file carries in itself: XMP, else IPTC, else EXIF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uploader.dates import parse_date
from uploader.words import Words, clean

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["embedded_words"]

# Exif 3.0, by tag: first directory, then the Exif directory.
_DESCRIPTION, _ARTIST, _COPYRIGHT, _DATE_TIME = 0x010E, 0x013B, 0x8298, 0x0132
_EXIF_DIRECTORY, _DATE_TIME_ORIGINAL, _DATE_TIME_DIGITIZED = 0x8769, 0x9003, 0x9004


def embedded_words(image: Image.Image) -> Words:
    """The words within an opened file.

    What cannot be read is unknown, for words are no reason to lose a photo.
    """
    return _from_exif(image)


def _from_exif(image: Image.Image) -> Words:
    exif = image.getexif()
    within = exif.get_ifd(_EXIF_DIRECTORY)
    dates = (
        within.get(_DATE_TIME_ORIGINAL),
        within.get(_DATE_TIME_DIGITIZED),
        exif.get(_DATE_TIME),
    )
    return Words(
        caption=_text(exif.get(_DESCRIPTION)),
        credit=_text(exif.get(_ARTIST)),
        license=_text(exif.get(_COPYRIGHT)),
        date=next(filter(None, (parse_date(_text(date)) for date in dates)), ""),
    )


def _text(value: object) -> str:
    """Exif text is ASCII by its standard, UTF-8 or Latin-1 in life; Pillow reads it as Latin-1."""
    if isinstance(value, str):
        value = value.encode("latin-1", "replace")
    if not isinstance(value, bytes):
        return ""
    value = value.split(b"\0")[0]
    try:
        return clean(value.decode())
    except UnicodeDecodeError:
        return clean(value.decode("latin-1"))
