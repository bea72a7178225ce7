"""Decides how the figures of a period are added up: in the database, by line, service, kind, assignee and being corrected.

The times from which a median is taken come as one text of seconds for each such group: a row for each request would take
minutes at a million of them. Months that are kept are not counted again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, Sum, Value

from helpdesk.lifecycle import CLOSED, Status
from helpdesk.models import Closing, MonthPart
from helpdesk.reports import kept_months
from helpdesk.reports.kept_months import Stretch
from helpdesk.reports.memory import Tickets, kept
from helpdesk.reports.period import Period
from helpdesk.reports.sql import Listed, mine, numbers

KEY = ("line", "service", "work_type", "assignee", "corrected")
Key = tuple[Any, ...]


@dataclass
class Tally:
    """What is counted of some requests in a period; times in seconds, `stars` is the sum of the ratings."""

    registered: int = 0
    overdue: int = 0
    done: int = 0
    cancelled: int = 0
    returned: int = 0
    ratings: int = 0
    stars: int = 0
    worked: int = 0
    waited: int = 0
    reviewed: int = 0
    reactions: list[int] = field(default_factory=list)
    executions: list[int] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add what another counts of other requests."""
        self.registered += other.registered
        self.overdue += other.overdue
        self.done += other.done
        self.cancelled += other.cancelled
        self.returned += other.returned
        self.ratings += other.ratings
        self.stars += other.stars
        self.worked += other.worked
        self.waited += other.waited
        self.reviewed += other.reviewed
        self.reactions.extend(other.reactions)
        self.executions.extend(other.executions)


def closed_in(period: Period, *statuses: str, within: Stretch | None = None) -> Q:
    """Return the condition on closings that they fall into `period`, each request by its last one so in it.

    `within` is a part of the period that is asked for alone; the last one in the whole period counts all the same.
    """
    part = within or period
    last = Q(again_at__isnull=True) | Q(again_at__gte=period.end)
    return Q(status__in=statuses, at__gte=part.start, at__lt=part.end) & last


def groups(tickets: Tickets, period: Period) -> dict[Key, Tally]:
    """Return the figures of a period by `KEY`; the assignee of what was closed is who had it then."""
    return kept(tickets, "groups", period, lambda: _read(tickets, period, KEY))  # type: ignore[no-any-return]


def whole(tickets: Tickets, period: Period, *, by_group: bool = True) -> Tally:
    """Return the figures of a period; `by_group` where the groups are wanted as well, so that all is counted once."""

    def make() -> Tally:
        return _sum((groups(tickets, period) if by_group else _read(tickets, period, ())).values())

    return kept(tickets, "whole", period, make)  # type: ignore[no-any-return]


def _sum(tallies: Iterable[Tally]) -> Tally:
    found = Tally()
    for tally in tallies:
        found.add(tally)
    return found


def _read(tickets: Tickets, period: Period, key: tuple[str, ...]) -> dict[Key, Tally]:
    months, stretches = kept_months.divided(tickets, period)
    found: defaultdict[Key, Tally] = defaultdict(Tally)
    _add_kept(found, tickets, months, period, key)
    for stretch in stretches:
        for rows in (_registered(tickets, period, stretch, key), _closed(tickets, period, stretch, key)):
            for row in rows:
                at, more = _divided(row, key)
                found[at].add(more)
    return found


def _add_kept(
    found: defaultdict[Key, Tally], tickets: Tickets, months: list[date], period: Period, key: tuple[str, ...]
) -> None:
    """Add what is kept of whole months by `key`, all or nothing of `KEY`, as `month_sums` wrote it.

    Without a tally for each row: a year of a large desk has tens of thousands of them.
    """
    end = (period.last + timedelta(days=1)).isoformat()
    came, closed = (MonthPart.REGISTERED, MonthPart.CLOSED) if key else (MonthPart.REGISTERED_SUM, MonthPart.CLOSED_SUM)
    for *at, late, count, reactions in kept_months.rows(tickets, came, months):
        tally = found[tuple(at)]
        tally.registered += count
        tally.overdue += count if late and late < end else 0
        tally.reactions += reactions
    for row in kept_months.rows(tickets, closed, months):
        tally = found[tuple(row[: len(key)])]
        status, again, count, returned, ratings, stars, worked, waited, reviewed, executions = row[len(key) :]
        tally.ratings += ratings
        tally.stars += stars
        if again and again < end:
            continue
        if status != Status.DONE:
            tally.cancelled += count
            continue
        tally.done += count
        tally.returned += returned
        tally.worked += worked
        tally.waited += waited
        tally.reviewed += reviewed
        tally.executions += executions


def _grouped(rows: Any, key: tuple[str, ...], sums: dict[str, Any]) -> Iterable[dict[str, Any]]:
    if not key:
        return [rows.order_by().aggregate(**sums)]
    return rows.order_by().values(*key).annotate(**sums)  # type: ignore[no-any-return]


def _registered(tickets: Tickets, period: Period, part: Stretch, key: tuple[str, ...]) -> Iterable[dict[str, Any]]:
    rows = tickets.filter(created_at__gte=part.start, created_at__lt=part.end)
    return _grouped(rows, key, {
        "n_registered": Count("*"),
        "n_overdue": Count(Value(1), filter=Q(late_at__lt=period.end)),
        "n_reactions": Listed("reaction"),
    })  # fmt: skip


def _closed(tickets: Tickets, period: Period, part: Stretch, key: tuple[str, ...]) -> Iterable[dict[str, Any]]:
    rows = Closing.objects.filter(mine(tickets), status__in=CLOSED, at__gte=part.start, at__lt=part.end)
    done = closed_in(period, Status.DONE, within=part)
    return _grouped(rows, key, {
        "n_done": Count(Value(1), filter=done),
        "n_cancelled": Count(Value(1), filter=closed_in(period, Status.CANCELLED, within=part)),
        "n_returned": Count(Value(1), filter=done & Q(returned=True)),
        "n_ratings": Count("rating"), "n_stars": Sum("rating", default=0),
        **{f"n_{name}": Sum(name, filter=done, default=0) for name in ("worked", "waited", "reviewed")},
        "n_executions": Listed("execution", filter=done),
    })  # fmt: skip


def _divided(row: dict[str, Any], key: tuple[str, ...]) -> tuple[Key, Tally]:
    values = {name.removeprefix("n_"): value for name, value in row.items() if name.startswith("n_")}
    for name in ("reactions", "executions"):
        if name in values:
            values[name] = numbers(values[name])
    return tuple(row[name] for name in key), Tally(**values)
