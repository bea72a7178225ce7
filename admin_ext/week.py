"""Decides how a calendar is shown at a glance: a bar for each weekday, a year of days, and when a request would be due."""

from __future__ import annotations

import calendar as almanac
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from admin_ext.drafts import Draft
from admin_ext.forms.calendars import WEEKDAYS
from helpdesk import worktime
from helpdesk.clocks import limit_words
from helpdesk.worktime import Limit

SAMPLES = tuple(Limit.parse(text) for text in ("4h", "1bd", "2bd", "3d"))


@dataclass(frozen=True)
class DayBar:
    """The hours of one weekday: in words, and as minutes for the picture."""

    name: str
    text: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Day:
    """A day of the year: `sort` is work, rest, off (closed for once) or extra (open for once); `hint` says why."""

    number: int
    sort: str
    hint: str


@dataclass(frozen=True)
class Month:
    """A month: its name, the weekday of its first day (0 is Monday), its days."""

    name: str
    first: int
    days: tuple[Day, ...]


@dataclass(frozen=True)
class Look:
    """What the page of a calendar shows of it: the week, the year, and when requests registered `at` would be due."""

    at: datetime
    due: tuple[str, datetime]
    others: tuple[tuple[str, datetime], ...]
    days: tuple[DayBar, ...]
    months: tuple[Month, ...]


def look(draft: Draft, *, at: datetime, limit: Limit, year: int) -> Look:
    """Return the look of a calendar in `year`, with the due times of `limit` and of usual limits, in its own zone.

    Raises worktime.NoWorkingTime when the calendar has too little working time for the limit.
    """
    due = [
        (limit_words(each), worktime.add(draft.calendar, at, each).astimezone(draft.zone))
        for each in (limit, *(sample for sample in SAMPLES if sample != limit))
    ]
    days = tuple(_bar(str(name), draft.calendar.week[number]) for number, name in WEEKDAYS)
    months = () if draft.calendar.always_open else tuple(_month(draft, year, number) for number in MONTHS)
    return Look(at.astimezone(draft.zone), due[0], tuple(due[1:]), days, months)


def _bar(name: str, hours: worktime.Intervals) -> DayBar:
    return DayBar(name, _hours(hours) or _("closed"), tuple((start, end - start) for start, end in hours))


def _month(draft: Draft, year: int, number: int) -> Month:
    first, length = almanac.monthrange(year, number)
    days = tuple(_day(draft, date(year, number, day + 1)) for day in range(length))
    return Month(str(MONTHS[number]).capitalize(), first, days)


def _day(draft: Draft, day: date) -> Day:
    hours, usual = draft.calendar.hours_of(day), draft.calendar.week[day.weekday()]
    if day not in draft.calendar.exceptions:
        return Day(day.day, "work" if usual else "rest", "")
    said = [date_format(day, "j E"), draft.notes.get(day, ""), _hours(hours) or _("closed")]
    return Day(day.day, "extra" if hours else "off", " · ".join(filter(None, said)))


def _hours(hours: worktime.Intervals) -> str:
    return ", ".join(f"{_clock(start)}–{_clock(end)}" for start, end in hours)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
