"""Decides how working time is counted: limits, calendars, and adding, subtracting and measuring time by them.

Standard library only. Minutes and hours are working time of a calendar; a business day leads to the same time of day on
a later working day; calendar days are wall time. All moments are aware; answers are in UTC.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from functools import cache
from zoneinfo import available_timezones

MINUTES_A_DAY = 24 * 60
HORIZON_DAYS = 366 * 20
_WRITTEN = re.compile(r"([1-9][0-9]{0,5})(m|h|bd|d)")
_LONGEST = timedelta(days=3660)

Interval = tuple[int, int]
Intervals = tuple[Interval, ...]
Windows = tuple[tuple[datetime, datetime], ...]


@cache
def known_zones() -> frozenset[str]:
    """Return the names of all time zones; the folders of the machine are walked for them once in a process."""
    return frozenset(available_timezones())


class Unit(StrEnum):
    MINUTES = "m"
    HOURS = "h"
    BUSINESS_DAYS = "bd"
    DAYS = "d"


@dataclass(frozen=True)
class Limit:
    """An amount of time and its unit, written `30m`, `4h`, `2bd`, `3d`."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        length = (
            timedelta(
                **{
                    "minutes"
                    if self.unit is Unit.MINUTES
                    else "hours"
                    if self.unit is Unit.HOURS
                    else "days": self.amount
                }
            )
            if 0 < self.amount < 1_000_000
            else timedelta(0)
        )
        if not timedelta(0) < length <= _LONGEST:
            raise ValueError(f"a limit must be positive and at most ten years, not {self.amount}{self.unit}")

    @classmethod
    def parse(cls, text: str) -> Limit:
        """Read the written form. Raises ValueError for anything else."""
        found = _WRITTEN.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"not a limit: {text!r}")
        return cls(int(found[1]), Unit(found[2]))

    def __str__(self) -> str:
        return f"{self.amount}{self.unit.value}"

    @property
    def is_wall(self) -> bool:
        """Calendar days pass on the wall, whatever the working hours are."""
        return self.unit is Unit.DAYS

    @property
    def working(self) -> timedelta | None:
        """The working time of a limit in minutes or hours; None for days, whose length depends on the calendar."""
        if self.unit is Unit.MINUTES:
            return timedelta(minutes=self.amount)
        if self.unit is Unit.HOURS:
            return timedelta(hours=self.amount)
        return None


class NoWorkingTime(ValueError):
    """The calendar has no working time (left), so the moment asked for would never come."""


@dataclass(frozen=True)
class Calendar:
    """Weekly working intervals in a time zone, with dated exceptions that replace a day.

    `week` has seven tuples, Monday first, of (start, end) in minutes from midnight; 1440 ends a day. `exceptions` map a
    date to its own intervals; an empty tuple closes it. Raises NoWorkingTime when nothing is ever open, ValueError for
    intervals that overlap or run backwards.
    """

    zone: tzinfo
    week: tuple[Intervals, ...]
    exceptions: Mapping[date, Intervals] = field(default_factory=dict)
    always_open: bool = False
    # The windows of the dates asked for so far: every clock asks for the same days again.
    _seen: dict[date, Windows] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise ValueError("a week has seven days")
        for intervals in (*self.week, *self.exceptions.values()):
            last = 0
            for start, end in intervals:
                if not last <= start < end <= MINUTES_A_DAY:
                    raise ValueError("working intervals must be in order, within a day, and not overlap")
                last = end
        if not any(self.week):
            raise NoWorkingTime("the week has no working time")

    def hours_of(self, day: date) -> Intervals:
        """Return the working intervals of a local date."""
        return self.exceptions.get(day, self.week[day.weekday()])

    def windows(self, day: date) -> Windows:
        """Return the working windows of a local date as moments in UTC; a window that DST swallows is left out."""
        found = self._seen.get(day)
        if found is None:
            moments = ((self._moment(day, start), self._moment(day, end)) for start, end in self.hours_of(day))
            found = self._seen[day] = tuple((opens, closes) for opens, closes in moments if opens < closes)
        return found

    def _moment(self, day: date, minutes: int) -> datetime:
        local = datetime(day.year, day.month, day.day, tzinfo=self.zone) + timedelta(minutes=minutes)
        return local.astimezone(UTC)


