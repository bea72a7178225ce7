"""Decides how the figures are broken down: by status, by day with the backlog, by line, service, kind, assignee, month."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean, median
from typing import Any

from django.db.models import Count, Max, Min, Value
from django.db.models.functions import TruncDate
from django.utils import timezone

from helpdesk.lifecycle import Status
from helpdesk.models import Rating, Service, SupportLine, User, WorkType
from helpdesk.reports import reopened
from helpdesk.reports.figures import FIGURES, Tickets, unclosed_at_end
from helpdesk.reports.period import Period, month_of

MONTHS_SHOWN = 36
FIELDS = ("line", "service", "work_type", "assignee")
_Key = tuple[Any, ...]
IN_WORK = (Status.IN_WORK, Status.WAITING, Status.REWORK)


@dataclass(frozen=True)
class Day:
    """What came in and went out on a day, and what was open when it ended."""

    day: date
    registered: int
    done: int
    backlog: int


@dataclass(frozen=True)
class Row:
    """The figures of one line, service, kind of work or assignee; `key` is its id, None for nobody."""

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
    unclosed = unclosed_at_end(tickets, start).order_by().count()
    stays = reopened.closed_stays(tickets, period)
    found = []
    for day in period.days():
        unclosed += opened[day] - closed[day]
        end = Period(day, day, "", "").end
        backlog = unclosed - sum(since < end <= until for since, until in stays)
        found.append(Day(day, opened[day], done[day], backlog))
    return found


def _per_day(tickets: Tickets, moment: str) -> Counter[date]:
    rows = tickets.order_by().annotate(day=TruncDate(moment)).values_list("day").annotate(count=Count("pk"))
    return Counter(dict(rows))


def months(tickets: Tickets) -> list[tuple[date, int]]:
    """Return the months in which requests were registered, newest first, each with how many; of the last three years.

    Each month is counted by its bounds: telling the month of every row takes seconds at a million requests.
    """
    ends = tickets.order_by().aggregate(first=Min("created_at"), last=Max("created_at"))
    if ends["last"] is None:
        return []
    found: list[Period] = []
    month = month_of(timezone.localtime(ends["last"]).date())
    while month.end > ends["first"] and len(found) < MONTHS_SHOWN:
        found.append(month)
        month = month.before()
    first, *rest = (
        FIGURES["registered"].tickets(tickets, one).order_by().annotate(month=Value(one.first.isoformat()))
        .values_list("month").annotate(count=Count("pk"))
        for one in found
    )  # fmt: skip
    counts = dict(first.union(*rest, all=True) if rest else first)
    return [(one.first, counts[text]) for one in found if (text := one.first.isoformat()) in counts]


@dataclass(frozen=True)
class _Gathered:
    """The figures of a period, for every combination of line, service, kind of work, assignee and being corrected."""

    counts: dict[str, Counter[_Key]]
    times: dict[_Key, list[float]]
    ratings: list[tuple[_Key, int | None, int]]


def tables(tickets: Tickets, period: Period) -> dict[str, list[Row]]:
    """Return the figures of each line, service, kind of work and assignee, by the name of the field; nobody last.

    Corrected tickets are left out of the rows by assignee: they say nothing of a person.
    """
    gathered = _gather(tickets, period)
    found = {}
    for field in FIELDS:
        ids = {key[FIELDS.index(field)] for counted in gathered.counts.values() for key in counted}
        rated = {rated_person for _key, rated_person, _value in gathered.ratings}
        names = _names(field, ids | rated if field == "assignee" else ids)
        found[field] = _fold(gathered, field, names)
    return found


def _gather(tickets: Tickets, period: Period) -> _Gathered:
    key = (*FIELDS, "corrected")
    sets = {name: FIGURES[name].tickets(tickets, period) for name in ("registered", "overdue", "done")}
    sets["in_work"] = tickets.filter(status__in=IN_WORK)
    sets["on_review"] = tickets.filter(status=Status.ON_REVIEW)
    counts: dict[str, Counter[_Key]] = defaultdict(Counter)
    for name, some in sets.items():
        for *values, count in some.order_by().values_list(*key).annotate(count=Count("pk")):
            counts[name][tuple(values)] = count
    times = defaultdict(list)
    finished = sets["done"].filter(submitted_at__isnull=False).order_by()
    for *values, created, submitted in finished.values_list(*key, "created_at", "submitted_at"):
        times[tuple(values)].append((submitted - created).total_seconds())
    given = Rating.objects.filter(
        ticket__in=tickets.order_by().values("pk"), created_at__gte=period.start, created_at__lt=period.end
    ).order_by()
    ratings = [
        (tuple(values), person, value)
        for *values, person, value in given.values_list(*(f"ticket__{name}" for name in key), "assignee", "value")
    ]
    return _Gathered(counts, times, ratings)


def _names(field: str, ids: set[Any]) -> dict[int, str]:
    model = {"line": SupportLine, "service": Service, "work_type": WorkType, "assignee": User}[field]
    return {found.pk: str(found) for found in model._default_manager.filter(pk__in=ids - {None})}


def _fold(gathered: _Gathered, field: str, names: dict[int, str]) -> list[Row]:
    at, own = FIELDS.index(field), field == "assignee"
    counts: dict[str, Counter[Any]] = defaultdict(Counter)
    times: dict[Any, list[float]] = defaultdict(list)
    ratings: dict[Any, list[int]] = defaultdict(list)
    for name, counted in gathered.counts.items():
        for key, count in counted.items():
            if not (own and key[-1]):
                counts[name][key[at]] += count
    for key, seconds in gathered.times.items():
        if not (own and key[-1]):
            times[key[at]] += seconds
    for key, person, value in gathered.ratings:
        if not (own and key[-1]):
            ratings[person if own else key[at]].append(value)
    keys = {*ratings, *(key for counted in counts.values() for key in counted)}
    rows = [
        Row(
            key, names.get(key, ""), counts["registered"][key], counts["in_work"][key], counts["on_review"][key],
            counts["overdue"][key], counts["done"][key], median(times[key]) if times[key] else None,
            fmean(ratings[key]) if ratings[key] else None, len(ratings[key]),
        )
        for key in keys
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.key is None, -row.registered - row.done, row.name))
