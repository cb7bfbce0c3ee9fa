"""When a photo was taken, as exactly as it is known, from `2017` to `2017-08-14T18:03`.

Local time as the camera saw it: zones and seconds are dropped, never converted. What is no date is
None.
"""

from __future__ import annotations

import re
from datetime import datetime

__all__ = ["EXAMPLES", "parse_date"]

EXAMPLES = "2017, 2017-08, 2017-08-14, 2017-08-14T18:03, Aug 2017 or 14 August 2017"

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMES = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
)
_FORMS = tuple(
    re.compile(form + r"\s*\Z", re.IGNORECASE | re.ASCII)
    for form in (
        r"\s*(?P<year>\d{4})(?:[-:](?P<month>\d\d?)(?:[-:](?P<day>\d\d?)"
        r"(?:[T ]\s*(?P<hour>\d\d):(?P<minute>\d\d)"
        r"(?::\d\d(?:[.,]\d+)?)?\s*(?:Z|[+-]\d\d:?\d\d)?)?)?)?",
        r"\s*(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)",
        rf"\s*(?:(?P<day>\d\d?)(?:st|nd|rd|th)?\.?\s+)?(?P<name>{_NAMES})\.?,?\s+(?P<year>\d{{4}})",
        rf"\s*(?P<name>{_NAMES})\.?\s+(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})",
    )
)
# The oldest surviving photograph is of 1826; camera clocks that lost their battery say 0000.
_YEARS = range(1826, 2101)


def parse_date(text: str) -> str | None:
    """Read a date as people and cameras write it; the answer is as precise as the text.

    Of EXIF come `2017:08:14 18:03:22`, and `0000:00:00 00:00:00` for a clock that was never set.
    """
    for form in _FORMS:
        if found := form.match(text):
            return _written(found.groupdict())
    return None


def _written(parts: dict[str, str | None]) -> str | None:
    year, month = int(parts["year"] or 0), _month(parts)
    day, hour = int(parts.get("day") or 1), int(parts.get("hour") or 0)
    minute = int(parts.get("minute") or 0)
    try:
        moment = datetime(year, 1 if month is None else month, day, hour, minute)  # noqa: DTZ001 - a camera knows no zone
    except ValueError:
        return None
    if moment.year not in _YEARS:
        return None
    return moment.isoformat(timespec="minutes")[: _length(parts)]


def _month(parts: dict[str, str | None]) -> int | None:
    if name := parts.get("name"):
        return _MONTHS.index(name[:3].lower()) + 1
    month = parts.get("month")
    return int(month) if month else None


def _length(parts: dict[str, str | None]) -> int:
    if parts.get("hour"):
        return len("2017-08-14T18:03")
    if parts.get("day"):
        return len("2017-08-14")
    return len("2017-08") if _month(parts) else len("2017")
