"""Decides which stretch of time a report is about, and which one it is compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import groupby

from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from helpdesk.moment import now

LONGEST_DAYS = 731
# A period of more days than the first is told by week, one of more than the second by month.
TOLD_BY_DAY, TOLD_BY_WEEK = 62, 190
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
        return [self.first + timedelta(days=number) for number in range(self.length)]

    @property
    def length(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def grain(self) -> str:
        """What one table can tell of the period: its days ("day"), its weeks ("week"), of a long one its months ("month")."""
        return "day" if self.length <= TOLD_BY_DAY else "week" if self.length <= TOLD_BY_WEEK else "month"

    def weeks(self) -> list[Period]:
        """Return the weeks from Monday to Sunday, the first and the last as long as they are in the period."""
        return [_days(first, last, self.last.year) for first, last in self._bounds(lambda day: day.isocalendar()[:2])]

    def months(self) -> list[Period]:
        """Return the months, the first and the last as long as they are in the period."""
        return [
            replace(month_of(first), first=first, last=last, query=_from_to(first, last))
            for first, last in self._bounds(lambda day: (day.year, day.month))
        ]

    def _bounds(self, key: Callable[[date], tuple[int, int]]) -> list[tuple[date, date]]:
        parts = [list(days) for _key, days in groupby(self.days(), key=key)]
        return [(days[0], days[-1]) for days in parts]

    def before(self) -> Period:
        """Return the month, quarter or year before, or as many days before."""
        day_before, kind = self.first - timedelta(days=1), self.query.partition("=")[0]
        if kind in _OF:
            return _OF[kind](day_before)
        return between(self.first - timedelta(days=self.length), day_before)

    def so_far(self) -> Period | None:
        """Return the days of a period that is running, today the last of them; None for one that is over or to come."""
        today = _today()
        return _days(self.first, today, self.first.year) if self.first <= today <= self.last else None

    def beside(self) -> Period:
        """Return what the period is compared with: the one before; while it is running, as many days of that one, or all
        of them where it has no more.
        """
        before, so_far = self.before(), self.so_far()
        if so_far is None:
            return before
        last = min(before.first + (so_far.last - so_far.first), before.last)
        return _days(before.first, last, self.first.year)

    def after(self) -> Period:
        """Return the period that begins when this one ends: the next month, quarter or year, or as many days."""
        following, kind = self.last + timedelta(days=1), self.query.partition("=")[0]
        if kind in _OF:
            return _OF[kind](following)
        return between(following, self.last + timedelta(days=self.length))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _today() -> date:
    return timezone.localtime(now()).date()


def day_of(day: date) -> Period:
    """Return `day` alone."""
    return _day(day, get_language())


@lru_cache(maxsize=1000)
def _day(day: date, _language: str | None) -> Period:
    return Period(day, day, _from_to(day, day), date_format(day, "SHORT_DATE_FORMAT"))


def month_of(day: date) -> Period:
    """Return the month `day` is in."""
    return _month(day.year, day.month, get_language())


@lru_cache(maxsize=500)
def _month(year: int, number: int, _language: str | None) -> Period:
    """Return a month, called as in `_language`. A page has a hundred of them."""
    first = date(year, number, 1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return Period(first, last, f"month={first:%Y-%m}", f"{MONTHS[number]} {year}")


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
    return Period(first, last, _from_to(first, last), label)


def _from_to(first: date, last: date) -> str:
    return f"from={first.isoformat()}&to={last.isoformat()}"


def _days(first: date, last: date, year: int) -> Period:
    """Return days that are named beside others of `year`: "1–25 October", with the year where it is another one."""
    label = date_format(last, "j E" if last.year == year else "j E Y")
    if (first.year, first.month) != (last.year, last.month):
        label = f"{date_format(first, 'j E' if first.year == last.year else 'j E Y')} – {label}"
    elif first != last:
        label = f"{first.day}–{label}"
    return Period(first, last, _from_to(first, last), label)


def read(values: Mapping[str, str]) -> Period:
    """Return the period an address asks for; this month when it asks for none or for nonsense."""
    try:
        asked = _asked(values)
    except (ValueError, OverflowError):
        asked = None
    # The period before and the midnight after have to be dates as well.
    if asked is None or not EARLIEST <= asked.first.year <= LATEST:
        return month_of(_today())
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
