"""Decides when a report by mail goes out and which period it tells of: by the calendar and the clock of the desk.

The hour is one on the wall. Where the clock jumps over it, the report goes when it has jumped; where it comes twice, the
first time.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings

from helpdesk.models import ReportEvery

if TYPE_CHECKING:
    from helpdesk.models import ReportSchedule, User


@dataclass(frozen=True)
class Turn:
    """A moment (aware, UTC) at which a report goes out, and the days it tells of, both counted in."""

    at: datetime
    first: date
    last: date


def newest(schedule: ReportSchedule, at: datetime) -> Turn:
    """Return the last turn not after the aware moment `at`."""
    day = at.astimezone(_zone()).date()
    while (turn := _turn(schedule, day)).at > at:
        day = _day_before(schedule, day)
    return turn


def upcoming(schedule: ReportSchedule, at: datetime) -> Turn:
    """Return the first turn after the aware moment `at`."""
    day = newest(schedule, at).at.astimezone(_zone()).date()
    weekly = schedule.every == ReportEvery.WEEK
    return _turn(schedule, day + timedelta(days=7) if weekly else day.replace(day=1) + timedelta(days=32))


def ended_for(reader: User, turn: Turn) -> datetime:
    """Return when the days of `turn` are over by the clock of `reader`, in UTC."""
    zone = ZoneInfo(reader.time_zone or settings.TIME_ZONE)
    return datetime.combine(turn.last + timedelta(days=1), time(), zone).astimezone(UTC)


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def _turn(schedule: ReportSchedule, day: date) -> Turn:
    """Return the turn of the week up to `day`, or of the month `day` is in."""
    if schedule.every == ReportEvery.WEEK:
        chosen = day - timedelta(days=(day.weekday() - schedule.weekday) % 7)
        first = chosen - timedelta(days=chosen.weekday() + 7)
        return Turn(_moment(chosen, schedule.hour), first, first + timedelta(days=6))
    chosen = day.replace(day=min(schedule.day, monthrange(day.year, day.month)[1]))
    last = day.replace(day=1) - timedelta(days=1)
    return Turn(_moment(chosen, schedule.hour), last.replace(day=1), last)


def _moment(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), _zone()).astimezone(UTC)


def _day_before(schedule: ReportSchedule, day: date) -> date:
    return day - timedelta(days=7) if schedule.every == ReportEvery.WEEK else day.replace(day=1) - timedelta(days=1)
