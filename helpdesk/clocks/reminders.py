"""Decides when people are reminded of a deadline: at half and at four fifths of the limit, and after it was missed."""

from __future__ import annotations

from datetime import datetime, timedelta

from helpdesk import worktime
from helpdesk.clocks.calendars import calendar_of
from helpdesk.models import TicketClock
from helpdesk.worktime import Calendar, Limit

BEFORE = (0.5, 0.8)
AFTER = 3
_PAUSE = Limit.parse("1bd")


def length(calendar: Calendar, start: datetime, due: datetime) -> int:
    """Return the working seconds from `start` to the first due time: what the marks are fractions of."""
    return round(worktime.between(calendar, start, due).total_seconds())


def next_reminder(clock: TicketClock, at: datetime) -> datetime | None:
    """Return when the clock, which runs, is to remind next, after `at`; None when all reminders are spent.

    Marks that lie before `at` are skipped and counted in `clock.reminded`. After the due time there are up to three
    reminders, a business day apart.
    """
    if clock.due_at is None:
        return None
    calendar = calendar_of(clock.calendar)
    while clock.reminded < len(BEFORE):
        rest = timedelta(seconds=clock.length * (1 - BEFORE[clock.reminded]))
        mark = worktime.subtract_working(calendar, clock.due_at, rest)
        if mark > at:
            return mark
        clock.reminded += 1
    if clock.reminded < len(BEFORE) + AFTER:
        return worktime.add(calendar, max(at, clock.due_at), _PAUSE)
    return None
