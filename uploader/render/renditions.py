"""One photo file to its renditions: upright, sRGB, WebP and one JPEG, without any metadata.

Pure but for decoding, which is done in a worker process (`uploader.render.pool`), for decoders of
strangers' files crash. The picture is made small before its colours are converted, so that memory
goes by what the decoder needs.
"""

from __future__ import annotations

import base64
import contextlib
import io
import warnings
from typing import TYPE_CHECKING, NamedTuple

import pillow_heif
import thumbhash  # type: ignore[import-untyped]  # has no stubs
from PIL import Image, ImageChops

from uploader.errors import Unusable
from uploader.folder.containers import exif_of, primary_properties
from uploader.folder.embedded import embedded_metadata
from uploader.folder.identity import identify, orientation_of
from uploader.render.color import encoding_of, to_srgb

if TYPE_CHECKING:
    from uploader.folder.metadata import Fields

__all__ = [
    "JPEG_SIDE",
    "RECIPE",
    "WIDTHS",
    "Inspection",
    "Rendered",
    "inspect",
    "jpeg_size_for",
    "render",
    "sizes_for",
]

RECIPE = "v2"
WIDTHS = (400, 800, 1200, 1600, 2560)
JPEG_SIDE = 1200  # pixels; mail programs, feeds and link previews read no WebP

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF", "HEIF")
_MOST_PIXELS = 200_000_000
_LONGEST = 2560  # pixels of the longer side of the largest rendition
# ssimulacra2 of the sample: 77.8, of quality 80 72.8; for a quarter more bytes (2026-11).
_QUALITY, _METHOD = 85, 4
_JPEG_QUALITY = 82
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Inspection(NamedTuple):
    """What a file says of itself before it is decoded: `size` is (width, height), upright."""

    id: str
    size: tuple[int, int]
    metadata: Fields


class Rendered(NamedTuple):
    """The renditions of one photo: WebP files by ascending width, a JPEG, a ThumbHash in base64."""

    files: list[bytes]
    jpeg: bytes
    placeholder: str


def sizes_for(width: int, height: int) -> list[tuple[int, int]]:
    """The sizes of a photo's renditions in WebP.

    None wider than the original and none with a side over 2,560 pixels; the largest such is last.
    """
    widest, _ = _within(width, height, _LONGEST)
    widths = [smaller for smaller in WIDTHS if smaller < widest] + [widest]
    return [(each, min(_LONGEST, max(1, round(height * each / width)))) for each in widths]


def jpeg_size_for(width: int, height: int) -> tuple[int, int]:
    """The size of a photo's JPEG."""
    return _within(width, height, JPEG_SIDE)


