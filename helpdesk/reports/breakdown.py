"""Decides how the figures are broken down: by status, by day with the backlog, by line, service and assignee, by month."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any

from django.db.models import Avg, Count
from django.db.models.functions import TruncDate, TruncMonth

from helpdesk.lifecycle import OPEN, Status
from helpdesk.models import Rating, Service, SupportLine, User
from helpdesk.reports.figures import FIGURES, Tickets
from helpdesk.reports.period import Period

_WORKED = (Status.IN_WORK, Status.WAITING, Status.REWORK)


@dataclass(frozen=True)
class Day:
    """What came in and went out on a day, and what was open when it ended."""

    day: date
    registered: int
    done: int
    backlog: int


@dataclass(frozen=True)
class Row:
    """The figures of one line, service or assignee; `key` is its id, None for nobody."""

    key: int | None
    name: str
    registered: int
    in_work: int
    on_review: int
    overdue: int
    done: int
    median: float | None
    rating: float | None
    ratings: int


def by_status(tickets: Tickets, period: Period) -> list[tuple[Status, int]]:
    """Return how many of the requests registered in the period are in each status now."""
    found = Counter(dict(FIGURES["registered"].tickets(tickets, period).order_by().values_list("status")
                         .annotate(count=Count("pk"))))  # fmt: skip
    return [(status, found[status.value]) for status in Status]


def by_day(tickets: Tickets, period: Period) -> list[Day]:
    """Return what was registered and closed on each day, and how many were open at its end."""
    opened = _per_day(FIGURES["registered"].tickets(tickets, period), "created_at")
    done = _per_day(FIGURES["done"].tickets(tickets, period), "closed_at")
    closed = _per_day(tickets.filter(closed_at__gte=period.start, closed_at__lt=period.end), "closed_at")
    day_before = period.first - timedelta(days=1)
    start = Period(day_before, day_before, "", "")
    backlog = FIGURES["open"].tickets(tickets, start).order_by().count()
    found = []
    for day in period.days():
        backlog += opened[day] - closed[day]
        found.append(Day(day, opened[day], done[day], backlog))
    return found


def _per_day(tickets: Tickets, moment: str) -> Counter[date]:
    rows = tickets.order_by().annotate(day=TruncDate(moment)).values_list("day").annotate(count=Count("pk"))
    return Counter(dict(rows))


def months(tickets: Tickets) -> list[tuple[date, int]]:
    """Return the months in which requests were registered, newest first, each with how many."""
    rows = tickets.order_by().annotate(month=TruncMonth("created_at")).values_list("month").annotate(count=Count("pk"))
    return sorted(((month.date(), count) for month, count in rows), reverse=True)


def by_line(tickets: Tickets, period: Period) -> list[Row]:
    """Return the figures of each line."""
    return _rows(tickets, period, "line", dict(SupportLine.objects.values_list("pk", "name")), "ticket__line")


def by_service(tickets: Tickets, period: Period) -> list[Row]:
    """Return the figures of each service."""
    return _rows(tickets, period, "service", dict(Service.objects.values_list("pk", "name")), "ticket__service")


def by_assignee(tickets: Tickets, period: Period) -> list[Row]:
    """Return the figures of each assignee, nobody last. Corrected tickets are left out: they say nothing of a person."""
    own = tickets.filter(corrected=False)
    ids = own.order_by().values("assignee").distinct()
    names = {person.pk: str(person) for person in User.objects.filter(pk__in=ids)}
    return _rows(own, period, "assignee", names, "assignee")


def _rows(tickets: Tickets, period: Period, field: str, names: dict[int, str], rated_by: str) -> list[Row]:
    registered = _per(FIGURES["registered"].tickets(tickets, period), field)
    overdue = _per(FIGURES["overdue"].tickets(tickets, period), field)
    done = _per(FIGURES["done"].tickets(tickets, period), field)
    now_open: dict[tuple[Any, str], int] = {
        (key, status): count
        for key, status, count in tickets.filter(status__in=OPEN).order_by().values_list(field, "status")
        .annotate(count=Count("pk"))
    }  # fmt: skip
    times = defaultdict(list)
    finished = FIGURES["done"].tickets(tickets, period).filter(submitted_at__isnull=False).order_by()
    for key, created, submitted in finished.values_list(field, "created_at", "submitted_at"):
        times[key].append((submitted - created).total_seconds())
    given = Rating.objects.filter(
        ticket__in=tickets.order_by().values("pk"), created_at__gte=period.start, created_at__lt=period.end
    ).order_by()
    ratings = {
        key: (mean, count)
        for key, mean, count in given.values_list(rated_by).annotate(mean=Avg("value"), count=Count("pk"))
    }
    keys = {*registered, *overdue, *done, *times, *ratings, *(key for key, _status in now_open)}
    rows = [
        Row(
            key, names.get(key, ""), registered[key], sum(now_open.get((key, status.value), 0) for status in _WORKED),
            now_open.get((key, Status.ON_REVIEW.value), 0), overdue[key], done[key],
            median(times[key]) if times[key] else None, *(ratings.get(key) or (None, 0)),
        )
        for key in keys
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.key is None, -row.registered - row.done, row.name))


def _per(tickets: Tickets, field: str) -> Counter[Any]:
    return Counter(dict(tickets.order_by().values_list(field).annotate(count=Count("pk"))))
