"""Decides how a calendar is shown at a glance: a bar for each weekday, and when requests registered now would be due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from admin_ext.forms.records import WEEKDAYS
from helpdesk import worktime
from helpdesk.clocks import calendar_of, limit_words
from helpdesk.models import WorkCalendar
from helpdesk.moment import now
from helpdesk.worktime import Limit

SAMPLES = ("4h", "1bd", "2bd", "3d")


@dataclass(frozen=True)
class DayBar:
    """The hours of one weekday: in words, and as shares of the day for the picture."""

    name: str
    text: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Week:
    """What the page of a calendar shows above its form."""

    days: tuple[DayBar, ...]
    samples: tuple[tuple[str, datetime], ...]


def week_of(calendar: WorkCalendar) -> Week | None:
    """Return the week of `calendar` and what limits would mean if they began now; None when it has no hours."""
    try:
        counted = calendar_of(calendar)
        at = now()
        samples = tuple((limit_words(limit), worktime.add(counted, at, limit)) for limit in map(Limit.parse, SAMPLES))
    except worktime.NoWorkingTime:
        return None
    days = []
    for number, name in WEEKDAYS:
        hours = counted.week[number]
        text = ", ".join(f"{_clock(start)}–{_clock(end)}" for start, end in hours) or _("closed")
        days.append(DayBar(str(name), text, tuple((start, end - start) for start, end in hours)))
    return Week(tuple(days), samples)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
