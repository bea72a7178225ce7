"""Decides how a deadline is explained: the ledger of a clock, and between its lines the time that was counted, by day.

What was counted and what is left add up to the limit, so that the last line is the due time and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from helpdesk import worktime
from helpdesk.clocks.calendars import calendar_of
from helpdesk.models import CalendarException, ClockEvent, ClockEventKind, ClockState, Ticket, TicketClock
from helpdesk.worktime import Calendar, Limit

LONGEST = 60
_Date = date  # the name `date` is taken inside a day
_RUNS = (ClockEventKind.START, ClockEventKind.RESUME, ClockEventKind.REOPEN, ClockEventKind.RETARGET)


@dataclass(frozen=True)
class Day:
    """The time counted on one local date: its windows, their sum, and the note of an exception such as a holiday.

    `last` is set where the days of a long stretch are told together: the last of them.
    """

    date: date
    windows: tuple[tuple[datetime, datetime], ...]
    counted: timedelta
    note: str = ""
    last: _Date | None = None

    @property
    def is_closed(self) -> bool:
        return not self.windows


@dataclass(frozen=True)
class Step:
    """A line of the ledger and the days that were counted from it to the next line, or to the due time."""

    event: ClockEvent
    days: tuple[Day, ...] = ()
    until: datetime | None = None
    ahead: bool = False

    @property
    def counted(self) -> timedelta:
        return sum((day.counted for day in self.days), timedelta(0))


@dataclass(frozen=True)
class Explanation:
    """Why a clock has the due time it has. `counted` is working time used until `at` or ahead until the due time."""

    clock: TicketClock
    limits: tuple[Limit, ...]
    calendar: str
    zone: str
    steps: tuple[Step, ...] = field(default=())

    @property
    def counted(self) -> timedelta:
        return sum((step.counted for step in self.steps), timedelta(0))


def explain(ticket: Ticket) -> list[Explanation]:
    """Return the explanations of the clocks of `ticket`, in the order in which they started; four queries at most."""
    clocks = list(TicketClock.objects.filter(ticket=ticket).select_related("calendar").order_by("started_at", "pk"))
    events: dict[int, list[ClockEvent]] = {clock.pk: [] for clock in clocks}
    for event in ClockEvent.objects.filter(clock__in=clocks).select_related("actor").order_by("pk"):
        events[event.clock_id].append(event)
    notes = _notes(clocks)
    return [_explanation(clock, events[clock.pk], notes.get(clock.calendar_id, {})) for clock in clocks]


def _notes(clocks: list[TicketClock]) -> dict[int | None, dict[date, str]]:
    calendars = {clock.calendar_id for clock in clocks if clock.calendar_id}
    notes: dict[int | None, dict[date, str]] = {}
    for row in CalendarException.objects.filter(calendar__in=calendars):
        notes.setdefault(row.calendar_id, {})[row.date] = row.note
    return notes


def _explanation(clock: TicketClock, events: list[ClockEvent], notes: dict[date, str]) -> Explanation:
    calendar = calendar_of(clock.calendar)
    # Around the clock there is no calendar to say whose midnight ends a day: it is that of the desk.
    zone = ZoneInfo(clock.calendar.time_zone if clock.calendar else settings.TIME_ZONE)
    steps = []
    for position, event in enumerate(events):
        following = next((later for later in events[position + 1 :] if later.kind != ClockEventKind.BREACH), None)
        until = following.at if following else None
        if following is None and clock.state == ClockState.RUNNING:
            until = clock.due_at
        if event.kind not in _RUNS or until is None or event.due_at is None:
            steps.append(Step(event))
            continue
        if following is None or following.kind != ClockEventKind.RETARGET:
            # Past the due time nothing is counted, unless other limits were given to all the time that was used.
            until = min(until, event.due_at)
        days = tuple(_days(calendar, zone, event.at, until, notes, wall=_is_wall(event)))
        steps.append(Step(event, days, until, ahead=following is None))
    return Explanation(
        clock=clock,
        limits=tuple(Limit.parse(text) for text in clock.limits),
        calendar=clock.calendar.name if clock.calendar else "",
        zone=str(zone),
        steps=tuple(steps),
    )


def _is_wall(event: ClockEvent) -> bool:
    # Of a limit that is used up nothing is left to tell by: it is told by what it was.
    stretches = event.left or [{"limit": limit} for limit in event.detail["limits"]]
    return all(
        "wall" in stretch or ("limit" in stretch and Limit.parse(stretch["limit"]).is_wall) for stretch in stretches
    )


def _days(
    calendar: Calendar, zone: ZoneInfo, start: datetime, end: datetime, notes: dict[date, str], *, wall: bool
) -> Iterator[Day]:
    """Yield the local dates from `start` to `end`; on the wall everything counts."""
    counting = worktime.ALWAYS_OPEN if wall else calendar
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    shown = 0
    while day <= last and shown < LONGEST:
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
        opens, closes = max(start, midnight.astimezone(UTC)), min(end, _next_midnight(midnight))
        windows = tuple(worktime.parts(counting, opens, closes)) if opens < closes else ()
        counted = sum((stop - begin for begin, stop in windows), timedelta(0))
        if counting.always_open and windows:
            windows = ((windows[0][0], windows[-1][1]),)
        yield Day(day, windows, counted, notes.get(day, ""))
        day += timedelta(days=1)
        shown += 1
    if day <= last:
        opens = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
        yield Day(day, ((opens, end),), worktime.between(counting, opens, end), last=last)


def _next_midnight(midnight: datetime) -> datetime:
    following = midnight.date() + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=midnight.tzinfo).astimezone(UTC)
