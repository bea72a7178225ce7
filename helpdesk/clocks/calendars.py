"""Decides which calendar counts: it turns calendar rows into `worktime.Calendar`, remembered until they change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from helpdesk import worktime
from helpdesk.models import WorkCalendar
from helpdesk.moment import now
from helpdesk.worktime import Calendar, Interval, Limit

if TYPE_CHECKING:
    from helpdesk.models import Ticket

REVIEW_LIMIT = Limit.parse("3bd")
ANSWER_LIMIT = Limit.parse("5bd")
REOPEN_WINDOW = Limit.parse("5bd")

_known: dict[int, tuple[datetime, Calendar]] = {}


def calendar_of(row: WorkCalendar | None) -> Calendar:
    """Return the arithmetic of a calendar row; None is the one that is always open.

    Two queries when the row has changed since it was last read by this process, else none.
    Raises worktime.NoWorkingTime for a calendar without any working hours.
    """
    if row is None or row.always_open:
        return worktime.ALWAYS_OPEN
    known = _known.get(row.pk)
    if known is None or known[0] != row.changed_at:
        known = _known[row.pk] = (row.changed_at, read_calendar(row))
    return known[1]


def touch(calendars: Iterable[int]) -> None:
    """Note that calendars have changed: every process reads them again, and the sweep lets their open clocks follow."""
    WorkCalendar.objects.filter(pk__in=calendars).update(changed_at=now(), recount_after=0)


def read_calendar(row: WorkCalendar) -> Calendar:
    """Return the hours of a calendar row as they are now, past the memory. Raises ValueError where hours overlap."""
    week: list[list[Interval]] = [[] for _day in range(7)]
    for interval in row.intervals.order_by("weekday", "start"):
        week[interval.weekday].append((interval.start, interval.end))
    exceptions: dict[date, list[Interval]] = defaultdict(list)
    for exception in row.exceptions.order_by("date", "start"):
        hours = exceptions[exception.date]
        if exception.start is not None and exception.end is not None:
            hours.append((exception.start, exception.end))
    return Calendar(
        zone=ZoneInfo(row.time_zone),
        week=tuple(tuple(day) for day in week),
        exceptions={day: tuple(hours) for day, hours in exceptions.items()},
    )


def reopen_deadline(ticket: Ticket, closed_at: datetime) -> datetime:
    """Return until when the requester may reopen: five business days after closing, by the line's calendar."""
    return worktime.add(calendar_of(ticket.line.calendar), closed_at, REOPEN_WINDOW)
