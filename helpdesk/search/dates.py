"""Decides which day a query names: `24.11.2026` or `2026-11-24`, whatever words stand around it."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from django.utils import timezone

_DATE = re.compile(r"(?<![\w.])(?:(\d{1,2})\.(\d{1,2})\.(\d{4})|(\d{4})-(\d{2})-(\d{2}))(?![\w-])")


def day_of(query: str) -> tuple[date, str] | None:
    """Return the first day that `query` names and the rest of its words, or None when it names none."""
    for found in _DATE.finditer(query):
        day, month, year, year_first, month_first, day_first = found.groups()
        try:
            named = date(int(year or year_first), int(month or month_first), int(day or day_first))
        except ValueError:
            continue
        if 1900 < named.year < 9999:
            return named, f"{query[: found.start()]} {query[found.end() :]}".strip()
    return None


def bounds(day: date) -> tuple[datetime, datetime]:
    """Return when `day` begins and ends by the clock of the reader; the end is not of it any more."""
    zone = timezone.get_current_timezone()
    first, following = (datetime.combine(each, time(), tzinfo=zone) for each in (day, day + timedelta(days=1)))
    return first, following
