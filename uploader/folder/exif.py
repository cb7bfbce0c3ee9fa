"""The text in an Exif block, in all encodings that are found there, and the camera's details."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PIL import Image

from uploader.folder.containers import exif_of
from uploader.folder.metadata import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Exif", "decoded"]

# Exif 3.0, and Microsoft's tags, by name.
_FIRST = {
    "description": 0x010E,
    "make": 0x010F,
    "model": 0x0110,
    "modified": 0x0132,
    "artist": 0x013B,
    "copyright": 0x8298,
    "xp_title": 0x9C9B,
    "xp_comment": 0x9C9C,
}
_WITHIN = {
    "exposure": 0x829A,
    "aperture": 0x829D,
    "iso": 0x8827,
    "taken": 0x9003,
    "digitized": 0x9004,
    "focal_length": 0x920A,
    "comment": 0x9286,
    "lens": 0xA434,
}
_EXIF_DIRECTORY = 0x8769


class Exif:
    """The tags of an opened image's Exif block, by name."""

    def __init__(self, image: Image.Image, content: bytes) -> None:
        exif = Image.Exif()
        if image.format == "TIFF":
            exif = image.getexif()
        else:
            exif.load(exif_of(content) or image.info.get("exif") or b"")
        within = exif.get_ifd(_EXIF_DIRECTORY)
        self._order = "utf-16-le" if exif.endian == "<" else "utf-16-be"
        self._tags = {name: exif.get(tag) for name, tag in _FIRST.items()}
        self._tags |= {name: within.get(tag) for name, tag in _WITHIN.items()}

    def text(self, name: str) -> str:
        """A tag as clean text, empty if it is not there."""
        value = self._tags[name]
        if name.startswith("xp_"):
            return clean(bytes(value or b"").decode("utf-16-le", "ignore").split("\0")[0])
        if name == "comment":
            return self._user_comment(value or b"")
        return decoded(value)

    def _user_comment(self, value: bytes) -> str:
        """Eight bytes name the encoding; many writers of Unicode forget the byte order."""
        kind, text = value[:8].rstrip(b"\0 ").upper(), value[8:]
        if kind == b"UNICODE":
            order = self._order
            if text[:1] == b"\0" or text[1:2] == b"\0":
                order = "utf-16-be" if text[:1] == b"\0" else "utf-16-le"
            return clean(text.decode(order, "ignore").split("\0")[0])
        if kind == b"JIS":
            return clean(text.decode("iso2022_jp", "ignore"))
        return decoded(text if kind in (b"", b"ASCII") else value)

    def details(self) -> str:
        """Camera, lens, focal length, aperture, exposure and sensitivity, as far as known."""
        return " · ".join(self._details())

    def _details(self) -> Iterator[str]:
        make, model, lens = self.text("make"), self.text("model"), self.text("lens")
        known = model.casefold().startswith(make.split(" ")[0].casefold())
        if camera := model if known else f"{make.split(' ')[0]} {model}".strip():
            yield camera
        if lens and not lens.casefold().startswith(model.casefold() or lens.casefold()):
            yield lens
        if focal_length := self._number("focal_length"):
            yield f"{round(focal_length, 1):g} mm"
        if aperture := self._number("aperture"):
            yield f"ƒ/{round(aperture, 1):g}"
        if exposure := self._number("exposure"):
            yield f"{exposure:g} s" if exposure > 0.3 else f"1/{round(1 / exposure)} s"
        if iso := self._number("iso"):
            yield f"ISO {iso:.0f}"

    def _number(self, name: str) -> float:
        """0 where a tag is missing, or no sensible number."""
        value: Any = self._tags[name]
        try:
            number = float(value[0] if isinstance(value, tuple) else value)
        except (TypeError, ValueError, IndexError, ZeroDivisionError):
            return 0.0
        return number if 0 < number < 1e7 else 0.0


def decoded(value: object) -> str:
    """ASCII by the standards; UTF-8 or what Windows took for Latin-1 in life.

    Pillow reads Exif as Latin-1, which loses nothing.
    """
    if isinstance(value, str):
        value = value.encode("latin-1", "replace")
    if not isinstance(value, bytes):
        return ""
    value = value.split(b"\0")[0]
    for encoding in ("utf-8", "cp1252"):
        try:
            return clean(value.decode(encoding))
        except UnicodeDecodeError:
            continue
    return clean(value.decode("latin-1"))