def _within(width: int, height: int, side: int) -> tuple[int, int]:
    scale = min(1.0, side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def inspect(content: bytes) -> Inspection:
    """Identify a file and read its metadata, without decoding it; Unusable with the reason."""
    with _opened(content) as image:
        turn = _orientation(image, content)
        size = image.size if turn < 5 else image.size[::-1]
        return Inspection(identify(content), size, embedded_metadata(image, content))


def render(content: bytes, *, widest: int = WIDTHS[-1]) -> Rendered:
    """Decode a file and make its renditions up to some width; Unusable with the reason."""
    with _opened(content) as image:
        turn = _orientation(image, content)
        full = image.size if turn < 5 else image.size[::-1]
        sizes = [size for size in sizes_for(*full) if size[0] <= widest] or sizes_for(*full)[:1]
        largest = sizes[-1] if turn < 5 else sizes[-1][::-1]
        encoding = encoding_of(image, content)
        small = _resized(_eight_bit(_decoded(image, content, largest)), largest)
    upright = small.transpose(_TURNS[turn]) if turn in _TURNS else small
    return _encoded(to_srgb(_on_white(upright), encoding), sizes, jpeg_size_for(*full))


def _opened(content: bytes) -> Image.Image:
    pillow_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None  # the limit is below, with its reason
    # libheif's limit of 512 MB a block is below 200 megapixels; workers have a limit of their own.
    pillow_heif.options.DISABLE_SECURITY_LIMITS = True
    try:
        image = Image.open(io.BytesIO(content), formats=_FORMATS)
    except Exception as error:
        raise _unusable(error, "is no image that can be read") from None
    width, height = image.size
    if width * height > _MOST_PIXELS:
        raise Unusable(
            f"is {width:,} × {height:,} pixels; "
            f"at most {_MOST_PIXELS // 1_000_000} million are read"
        )
    return image


def _orientation(image: Image.Image, content: bytes) -> int:
    """As the file states it, unless the decoder turns the picture itself."""
    if image.format in ("TIFF", "GIF"):
        return 1
    if image.format == "HEIF":
        kinds = {each.kind for each in primary_properties(content)}
        is_turned = not kinds.isdisjoint((b"irot", b"imir"))
        return 1 if is_turned else image.info.get("original_orientation") or 1
    return orientation_of(exif_of(content) or image.info.get("exif") or b"")


def _decoded(image: Image.Image, content: bytes, size: tuple[int, int]) -> Image.Image:
    """The picture, of a JPEG at the least scale that has this size."""
    try:
        return _loaded(image, size)
    except Exception as error:
        reason = _unusable(error, "cannot be decoded")
        if image.format in ("JPEG", "MPO") and not reason.transient:
            with contextlib.suppress(OSError):
                if whole := _without_end(content, size):
                    return whole
        raise reason from None


def _loaded(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    image.draft(None, size)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image.load()
    return image


def _without_end(content: bytes, size: tuple[int, int]) -> Image.Image | None:
    """A JPEG that is whole but for the marker of its end, as panoramas of Galaxy phones are.

    It is whole where whatever follows changes nothing; None where the picture itself is cut off.
    """
    end = b"\xff\xd9"
    one, other = (
        _loaded(Image.open(io.BytesIO(content + noise + end), formats=["JPEG"]), size)
        for noise in (b"", bytes(range(255)) * 8)
    )
    return None if ImageChops.difference(one, other).getbbox() else one


def _unusable(error: Exception, otherwise: str) -> Unusable:
    """The reason; trouble with memory is no fault of the photo."""
    if isinstance(error, MemoryError) or "memory" in str(error).lower():
        return Unusable("needs more memory than there is", transient=True)
    if "truncated" in str(error) or isinstance(error, EOFError):
        return Unusable("is cut off: the file ends within the picture")
    return Unusable(otherwise)


def _eight_bit(image: Image.Image) -> Image.Image:
    """The picture with 8 bits a channel, so that it can be resized."""
    if image.mode.startswith("I") or image.mode == "F":
        by = 255 / _white(image)
        deep = image.convert("F")
        return deep.point(lambda value: value * by + 0.5).convert("L")
    if image.mode == "1":
        return image.convert("L")
    if image.mode in ("P", "PA"):
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    if image.mode in ("L", "RGB") and image.has_transparency_data:
        return image.convert("RGBA")  # one colour stands for transparent
    return image


def _white(image: Image.Image) -> float:
    """The value of white in a picture of more than 8 bits."""
    if image.mode.startswith("I;16"):
        return 65_535.0
    most = float(image.getextrema()[1])  # type: ignore[arg-type]  # one band
    return (
        next(white for white in (1.0, 255.0, 65_535.0, float("inf")) if most <= white)
        if (most <= 65_535)
        else most
    )


def _resized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    if image.size == size:
        return image
    # A reducing gap makes large pictures small in two steps, at a third of the time.
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image
    rgba = image.convert("RGBA")
    white = Image.new("RGBA", rgba.size, "white")
    return Image.alpha_composite(white, rgba).convert("RGB")


def _encoded(
    image: Image.Image, sizes: list[tuple[int, int]], jpeg_size: tuple[int, int]
) -> Rendered:
    """All renditions, each made from the next larger one."""
    files, jpeg = [], b""
    for size in reversed(sizes):
        if not jpeg and size < jpeg_size:
            jpeg = _saved(_resized(image, jpeg_size), "JPEG", quality=_JPEG_QUALITY, optimize=True)
        image = _resized(image, size)
        files.append(_saved(image, "WEBP", quality=_QUALITY, method=_METHOD))
    jpeg = jpeg or _saved(_resized(image, jpeg_size), "JPEG", quality=_JPEG_QUALITY, optimize=True)
    return Rendered(files[::-1], jpeg, _placeholder(image))


def _saved(image: Image.Image, kind: str, **options: int) -> bytes:
    clean = image.copy()
    clean.info.clear()
    out = io.BytesIO()
    clean.save(out, kind, **options)
    return out.getvalue()


def _placeholder(image: Image.Image) -> str:
    small = image.resize(_within(*image.size, 100)).convert("RGBA")
    hashed = bytes(thumbhash.rgba_to_thumb_hash(small.width, small.height, small.tobytes()))
    return base64.b64encode(hashed).decode()
