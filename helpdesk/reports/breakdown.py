"""Decides how the figures are broken down: by status, by day with the backlog, by line, service, kind, assignee, month."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Subquery, Value
from django.utils import timezone

from helpdesk.lifecycle import Status
from helpdesk.models import Closing
from helpdesk.reports import facts, kept_months, moments, names, standing
from helpdesk.reports.durations import middle
from helpdesk.reports.facts import Key, Tally
from helpdesk.reports.figures import FIGURES
from helpdesk.reports.memory import Tickets, kept
from helpdesk.reports.names import Names
from helpdesk.reports.period import Period, month_of
from helpdesk.reports.sql import mine

MONTHS_SHOWN = 36
FIELDS = facts.KEY[:-1]
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
    """Return how many of the requests registered in the period were in each status at its end."""
    found: Counter[str] = Counter()
    for (status, *_rest, is_new), count in standing.at_end(tickets, period).items():
        found[status] += count if is_new else 0
    registered = facts.whole(tickets, period).registered
    found[Status.CANCELLED] = kept(
        tickets, "cancelled", period, lambda: _last_closings(period, Status.CANCELLED).filter(mine(tickets)).count()
    )
    found[Status.DONE] = registered - sum(found.values())
    return [(status, found[status.value]) for status in Status]


def still_closed(tickets: Tickets, period: Period, status: Status) -> Tickets:
    """Return the requests registered in the period that were closed so when it ended."""
    return tickets.filter(pk__in=_last_closings(period, status).values("ticket"))


def _last_closings(period: Period, status: Status) -> QuerySet[Closing]:
    """Return the closings that held when the period ended, one of each request registered and closed so in it."""
    found = Closing.objects.filter(at__gte=period.start, at__lt=period.end, status=status)
    found = found.filter(Q(undone_at__isnull=True) | Q(undone_at__gte=period.end))
    return found.filter(ticket__created_at__gte=period.start, ticket__created_at__lt=period.end)


def by_day(tickets: Tickets, period: Period) -> list[Day]:
    """Return what was registered and done on each day, and how many were open at its end."""
    happened = moments.of(tickets, period)
    backlog = standing.count_open(tickets, period.start)
    found = []
    for day in period.days():
        backlog += happened.registered[day] - happened.closed[day] + happened.undone[day]
        found.append(Day(day, happened.registered[day], happened.done[day], backlog))
    return found


def months(tickets: Tickets) -> list[tuple[date, int]]:
    """Return the months in which requests were registered, newest first, each with how many; of the last three years.

    Each month is counted by its bounds: telling the month of every row takes seconds at a million requests.
    """
    oldest = tickets.order_by("created_at").values("created_at")[:1]
    newest = tickets.order_by("-created_at").annotate(oldest=Subquery(oldest)).values_list("created_at", "oldest")
    ends = newest.first()
    if ends is None:
        return []
    last, earliest = ends
    found: list[Period] = []
    month = month_of(timezone.localtime(last).date())
    while month.end > earliest and len(found) < MONTHS_SHOWN:
        found.append(month)
        month = month.before()
    believed = kept_months.registered(tickets)
    counts = {one.first.isoformat(): believed[one.first] for one in found if one.first in believed}
    asked = [
        FIGURES["registered"].tickets(tickets, one).order_by().annotate(month=Value(one.first.isoformat()))
        .values_list("month").annotate(count=Count("pk"))
        for one in found if one.first not in believed
    ]  # fmt: skip
    if asked:
        counts.update(asked[0].union(*asked[1:], all=True) if asked[1:] else asked[0])
    return [(one.first, count) for one in found if (count := counts.get(one.first.isoformat()))]


def tables(tickets: Tickets, period: Period) -> dict[str, list[Row]]:
    """Return the figures of each line, service, kind of work and assignee, by the name of the field; nobody last.

    What was done, or open at the end, is of the assignee who had it then. Corrected tickets are left out of the rows by
    assignee: they say nothing of a person.
    """

    def make() -> dict[str, list[Row]]:
        groups, open_then = facts.groups(tickets, period), standing.at_end(tickets, period)
        return {field: _rows(field, groups, open_then, names.of_catalog(tickets)) for field in FIELDS}

    return kept(tickets, "tables", period, make)  # type: ignore[no-any-return]


def _rows(field: str, groups: dict[Key, Tally], open_then: Counter[Key], called: Names) -> list[Row]:
    at, own = FIELDS.index(field), field == "assignee"
    tallies: dict[Any, Tally] = defaultdict(Tally)
    for key, tally in groups.items():
        if not (own and key[-1]):
            tallies[key[at]].add(tally)
    standing_with: dict[str, Counter[Any]] = defaultdict(Counter)
    for (status, *rest), count in open_then.items():
        if not (own and rest[len(FIELDS)]):
            standing_with[status][rest[at]] += count
    keys = {*tallies, *(key for status in (*IN_WORK, Status.ON_REVIEW) for key in standing_with[status])}
    named = names.of_people(keys) if own else called[field]
    rows = [
        Row(
            key, named.get(key, ""), tallies[key].registered, sum(standing_with[status][key] for status in IN_WORK),
            standing_with[Status.ON_REVIEW][key], tallies[key].overdue, tallies[key].done,
            middle([sorted(tallies[key].executions)]) if tallies[key].executions else None,
            tallies[key].stars / tallies[key].ratings if tallies[key].ratings else None, tallies[key].ratings,
        )
        for key in keys
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.key is None, -row.registered - row.done, row.name))
