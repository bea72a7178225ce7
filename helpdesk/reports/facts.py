"""Decides how the figures of a period are added up: in the database, by line, service, kind, assignee and being corrected.

The times from which a median is taken come as one text of seconds for each such group: a row for each request would take
minutes at a million of them. What was added up is kept with the tickets it is about, for as long as the report is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from typing import Any

from django.db.models import Aggregate, Count, Exists, OuterRef, Q, QuerySet, Sum, TextField, Value

from helpdesk.lifecycle import CLOSED, Status
from helpdesk.models import Closing, Ticket
from helpdesk.reports.period import Period

Tickets = QuerySet[Ticket]
KEY = ("line", "service", "work_type", "assignee", "corrected")
Key = tuple[Any, ...]


class Listed(Aggregate):
    """The whole numbers of a group as one text, with commas between them."""

    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        found = self.copy()
        found.template = "STRING_AGG((%(expressions)s)::text, ',')"
        return found.as_sql(compiler, connection, **more)


def numbers(text: str | None) -> list[int]:
    """Return the numbers that `Listed` wrote."""
    return [int(each) for each in text.split(",")] if text else []


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
        for name in _NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.reactions.extend(other.reactions)
        self.executions.extend(other.executions)


_NUMBERS = [each.name for each in fields(Tally) if each.name not in ("reactions", "executions")]


def mine(tickets: Tickets) -> Q:
    """Return the condition on rows of a ticket that it is one of `tickets`; none where those are all there are."""
    if not tickets.query.where:
        return Q()
    return Q(Exists(tickets.order_by().filter(pk=OuterRef("ticket_id"))))


def kept(tickets: Tickets, name: str, period: Period, make: Callable[[], Any]) -> Any:
    """Return what `make` adds up of `tickets` in `period`, made once."""
    return remembered(tickets, (name, period.start, period.end), make)


def remembered(tickets: Tickets, key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
    """Return what `make` finds out for a report on `tickets`, made once for each `key`."""
    memory = tickets.__dict__.setdefault("_figures", {})
    if key not in memory:
        memory[key] = make()
    return memory[key]


def closed_in(period: Period, *statuses: str) -> Q:
    """Return the condition on closings that they fall into `period`, each request by its last one so in it."""
    last = Q(again_at__isnull=True) | Q(again_at__gte=period.end)
    return Q(status__in=statuses, at__gte=period.start, at__lt=period.end) & last


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
    found: dict[Key, Tally] = {}
    for row in _registered(tickets, period, key):
        at, more = _divided(row, key)
        found.setdefault(at, Tally()).add(more)
    for row in _closed(tickets, period, key):
        at, more = _divided(row, key)
        found.setdefault(at, Tally()).add(more)
    return found


def _grouped(rows: Any, key: tuple[str, ...], sums: dict[str, Any]) -> Iterable[dict[str, Any]]:
    if not key:
        return [rows.order_by().aggregate(**sums)]
    return rows.order_by().values(*key).annotate(**sums)  # type: ignore[no-any-return]


def _registered(tickets: Tickets, period: Period, key: tuple[str, ...]) -> Iterable[dict[str, Any]]:
    rows = tickets.filter(created_at__gte=period.start, created_at__lt=period.end)
    return _grouped(rows, key, {
        "n_registered": Count("*"),
        "n_overdue": Count(Value(1), filter=Q(late_at__lt=period.end)),
        "n_reactions": Listed("reaction"),
    })  # fmt: skip


def _closed(tickets: Tickets, period: Period, key: tuple[str, ...]) -> Iterable[dict[str, Any]]:
    rows = Closing.objects.filter(mine(tickets), status__in=CLOSED, at__gte=period.start, at__lt=period.end)
    done = closed_in(period, Status.DONE)
    return _grouped(rows, key, {
        "n_done": Count(Value(1), filter=done),
        "n_cancelled": Count(Value(1), filter=closed_in(period, Status.CANCELLED)),
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
