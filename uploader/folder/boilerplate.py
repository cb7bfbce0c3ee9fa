"""What cameras, phones and programs write into every file: no caption, no credit and no licence.

The texts are those that PhotoPrism leaves out, and others found in the wild (2026-11).
"""

from __future__ import annotations

import re

__all__ = ["without_boilerplate"]

_MAKERS = (
    "acer|agfa|aiptek|benq|canon|casio|concord|epson|fuji|fujifilm|general imaging|hp|jenoptik|jvc"
    "|kodak|konica|kyocera|leica|medion|minolta|nikon|olympus|panasonic|pentax|polaroid|praktica"
    "|premier|ricoh|rollei|samsung|sanyo|sigma|sony|toshiba|traveler|vivitar|yakumo"
)
_SUFFIXES = "jpe?g|jpe|heic|heif|hif|png|tiff?|webp|avif|gif|bmp|dng|cr[23]|nef|arw|orf|raf|rw2"
# Modes of Huawei's and Honor's cameras.
_MODES = (
    "rhdr|hdrpl|oznor|oznorwo|frontbhdp|fbt|rbt|ptr|fbthdr|btr|mon|nor|dav|mde|mde_soft|edf|btfmdn"
    "|btf|btfhdr|frem|rpt|burst|sdr_hdrb|cof|qrf|fshbty|ozedf|hrhdr|sdr|hdr|vhdr|maker|cah|fznor"
)
_BOILERPLATE = re.compile(
    rf"(({_MAKERS})\b[\w ,.-]*)?digital (still )?camera( *\w+)?"
    rf"|({_MAKERS}) (dsc|dslr|camera pictures)"
    r"|samsung|dcf ?\d\.\d|dcim[\\/]\S*|<.*>|\{.*\}|scanner|screenshot|untitled|default|\W*"
    r"|exif[_ ]jpeg[_ ](picture|t422)|binary comment|charset=\w+|ascii|unicode|jfif|applemark\W*"
    r"|created (by|with) (imlib|(the )?gimp).*|iclarified|picasa|dvc 10.1 hdmi|gcm_tag|hisilicon.*"
    r"|mediatek.*|filter: ?\d.*|\(c\) by \w*-?\w* user|((copyright|©|\(c\))\W*)+\d{0,4}\W*"
    r"|unknown|unbekannt|n/a"
    r"|(creator: gd-jpeg|lead technologies|file (written|source) by|intel\(r\)|jpeg encoder|lavc"
    r"|acd systems|optimized by|compressed by|processed by|handmade software|created by acdsee).*"
    rf"|[\w()+-]+\.({_SUFFIXES})|(img|dsc[nf]?|pict|_mg|mvi|gopr|pxl|dji|sam|cimg|imgp|p)[_-]?\d"
    rf"{{3,}}[\w-]*|{_MODES}",
    re.IGNORECASE,
)


def without_boilerplate(text: str) -> str:
    """The text, or nothing where a machine wrote it."""
    return "" if _BOILERPLATE.fullmatch(text) else text
