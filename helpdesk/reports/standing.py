"""Decides where requests stood at a past moment: which were open, in which status, with whom. Told by their stays."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, Value, When

from helpdesk.lifecycle import OPEN
from helpdesk.models import LONG, MonthPart, Stay
from helpdesk.reports import kept_months
from helpdesk.reports.memory import Tickets, kept, remembered
from helpdesk.reports.period import Period
from helpdesk.reports.sql import mine

# What `at_end` counts by, beside whether a request is new.
KEY = ("status", "ticket__line", "ticket__service", "ticket__work_type", "assignee", "ticket__corrected")


def open_at(moment: datetime) -> tuple[QuerySet[Stay], ...]:
    """Return the stays in open statuses at the aware `moment`, in three parts that have an index each.

    Those that last, the short ones that began not long before, and the few long ones: no index knows of stretches.
    """
    began = Stay.objects.filter(status__in=OPEN, since__lt=moment)
    return (
        began.filter(until__isnull=True),
        began.filter(until__gte=moment, since__gte=moment - LONG, is_long=False),
        began.filter(until__gte=moment, is_long=True),
    )


def ids_open_at(moment: datetime, condition: Q | None = None) -> Q:
    """Return the condition on tickets that they were open at `moment`, in a stay that meets `condition`.

    All parts are one list: of three PostgreSQL takes the first for too long to keep, and reads it again for every ticket.
    """
    first, *rest = (part.filter(condition or Q()).values("ticket") for part in _few_lasting(moment))
    return Q(pk__in=first.union(*rest, all=True))


def _few_lasting(moment: datetime) -> tuple[QuerySet[Stay], ...]:
    """Return what `open_at` returns, said so that PostgreSQL takes open stays that last for few, as open tickets are."""
    lasting, *ended = open_at(moment)
    return lasting.filter(ticket__closed_at=None), *ended


def count_open(tickets: Tickets, moment: datetime) -> int:
    """Return how many of `tickets` were open at `moment`."""

    def make() -> int:
        kept = kept_months.open_at(tickets, moment)
        return count_at(tickets, moment) if kept is None else kept

    return remembered(tickets, ("open", moment), make)  # type: ignore[no-any-return]


def count_at(tickets: Tickets, moment: datetime) -> int:
    """Return how many of `tickets` were open at `moment`, counted from their stays."""
    first, *rest = (
        part.filter(mine(tickets)).order_by().values("status").annotate(count=Count("*")).values_list("status", "count")
        for part in open_at(moment)
    )  # fmt: skip
    return sum(count for _status, count in first.union(*rest, all=True))


def at_end(tickets: Tickets, period: Period) -> Counter[tuple[Any, ...]]:
    """Return how many were open at the end of `period`, by status, line, service, kind, who had them, being corrected.

    The last part of each key says whether they were registered in the period.
    """
    return kept(tickets, "standing", period, lambda: _read(tickets, period))  # type: ignore[no-any-return]


def _read(tickets: Tickets, period: Period) -> Counter[tuple[Any, ...]]:
    known = _kept(tickets, period)
    found = _counted(tickets, period) if known is None else known
    remembered(tickets, ("open", period.end), lambda: sum(found.values()))
    return found


def _kept(tickets: Tickets, period: Period) -> Counter[tuple[Any, ...]] | None:
    """Return what is kept of the month that ends with `period`, None where it is not known of each request whether it is new."""
    count = kept_months.open_at(tickets, period.end)
    if count is None or period.first.day != 1:
        return None
    found: Counter[tuple[Any, ...]] = Counter()
    for *key, month, many in kept_months.rows(tickets, MonthPart.STANDING, [period.last.replace(day=1)]):
        found[(*key, int(month >= period.first.isoformat()))] += many
    # A month may have been kept before this was kept of it.
    return found if found.total() == count else None


def _counted(tickets: Tickets, period: Period) -> Counter[tuple[Any, ...]]:
    new = Case(When(ticket__created_at__gte=period.start, then=Value(1)), default=Value(0))
    first, *rest = (
        part.filter(mine(tickets)).order_by().annotate(is_new=new).values(*KEY, "is_new").annotate(count=Count("*"))
        .values_list(*KEY, "is_new", "count")
        for part in _few_lasting(period.end)
    )  # fmt: skip
    found: Counter[tuple[Any, ...]] = Counter()
    for *key, count in first.union(*rest, all=True):
        found[tuple(key)] += count
    return found
