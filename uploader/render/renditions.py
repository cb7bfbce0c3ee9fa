"""One photo file to its renditions: upright, sRGB, WebP, carrying nothing but a credit.

Pure but for decoding, which is done in a worker process (`uploader.render.worker`), for decoders of
strangers' files crash.
"""

from __future__ import annotations

import base64
import io
import warnings
from dataclasses import dataclass

import pillow_heif
import thumbhash  # type: ignore[import-untyped]  # has no stubs
from PIL import Image, ImageCms, ImageOps

from uploader.errors import Unusable
from uploader.folder.embedded import embedded_words
from uploader.folder.identity import exif_of, identify, orientation_of
from uploader.folder.metadata import Metadata

__all__ = ["RECIPE", "WIDTHS", "Inspection", "Rendered", "inspect", "render", "sizes_for"]

RECIPE = "v1"
WIDTHS = (400, 800, 1600, 2560)

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF", "HEIF")
_MOST_PIXELS = 200_000_000
_WEBP_LIMIT = 16_383  # pixels a side, of the format
_QUALITY, _METHOD = 80, 4
_ARTIST, _COPYRIGHT = 0x013B, 0x8298
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Inspection:
    """What a file says of itself before it is decoded: `size` is (width, height), upright."""

    id: str
    size: tuple[int, int]
    words: Metadata


@dataclass(frozen=True)
class Rendered:
    """The renditions of one photo, ascending.

    Sizes in pixels, WebP files, and the ThumbHash in base64.
    """

    sizes: list[tuple[int, int]]
    files: list[bytes]
    placeholder: str


def sizes_for(width: int, height: int) -> list[tuple[int, int]]:
    """The sizes of a photo's renditions.

    None wider than the original, whose own width is then the last.
    """
    widths = [w for w in WIDTHS if w < width] + [min(width, WIDTHS[-1])]
    sizes = [(w, max(1, round(height * w / width))) for w in dict.fromkeys(widths)]
    return [size for size in sizes if size[1] <= _WEBP_LIMIT]


def inspect(content: bytes) -> Inspection:
    """Identify a file and read its words, without decoding it; Unusable with the reason."""
    with _opened(content) as image:
        turn = _orientation(image, content)
        size = image.size if turn < 5 else image.size[::-1]
        try:
            words = embedded_words(image, content)
        except Exception:
            words = Metadata()
    return Inspection(identify(content), size, words)


def render(
    content: bytes, credit: str = "", license_: str = "", *, widest: int = WIDTHS[-1]
) -> Rendered:
    """Decode a file and make its renditions; Unusable with the reason."""
    with _opened(content) as image:
        turn = _orientation(image, content)
        size = image.size if turn < 5 else image.size[::-1]
        sizes = [smaller for smaller in sizes_for(*size) if smaller[0] <= widest]
        wanted = sizes[-1] if turn < 5 else sizes[-1][::-1]
        image.draft(None, wanted)
        upright = _upright(_decoded(image), turn)
    return _scaled(_in_srgb(upright), sizes, _credit(credit, license_))


def _opened(content: bytes) -> Image.Image:
    pillow_heif.register_heif_opener()
    try:
        image = Image.open(io.BytesIO(content), formats=_FORMATS)
    except Exception as error:
        raise Unusable(_reason(error, "is no image that can be read")) from None
    width, height = image.size
    if width * height > _MOST_PIXELS:
        raise Unusable(
            f"is {width} × {height} pixels; at most {_MOST_PIXELS // 1_000_000} million are read"
        )
    if not sizes_for(width, height) or not sizes_for(height, width):
        raise Unusable(f"is {width} × {height} pixels, too narrow to be shown")
    return image


def _orientation(image: Image.Image, content: bytes) -> int:
    """As the file states it; of TIFF and HEIF the decoder turns the picture itself."""
    if image.format in ("TIFF", "HEIF", "GIF"):
        return 1
    return orientation_of(exif_of(content) or image.info.get("exif") or b"")


def _decoded(image: Image.Image) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image.load()
    except Exception as error:
        raise Unusable(_reason(error, "cannot be decoded")) from None
    return image


def _reason(error: Exception, otherwise: str) -> str:
    if isinstance(error, MemoryError) or "memory" in str(error).lower():
        return "needs more memory than one photo may take"
    if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
        return f"has more than {_MOST_PIXELS // 1_000_000} million pixels"
    if "truncated" in str(error) or isinstance(error, EOFError):
        return "is cut off: the file ends within the picture"
    return otherwise


def _upright(image: Image.Image, turn: int) -> Image.Image:
    return image.transpose(_TURNS[turn]) if turn in _TURNS else image


def _in_srgb(image: Image.Image) -> Image.Image:
    """The picture as RGB in sRGB, 8 bit, alpha on white."""
    profile = image.info.get("icc_profile")
    flat = _on_white(_eight_bit(image))
    if profile:
        flat = _converted(flat, profile)
    return flat if flat.mode == "RGB" else flat.convert("RGB")


def _eight_bit(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        return _from_deep(image.convert("F"))
    if image.mode == "1":
        return image.convert("L")
    return (
        image.convert("RGBA" if image.has_transparency_data else "RGB")
        if image.mode == "P"
        else image
    )


def _from_deep(values: Image.Image) -> Image.Image:
    """Sixteen bits a pixel or more, to eight."""
    most = (
        255
        if values.point(lambda value: value * (1 / 256)).convert("L").getbbox() is None
        else 65_535
    )
    return values.point(lambda value: value * (255 / most)).convert("L")


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image
    rgba = image.convert("RGBA")
    white = Image.new("RGBA", rgba.size, "white")
    return Image.alpha_composite(white, rgba).convert("RGB")


def _converted(image: Image.Image, profile: bytes) -> Image.Image:
    """Through the profile to sRGB.

    A profile that does not fit the picture is left out, as browsers do.
    """
    srgb = ImageCms.createProfile("sRGB")
    try:
        return (
            ImageCms.profileToProfile(image, io.BytesIO(profile), srgb, outputMode="RGB") or image
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image


def _scaled(image: Image.Image, sizes: list[tuple[int, int]], exif: bytes) -> Rendered:
    files = []
    for size in reversed(sizes):
        if image.size != size:
            image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
        clean = image.copy()
        clean.info.clear()
        out = io.BytesIO()
        clean.save(out, "WEBP", quality=_QUALITY, method=_METHOD, exif=exif)
        files.append(out.getvalue())
    return Rendered(sizes, files[::-1], _placeholder(image))


def _placeholder(image: Image.Image) -> str:
    small = ImageOps.contain(image, (100, 100)).convert("RGBA")
    hashed = bytes(thumbhash.rgba_to_thumb_hash(small.width, small.height, small.tobytes()))
    return base64.b64encode(hashed).decode()


def _credit(credit: str, license_: str) -> bytes:
    """An Exif block with Artist and Copyright, or nothing where there is no credit."""
    if not credit:
        return b""
    exif = Image.Exif()
    exif[_ARTIST] = credit.encode()
    exif[_COPYRIGHT] = (f"{credit}, {license_}" if license_ else credit).encode()
    return exif.tobytes()
