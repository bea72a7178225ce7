"""Decides on which day and at which hour something happened, by the clock of the reader.

The database counts by the hour of UTC, which needs no calendar; where a zone is off by half an hour, by the minute.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import CharField, Count, F, IntegerField, Q, Value
from django.utils import timezone

from helpdesk.lifecycle import CLOSED, Status
from helpdesk.models import Closing, MonthPart
from helpdesk.reports import kept_months
from helpdesk.reports.facts import closed_in
from helpdesk.reports.kept_months import Stretch
from helpdesk.reports.memory import Tickets, kept
from helpdesk.reports.period import Period
from helpdesk.reports.sql import Cut, mine


@dataclass
class Moments:
    """How many requests were registered in each hour of the week, and what happened on each day.

    `done` counts a request on the day on which it was last done in the period; `closed` every closing, `undone` every
    closing that was taken back.
    """

    hours: Counter[tuple[int, int]] = field(default_factory=Counter)
    registered: Counter[date] = field(default_factory=Counter)
    done: Counter[date] = field(default_factory=Counter)
    closed: Counter[date] = field(default_factory=Counter)
    undone: Counter[date] = field(default_factory=Counter)


def of(tickets: Tickets, period: Period) -> Moments:
    """Return what happened in `period`, counted once for a report."""
    return kept(tickets, "moments", period, lambda: _read(tickets, period))  # type: ignore[no-any-return]


def _read(tickets: Tickets, period: Period) -> Moments:
    months, stretches = kept_months.divided(tickets, period)
    found = Moments()
    _add_kept(found, tickets, months, period)
    for stretch in stretches:
        _add_counted(found, tickets, period, stretch)
    return found


def _add_kept(found: Moments, tickets: Tickets, months: list[date], period: Period) -> None:
    """Add what is kept of whole months, as `month_sums` wrote it."""
    end = (period.last + timedelta(days=1)).isoformat()
    for what, first, second, count in kept_months.rows(tickets, MonthPart.MOMENTS, months):
        if what == "hours":
            found.hours[first, second] += count
        elif what != "done" or not second or second >= end:
            getattr(found, what)[date.fromisoformat(first)] += count


def _add_counted(found: Moments, tickets: Tickets, period: Period, part: Stretch) -> None:
    length = 13 if _is_whole_hours(part) else 16
    closings = Closing.objects.filter(mine(tickets), status__in=CLOSED)
    done = closed_in(period, Status.DONE, within=part)
    counts = [
        _counted("registered", tickets, "created_at", part, length),
        _counted("closed", closings, "at", part, length, also=done),
        _counted("undone", closings.filter(undone_at__isnull=False), "undone_at", part, length),
    ]
    for what, text, count, also in counts[0].union(*counts[1:], all=True):
        at = timezone.localtime(datetime.fromisoformat(text).replace(tzinfo=UTC))
        getattr(found, what)[at.date()] += count
        if what == "registered":
            found.hours[at.weekday(), at.hour] += count
        elif what == "closed":
            found.done[at.date()] += also


def _counted(what: str, rows: Any, moment: str, part: Stretch, length: int, also: Q | None = None) -> Any:
    within = rows.filter(**{f"{moment}__gte": part.start, f"{moment}__lt": part.end}).order_by()
    second = Value(0, output_field=IntegerField()) if also is None else Count(Value(1), filter=also)
    return (
        within.annotate(what=Value(what, output_field=CharField()), cut=Cut(F(moment), length=length))
        .values("what", "cut").annotate(count=Count("*"), second=second).values_list("what", "cut", "count", "second")
    )  # fmt: skip


def _is_whole_hours(part: Stretch) -> bool:
    return all(timezone.localtime(at).utcoffset().seconds % 3600 == 0 for at in (part.start, part.end))  # type: ignore[union-attr]  # aware
