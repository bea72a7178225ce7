"""Decides which part of a period is told by the figures kept of finished months, and which is counted from the requests.

A report on the whole desk is, and one on all requests of some lines, as leads have it; what is narrowed by anything else has a
fraction of the rows. Months are kept by the clock of the desk: for a reader with another clock all is counted. A kept month is
believed unless a request of it has changed since; that is asked anew for each report, so hardly anybody who writes has to think
of it (`helpdesk.actions.month_figures`).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from helpdesk.actions.month_figures import month_of
from helpdesk.models import Closing, MonthFigures, MonthPart, Stay, Ticket
from helpdesk.moment import now
from helpdesk.reports import period as periods
from helpdesk.reports.memory import Tickets, lines_of, remembered
from helpdesk.reports.period import Period
from helpdesk.reports.sql import Cut

# A transaction that writes is over by then, so what it wrote is seen.
SETTLED = timedelta(minutes=15)
# When the worker has stood still for longer, too much may have changed to ask for it with every report.
BELIEVED = timedelta(days=2)
# For so many weeks clocks are compared: longer than months are kept.
WEEKS = 162
# What a report wants of its period, and what of the one before: each is read at once.
SUMS = frozenset({MonthPart.REGISTERED_SUM, MonthPart.CLOSED_SUM})
TABLES = frozenset(MonthPart) - SUMS
# Stands in a statement where the moment comes from which on something may have changed.
_SINCE = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Stretch:
    """A part of a period that is counted from the requests: aware moments, the end left out."""

    start: datetime
    end: datetime


class Counts(NamedTuple):
    """How many requests came in in a month, and how many were open at its end."""

    registered: int
    open: int


def divided(tickets: Tickets, period: Period) -> tuple[list[date], list[Stretch]]:
    """Return the first days of the months of `period` that are kept, and the stretches around them."""
    believed = _believed(tickets)
    months, stretches, start = [], [], period.start
    for month in _whole_months(period):
        if month.first in believed:
            if start < month.start:
                stretches.append(Stretch(start, month.start))
            months.append(month.first)
            start = month.end
    if start < period.end:
        stretches.append(Stretch(start, period.end))
    return months, stretches


def _whole_months(period: Period) -> Iterator[Period]:
    month = periods.month_of(period.first)
    if month.first < period.first:
        month = month.after()
    while month.last <= period.last:
        yield month
        month = month.after()


def rows(tickets: Tickets, part: MonthPart, months: list[date]) -> Iterator[list[Any]]:
    """Yield the rows that are kept of `part` in `months`, one after the other."""
    if months:
        wanted = SUMS if part in SUMS else TABLES
        texts = remembered(tickets, ("kept", wanted, *months), lambda: _texts(tickets, wanted, months))
        for text in texts[part]:
            yield from json.loads(text)


def _texts(tickets: Tickets, parts: frozenset[MonthPart], months: list[date]) -> dict[str, list[str]]:
    kept = MonthFigures.objects.filter(_owned(lines_of(tickets)), month__in=months, part__in=parts)
    found: dict[str, list[str]] = defaultdict(list)
    for part, data in kept.values_list("part", "data"):
        found[part].append(data)
    return found


def _owned(lines: tuple[int, ...] | None) -> Q:
    return Q(line=None) if lines is None else Q(line__in=lines)


def registered(tickets: Tickets) -> dict[date, int]:
    """Return how many requests were registered in each month that is kept, by its first day."""
    return {month: counts.registered for month, counts in _believed(tickets).items()}


def open_at(tickets: Tickets, moment: datetime) -> int | None:
    """Return how many requests were open at `moment` (aware), None unless a month that is kept ended then."""
    month = month_of(moment - timedelta(microseconds=1))
    counts = _believed(tickets).get(month)
    return counts.open if counts and periods.month_of(month).end == moment else None


def _believed(tickets: Tickets) -> dict[date, Counts]:
    lines = lines_of(tickets)
    if tickets.query.where and lines is None:
        return {}

    def make() -> dict[date, Counts]:
        return believed_months(now(), lines) if _has_the_clock_of_the_desk(now()) else {}

    return remembered(tickets, ("months kept",), make)  # type: ignore[no-any-return]


def _has_the_clock_of_the_desk(at: datetime) -> bool:
    """Say whether the clock of the reader has shown what that of the desk did, as long as months are kept."""
    reader, desk = timezone.get_current_timezone(), timezone.get_default_timezone()
    if reader == desk:
        return True
    weeks = (at - timedelta(weeks=number) for number in range(WEEKS))
    return all(week.astimezone(reader).utcoffset() == week.astimezone(desk).utcoffset() for week in weeks)


def believed_months(at: datetime, lines: tuple[int, ...] | None = None) -> dict[date, Counts]:
    """Return the counts of each month that is kept and has not changed since, as asked at `at` (aware).

    They are of the requests of `lines`, ids; without them of the whole desk.
    """
    kept = MonthFigures.objects.filter(part=MonthPart.REGISTERED, zone=settings.TIME_ZONE, seen_at__gt=at - BELIEVED)
    wanted = kept.filter(Q(line=None) | _owned(lines))
    found: list[tuple[Any, ...]] = list(wanted.values_list("line", "month", "registered", "open", "seen_at"))
    if not found:
        return {}
    changed = _months_changed(min(seen for *_counts, seen in found) - SETTLED)
    counts = {month: Counts(0, 0) for line, month, *_rest in found if line is None and month not in changed}
    for line, month, registered_, open_, _seen in found:
        if month in counts and (line is None) is (lines is None):
            counts[month] = Counts(counts[month].registered + registered_, counts[month].open + open_)
    return counts


def _months_changed(since: datetime) -> set[date]:
    """Return the months of which a request that changed at or after `since` has something to tell."""
    text, values = _days_changed()
    asked, mark = (connection.ops.adapt_datetimefield_value(moment) for moment in (since, _SINCE))
    with connection.cursor() as cursor:
        cursor.execute(text, [asked if value == mark else value for value in values])
        days = cursor.fetchall()
    months = set()
    for (day,) in days:
        # The day is one of UTC: it may be in two months of the desk.
        start = datetime.fromisoformat(f"{day}T00:00:00+00:00")
        months |= {month_of(start), month_of(start + timedelta(days=1))}
    return months


@cache
def _days_changed() -> tuple[str, tuple[Any, ...]]:
    """Return the statement that asks for the days of which a request that changed has something to tell, _SINCE among its values.

    Every report asks it, and to put it together took ten times as long as to answer it.
    """
    changed = Ticket.objects.filter(updated_at__gte=_SINCE).order_by()
    stays = Stay.objects.filter(ticket__in=changed.values("pk")).order_by()
    closings = Closing.objects.filter(ticket__in=changed.values("pk")).order_by()
    days = _days(changed, "created_at").union(
        _days(stays, "since"), _days(closings, "at"), _days(closings.filter(undone_at__isnull=False), "undone_at")
    )
    statement: tuple[str, tuple[Any, ...]] = days.query.sql_with_params()
    return statement


def _days(rows_: Any, moment: str) -> Any:
    return rows_.annotate(day=Cut(F(moment), length=10)).values_list("day").distinct()
