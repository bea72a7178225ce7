"""Decides on which day and at which hour something happened, by the clock of the reader.

The database counts by the hour of UTC, which needs no calendar; where a zone is off by half an hour, by the minute.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import CharField, Count, F, Func, IntegerField, Q, Value
from django.utils import timezone

from helpdesk.lifecycle import CLOSED, Status
from helpdesk.models import Closing
from helpdesk.reports.facts import Tickets, closed_in, kept, mine
from helpdesk.reports.period import Period

_FORMS = {13: "%Y-%m-%d %H", 16: "%Y-%m-%d %H:%M"}


class _Cut(Func):
    """The first characters of a moment as it is written in UTC."""

    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template="SUBSTR(%(expressions)s, 1, %(length)s)", **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        unit = "hour" if self.extra["length"] == 13 else "minute"
        cut = f"DATE_TRUNC('{unit}', %(expressions)s AT TIME ZONE 'UTC')"
        return self.as_sql(compiler, connection, template=f"SUBSTR(({cut})::text, 1, %(length)s)", **more)


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
    length = 13 if _is_whole_hours(period) else 16
    closings = Closing.objects.filter(mine(tickets), status__in=CLOSED)
    parts = [
        _counted("registered", tickets, "created_at", period, length),
        _counted("closed", closings, "at", period, length, also=closed_in(period, Status.DONE)),
        _counted("undone", closings.filter(undone_at__isnull=False), "undone_at", period, length),
    ]
    found = Moments()
    for what, text, count, done in parts[0].union(*parts[1:], all=True):
        at = timezone.localtime(datetime.strptime(text, _FORMS[length]).replace(tzinfo=UTC))
        getattr(found, what)[at.date()] += count
        if what == "registered":
            found.hours[at.weekday(), at.hour] += count
        elif what == "closed":
            found.done[at.date()] += done
    return found


def _counted(what: str, rows: Any, moment: str, period: Period, length: int, also: Q | None = None) -> Any:
    within = rows.filter(**{f"{moment}__gte": period.start, f"{moment}__lt": period.end}).order_by()
    second = Value(0, output_field=IntegerField()) if also is None else Count(Value(1), filter=also)
    return (
        within.annotate(what=Value(what, output_field=CharField()), cut=_Cut(F(moment), length=length))
        .values("what", "cut").annotate(count=Count("*"), second=second).values_list("what", "cut", "count", "second")
    )  # fmt: skip


def _is_whole_hours(period: Period) -> bool:
    return all(timezone.localtime(at).utcoffset().seconds % 3600 == 0 for at in (period.start, period.end))  # type: ignore[union-attr]  # aware