ALWAYS_OPEN = Calendar(zone=UTC, week=(((0, MINUTES_A_DAY),),) * 7, always_open=True)


def add(calendar: Calendar, start: datetime, limit: Limit) -> datetime:
    """Return the moment at which `limit` has passed since `start`, an aware datetime; the answer is in UTC."""
    if limit.is_wall:
        # The clock on the wall shows the same time again, whatever DST does in between (docs/adr/0009).
        return (start.astimezone(calendar.zone) + timedelta(days=limit.amount)).astimezone(UTC)
    if limit.unit is Unit.BUSINESS_DAYS:
        return _add_business_days(calendar, start, limit.amount)
    working = limit.working
    if working is None:
        raise ValueError(f"{limit} has no working time of its own")
    return add_working(calendar, start, working)


def add_working(calendar: Calendar, start: datetime, amount: timedelta) -> datetime:
    """Return the first moment by which `amount` of working time has passed since `start`, in UTC.

    An amount of nothing gives `start` itself. Raises NoWorkingTime when twenty years do not suffice.
    """
    moment = start.astimezone(UTC)
    if amount <= timedelta(0):
        return moment
    if calendar.always_open:
        return moment + amount
    for opens, closes in _windows_from(calendar, moment):
        opens = max(opens, moment)
        if amount <= closes - opens:
            return opens + amount
        amount -= closes - opens
    raise NoWorkingTime("the calendar has too little working time")


def subtract_working(calendar: Calendar, end: datetime, amount: timedelta) -> datetime:
    """Return the last moment from which `amount` of working time passes until `end`, in UTC."""
    moment = end.astimezone(UTC)
    if amount <= timedelta(0):
        return moment
    if calendar.always_open:
        return moment - amount
    day = moment.astimezone(calendar.zone).date()
    for back in range(-1, HORIZON_DAYS):
        for opens, closes in reversed(calendar.windows(day - timedelta(days=back))):
            closes = min(closes, moment)
            if closes <= opens:
                continue
            if amount <= closes - opens:
                return closes - amount
            amount -= closes - opens
    raise NoWorkingTime("the calendar has too little working time")


def between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Return the working time from `start` to `end`; negative when `end` comes first."""
    if end < start:
        return -between(calendar, end, start)
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if calendar.always_open:
        return end - start
    return sum((part_end - part_start for part_start, part_end in parts(calendar, start, end)), timedelta(0))


def parts(calendar: Calendar, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the working stretches between two moments, in UTC, in order."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    day = start.astimezone(calendar.zone).date() - timedelta(days=1)
    last = end.astimezone(calendar.zone).date()
    while day <= last:
        for opens, closes in calendar.windows(day):
            opens, closes = max(opens, start), min(closes, end)
            if opens < closes:
                yield opens, closes
        day += timedelta(days=1)


def next_working(calendar: Calendar, start: datetime) -> datetime:
    """Return `start` when it is working time, else the next opening, in UTC."""
    moment = start.astimezone(UTC)
    if calendar.always_open:
        return moment
    for opens, _closes in _windows_from(calendar, moment):
        return max(opens, moment)
    raise NoWorkingTime("the calendar has no working time left")


def _windows_from(calendar: Calendar, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the windows that end after `moment`, for twenty years."""
    first = moment.astimezone(calendar.zone).date() - timedelta(days=1)
    for offset in range(HORIZON_DAYS):
        for opens, closes in calendar.windows(first + timedelta(days=offset)):
            if closes > moment:
                yield opens, closes


def _add_business_days(calendar: Calendar, start: datetime, days: int) -> datetime:
    local = next_working(calendar, start).astimezone(calendar.zone)
    day, passed = local.date(), 0
    for _step in range(HORIZON_DAYS):
        day += timedelta(days=1)
        if calendar.hours_of(day):
            passed += 1
        if passed == days:
            return _same_time(calendar, day, local)
    raise NoWorkingTime("the calendar has too few working days")


def _same_time(calendar: Calendar, day: date, local: datetime) -> datetime:
    """The same time of day on `day`; outside its hours, the next opening of that day, or its closing."""
    wanted = datetime.combine(day, local.time(), tzinfo=calendar.zone).astimezone(UTC)
    closing = wanted
    for opens, closes in calendar.windows(day):
        if wanted <= closes:
            return max(opens, wanted)
        closing = closes
    return closing
