"""When a photo was taken, as exactly as it is known, from `2017` to `2017-08-14T18:03`.

Local time as the camera saw it: zones and seconds are dropped, never converted. What is no date is
None.
"""

from __future__ import annotations

import re
from datetime import datetime

__all__ = ["EXAMPLES", "parse_date"]

EXAMPLES = "2017, 2017-08, 2017-08-14, 2017-08-14T18:03, 14.8.2017, Aug 2017 or 14 August 2017"

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMES = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
)
_FORMS = tuple(
    re.compile(rf"\s*(?:{form})\s*\Z", re.IGNORECASE | re.ASCII)
    for form in (
        # Exif and IPTC have blanks or zeros for what is not known.
        r"(?P<year>\d{4})(?:[-:](?P<month>\d\d?|\s*)(?:[-:](?P<day>\d\d?|\s*)"
        r"(?:[T ]\s*(?P<hour>\d\d):(?P<minute>\d\d)"
        r"(?::\d\d(?:[.,]\d+)?)?\s*(?:Z|[+-]\d\d:?\d\d)?|\s*:\s*:\s*)?)?)?",
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)",
        r"(?:circa|ca\.?|c\.?|about|around|um)\s*(?P<year>\d{4})",
        r"(?P<year>\d{3}0)'?s",
        r"(?P<day>\d\d?)\.\s*(?P<month>\d\d?)\.\s*(?P<year>\d{4})",
        rf"(?:(?P<day>\d\d?)(?:st|nd|rd|th)?\.?\s+)?(?P<name>{_NAMES})\.?,?\s+(?P<year>\d{{4}})",
        rf"(?P<name>{_NAMES})\.?\s+(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})",
    )
)
# The oldest surviving photograph is of 1826; camera clocks that lost their battery say 0000.
_YEARS = range(1826, 2101)


def parse_date(text: str) -> str | None:
    """Read a date as people and cameras write it; the answer is as precise as the text.

    Of EXIF come `2017:08:14 18:03:22`, and `0000:00:00 00:00:00` for a clock that was never set.
    Of “circa 1950” and “1950s” the year remains.
    """
    for form in _FORMS:
        if found := form.match(text):
            return _written(found.groupdict())
    return None


def _written(parts: dict[str, str | None]) -> str | None:
    """As ISO 8601, up to the first part that is unknown."""
    numbers = [int(parts["year"] or 0), _month(parts), _number(parts, "day")]
    known = numbers[: numbers.index(0)] if 0 in numbers else numbers
    year, month, day = (*known, *[1] * (3 - len(known)))
    has_time = len(known) == 3 and bool((parts.get("hour") or "").strip())
    hour, minute = (_number(parts, "hour"), _number(parts, "minute")) if has_time else (0, 0)
    try:
        moment = datetime(year, month, day, hour, minute)  # noqa: DTZ001 - a camera knows no zone
    except ValueError:
        return None
    if not known or moment.year not in _YEARS:
        return None
    length = len("2017-08-14T18:03") if has_time else len("2017-08-14") - 3 * (3 - len(known))
    return moment.isoformat(timespec="minutes")[:length]


def _number(parts: dict[str, str | None], name: str) -> int:
    return int((parts.get(name) or "").strip() or 0)


def _month(parts: dict[str, str | None]) -> int:
    if name := parts.get("name"):
        return _MONTHS.index(name[:3].lower()) + 1
    return _number(parts, "month")
