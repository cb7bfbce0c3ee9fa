"""From the colours that a file means to 8-bit sRGB, as a browser shows them on an ordinary screen.

Of what a file says of its colours the first counts: CICP code points of PNG, an ICC profile, code
points of AVIF and HEIF, gamma and chromaticities of PNG. What says nothing is sRGB. High dynamic
range (PQ, HLG) is mapped to the range of the screen; everything else goes through LittleCMS.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from functools import cache
from itertools import takewhile
from typing import NamedTuple

from PIL import Image, ImageCms, ImageFilter

from uploader.folder.containers import png_chunks, primary_properties

__all__ = ["Encoding", "encoding_of", "to_srgb"]

_Pair = tuple[float, float]
_Matrix = Sequence[Sequence[float]]

_D65 = (0.3127, 0.329)
_BT709 = ((0.64, 0.33), (0.3, 0.6), (0.15, 0.06), _D65)
_BT2020 = ((0.708, 0.292), (0.17, 0.797), (0.131, 0.046), _D65)
# Rec. ITU-T H.273, table 2: red, green, blue, white.
_PRIMARIES: dict[int, tuple[_Pair, _Pair, _Pair, _Pair]] = {
    4: ((0.67, 0.33), (0.21, 0.71), (0.14, 0.08), (0.31, 0.316)),
    5: ((0.64, 0.33), (0.29, 0.6), (0.15, 0.06), _D65),
    6: ((0.63, 0.34), (0.31, 0.595), (0.155, 0.07), _D65),
    7: ((0.63, 0.34), (0.31, 0.595), (0.155, 0.07), _D65),
    9: _BT2020,
    11: ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06), (0.314, 0.351)),
    12: ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06), _D65),
}
_SRGB, _PQ, _HLG = 13, 16, 18
# Exponents of H.273's table 3; video's own curve is shown as 2.4, as BT.1886 has it.
_GAMMAS = {1: 2.4, 4: 2.2, 5: 2.8, 6: 2.4, 8: 1.0, 14: 2.4, 15: 2.4}
# In AVIF and HEIF Chromium takes video's curve for sRGB (tried with 156, 2026-11).
_VIDEO = frozenset((1, 2, 6, 14, 15))

_NITS_OF_WHITE = 203.0  # ITU-R BT.2408: where HDR puts the white of paper
_HEADROOM = 1000 / _NITS_OF_WHITE  # of a picture that does not say how it was mastered
_GRID = 49  # points along each side of the table; 33 are off by up to 5/255 near white


class Encoding(NamedTuple):
    """What RGB values mean: `primaries` as x and y of red, green, blue and white.

    `transfer` is a code point of H.273, or an exponent.
    """

    primaries: tuple[_Pair, _Pair, _Pair, _Pair]
    transfer: int | float


def encoding_of(image: Image.Image, content: bytes) -> Encoding | bytes | None:
    """What a file says of its colours: an encoding, an ICC profile, or None for sRGB."""
    profile: bytes = image.info.get("icc_profile") or b""
    if image.format == "PNG":
        try:
            return _of_png(image, content, profile)
        except (ValueError, ArithmeticError, struct.error):
            return profile or None
    if image.format in ("AVIF", "HEIF") and not profile:
        primaries, transfer = _code_points(content)
        known = _SRGB if transfer in _VIDEO else _GAMMAS.get(transfer, transfer)
        return _encoding(primaries, known)
    return profile or None


def _code_points(content: bytes) -> tuple[int, int]:
    """Colour primaries and transfer characteristics (H.273) of AVIF and HEIF; 2 is unspecified."""
    for kind, value in primary_properties(content):
        if kind == b"colr" and value[:4] == b"nclx" and len(value) >= 8:
            primaries, transfer = struct.unpack_from(">HH", value, 4)
            return primaries, transfer
    return 2, 2


def _of_png(image: Image.Image, content: bytes, profile: bytes) -> Encoding | bytes | None:
    chunks = _before_the_picture(content)
    if len(chunks.get(b"cICP", b"")) == 4:
        primaries, transfer, *_ = chunks[b"cICP"]
        return _encoding(primaries, _GAMMAS.get(transfer, transfer))
    if profile or b"sRGB" in chunks or not (gamma := image.info.get("gamma")):
        return profile or None
    white, red, green, blue = _points(image.info.get("chromaticity"))
    points = (red, green, blue, white)
    # With sRGB's primaries a gamma of 1/2.2 means sRGB's own curve, as Chromium has it.
    is_srgb = points == _BT709 and abs(gamma - 0.45455) < 0.001
    return _encoding_or_none(Encoding(points, _SRGB if is_srgb else 1 / gamma))


def _before_the_picture(content: bytes) -> dict[bytes, bytes]:
    """The chunks of a PNG file that stand before its pixels, where all of colour must be."""
    return dict(takewhile(lambda chunk: chunk[0] != b"IDAT", png_chunks(content)))


def _points(chromaticity: tuple[float, ...] | None) -> tuple[_Pair, ...]:
    red, green, blue, white = _BT709
    if not chromaticity:
        return white, red, green, blue
    x, y = chromaticity[::2], chromaticity[1::2]
    return tuple(zip(x, y, strict=True))


def _encoding(primaries: int, transfer: float) -> Encoding | None:
    known = transfer in (_SRGB, _PQ, _HLG) or isinstance(transfer, float)
    return _encoding_or_none(
        Encoding(_PRIMARIES.get(primaries, _BT709), transfer if known else _SRGB)
    )


def _encoding_or_none(encoding: Encoding) -> Encoding | None:
    return None if encoding == Encoding(_BT709, _SRGB) else encoding


def to_srgb(image: Image.Image, encoding: Encoding | bytes | None) -> Image.Image:
    """A picture of 8 bits a channel, without alpha, as RGB in sRGB."""
    if isinstance(encoding, Encoding):
        image = image.convert("RGB")
        if encoding.transfer in (_PQ, _HLG):
            return image.filter(_tone_mapping(encoding))
    if encoding:
        image = _converted(image, encoding)
    return image if image.mode == "RGB" else image.convert("RGB")


def _converted(image: Image.Image, encoding: Encoding | bytes) -> Image.Image:
    """Through a profile to sRGB.

    A profile that does not fit the picture, or is none, is left out, as browsers do.
    """
    srgb = ImageCms.createProfile("sRGB")
    try:
        profile = _profile(encoding) if isinstance(encoding, Encoding) else encoding
        return (
            ImageCms.profileToProfile(image, io.BytesIO(profile), srgb, outputMode="RGB") or image
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError, ArithmeticError, struct.error):
        return image


@cache
def _profile(encoding: Encoding) -> bytes:
    """An ICC profile of matrix and curve (ICC.1:2010, 8.3) that says what the encoding says."""
    to_xyz = _product(_adaptation(encoding.primaries[3]), _matrix(encoding.primaries))
    tags = {
        name: b"XYZ \0\0\0\0" + b"".join(_fixed(row[at]) for row in to_xyz)
        for at, name in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))
    }
    if encoding.transfer == _SRGB:
        curve = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
        parametric = b"para\0\0\0\0\0\3\0\0" + b"".join(map(_fixed, curve))
    else:
        parametric = b"para\0\0\0\0\0\0\0\0" + _fixed(encoding.transfer)
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), parametric)
    tags[b"wtpt"] = b"XYZ \0\0\0\0" + b"".join(map(_fixed, (0.9642, 1.0, 0.8249)))
    at, table, data = 132 + 12 * len(tags), b"", b""
    for name, content in tags.items():
        table += struct.pack(">4sII", name, at + len(data), len(content))
        data += content
    kinds = (b"mntr", b"RGB ", b"XYZ ", b"acsp")
    head = struct.pack(">I4xI4s4s4s12x4s", at + len(data), 0x02400000, *kinds)
    head = head.ljust(68, b"\0") + struct.pack(">III", 0xF6D6, 0x10000, 0xD32D)  # D50
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + data


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


@cache
def _tone_mapping(encoding: Encoding) -> ImageFilter.Color3DLUT:
    """A table from PQ or HLG to sRGB: the reference white tone mapping of SMPTE ST 2094-50.

    Chromium does the same (within 1/255 of its greys, 156, 2026-11). It is done in BT.2020, by the
    largest of the three values, so that hues stay.
    """
    to_2020 = _product(_inverse(_matrix(_BT2020)), _matrix(encoding.primaries))
    to_709 = _product(_inverse(_matrix(_BT709)), _matrix(_BT2020))
    decode = _from_pq if encoding.transfer == _PQ else _from_hlg
    steps = [decode(at / (_GRID - 1)) for at in range(_GRID)]

    def mapped(red: float, green: float, blue: float) -> list[float]:
        light = [red, green, blue]
        if encoding.transfer == _HLG:
            # ITU-R BT.2100: the system's gamma of a display of 1,000 cd/m².
            scene = 0.2627 * red + 0.678 * green + 0.0593 * blue
            light = [value * scene**0.2 * _HEADROOM for value in light]
        wide = _times(to_2020, light)
        most = max(wide)
        gain = _tone(most) / most if most > 0 else 0.0
        return [_to_code(value * gain) for value in _times(to_709, wide)]

    table = [
        value
        for blue in steps
        for green in steps
        for red in steps
        for value in mapped(red, green, blue)
    ]
    return ImageFilter.Color3DLUT(_GRID, table)


def _from_pq(code: float) -> float:
    """SMPTE ST 2084; 1 is the white of paper."""
    power = code ** (32 / 2523)
    light = max(power - 3424 / 4096, 0) / (2413 / 128 - 2392 / 128 * power)
    return float(10_000 * light ** (16384 / 2610)) / _NITS_OF_WHITE


def _from_hlg(code: float) -> float:
    """ITU-R BT.2100, inverse of the OETF: light of the scene, up to 1."""
    if code <= 0.5:
        return code * code / 3
    return float(2.718281828459045 ** ((code - 0.55991073) / 0.17883277) + 0.28466892) / 12


def _tone(light: float) -> float:
    """Half up to the white of paper, then a parabola to the white of the screen at 1,000 cd/m²."""
    if light <= 1:
        return light / 2
    if light >= _HEADROOM:
        return 1.0
    bend_x, bend_y = 0.35 + 0.65 * 2, 0.35 * 0.5 + 0.65
    a, b, c = 1 - 2 * bend_x + _HEADROOM, 2 * (bend_x - 1), 1 - light
    t = float((-b + (b * b - 4 * a * c) ** 0.5) / (2 * a))
    return (1 - t) ** 2 / 2 + 2 * t * (1 - t) * bend_y + t * t


def _to_code(light: float) -> float:
    light = min(max(light, 0.0), 1.0)
    return 12.92 * light if light <= 0.0031308 else float(1.055 * light ** (1 / 2.4) - 0.055)


def _matrix(primaries: tuple[_Pair, ...]) -> _Matrix:
    """RGB to XYZ (SMPTE RP 177)."""
    columns = [(x / y, 1.0, (1 - x - y) / y) for x, y in primaries[:3]]
    x, y = primaries[3]
    raw = tuple(zip(*columns, strict=True))
    scale = _times(_inverse(raw), [x / y, 1.0, (1 - x - y) / y])
    return tuple(tuple(value * by for value, by in zip(row, scale, strict=True)) for row in raw)


def _adaptation(white: _Pair) -> _Matrix:
    """From a white point to the D50 of ICC profiles, by Bradford."""
    bradford = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))
    x, y = white
    source = _times(bradford, [x / y, 1.0, (1 - x - y) / y])
    target = _times(bradford, [0.9642, 1.0, 0.8249])
    ratio = [to / of for to, of in zip(target, source, strict=True)]
    scaled = [[value * by for value in row] for row, by in zip(bradford, ratio, strict=True)]
    return _product(_inverse(bradford), scaled)


def _times(matrix: _Matrix, vector: list[float]) -> list[float]:
    one, two, three = vector
    return [row[0] * one + row[1] * two + row[2] * three for row in matrix]


def _product(left: _Matrix, right: _Matrix) -> _Matrix:
    columns = [_times(left, list(column)) for column in zip(*right, strict=True)]
    return tuple(zip(*columns, strict=True))


def _inverse(matrix: _Matrix) -> _Matrix:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    by = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    return (
        ((e * i - f * h) / by, (c * h - b * i) / by, (b * f - c * e) / by),
        ((f * g - d * i) / by, (a * i - c * g) / by, (c * d - a * f) / by),
        ((d * h - e * g) / by, (b * g - a * h) / by, (a * e - b * d) / by),
    )
