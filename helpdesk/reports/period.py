"""Decides which stretch of time a report is about, and which one it is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from helpdesk.moment import now

LONGEST_DAYS = 731
EARLIEST, LATEST = 1970, 9000


@dataclass(frozen=True)
class Period:
    """Whole days from `first` to `last`, in the time zone of the reader. `query` is how the address says it."""

    first: date
    last: date
    query: str
    label: str

    @property
    def start(self) -> datetime:
        """The beginning of the first day."""
        return _midnight(self.first)

    @property
    def end(self) -> datetime:
        """The beginning of the day after the last."""
        return _midnight(self.last + timedelta(days=1))

    def days(self) -> list[date]:
        """Return every day of the period."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]

    def before(self) -> Period:
        """Return the period to compare with: the month, quarter or year before, or as many days before."""
        day_before, kind = self.first - timedelta(days=1), self.query.partition("=")[0]
        if kind in _OF:
            return _OF[kind](day_before)
        return between(self.first - timedelta(days=len(self.days())), day_before)

    def after(self) -> Period:
        """Return the period that begins when this one ends: the next month, quarter or year, or as many days."""
        following, kind = self.last + timedelta(days=1), self.query.partition("=")[0]
        if kind in _OF:
            return _OF[kind](following)
        return between(following, self.last + timedelta(days=len(self.days())))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def month_of(day: date) -> Period:
    """Return the month `day` is in."""
    first = day.replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return Period(first, last, f"month={first:%Y-%m}", f"{MONTHS[first.month]} {first.year}")


def quarter_of(day: date) -> Period:
    """Return the quarter `day` is in."""
    number = (day.month - 1) // 3
    first = date(day.year, number * 3 + 1, 1)
    last = month_of(date(day.year, number * 3 + 3, 1)).last
    label = _("quarter %(number)d of %(year)d") % {"number": number + 1, "year": day.year}
    return Period(first, last, f"quarter={day.year}-{number + 1}", label)


def year_of(day: date) -> Period:
    """Return the year `day` is in."""
    return Period(date(day.year, 1, 1), date(day.year, 12, 31), f"year={day.year}", str(day.year))


_OF = {"month": month_of, "quarter": quarter_of, "year": year_of}


def between(first: date, last: date) -> Period:
    """Return the days from `first` to `last`, in whichever order they come; two years at most."""
    first, last = min(first, last), max(first, last)
    last = min(last, first + timedelta(days=LONGEST_DAYS))
    label = f"{date_format(first, 'SHORT_DATE_FORMAT')} – {date_format(last, 'SHORT_DATE_FORMAT')}"
    return Period(first, last, f"from={first.isoformat()}&to={last.isoformat()}", label)


def read(values: Mapping[str, str]) -> Period:
    """Return the period an address asks for; this month when it asks for none or for nonsense."""
    try:
        asked = _asked(values)
    except (ValueError, OverflowError):
        asked = None
    # The period before and the midnight after have to be dates as well.
    if asked is None or not EARLIEST <= asked.first.year <= LATEST:
        return month_of(timezone.localtime(now()).date())
    return asked


def _asked(values: Mapping[str, str]) -> Period | None:
    if values.get("from") and values.get("to"):
        return between(date.fromisoformat(values["from"]), date.fromisoformat(values["to"]))
    if values.get("year"):
        return year_of(date(int(values["year"]), 1, 1))
    if values.get("quarter"):
        year, number = values["quarter"].split("-")
        return quarter_of(date(int(year), int(number) * 3, 1))
    if values.get("month"):
        return month_of(date.fromisoformat(f"{values['month']}-01"))
    return None
