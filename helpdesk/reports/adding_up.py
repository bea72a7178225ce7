"""Adds up what a finished month came to: in Python, from the rows, each read once, for the whole desk and for each line.

A line has the requests that are its own when they are read; one that moves later changes, and its months are not believed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime

from helpdesk.actions.month_figures import month_of
from helpdesk.lifecycle import CLOSED, Status
from helpdesk.models import ClockState, Closing, Stay, Ticket, TicketClock
from helpdesk.reports import standing
from helpdesk.reports.facts import KEY
from helpdesk.reports.limits import KINDS
from helpdesk.reports.month_sums import Sums
from helpdesk.reports.period import Period

# By the id of the line, None for the whole desk.
Found = dict[int | None, Sums]


def add_up(month: Period) -> Found:
    """Return what all requests of the desk come to in `month`, and those of each line that has any there."""
    found: Found = defaultdict(Sums)
    found[None] = Sums()
    _add_registered(found, month)
    _add_closed(found, month)
    _add_undone(found, month)
    _add_limits(found, month)
    _add_steps(found, month)
    _add_standing(found, month)
    return dict(found)


def _add_registered(found: Found, month: Period) -> None:
    rows = Ticket.objects.filter(**_within("created_at", month)).order_by()
    for sums, (*key, late, reaction, created) in _read(found, rows, "line", *KEY, "late_at", "reaction", "created_at"):
        group, local = (*key, _day(late, month)), localtime(created)
        sums.came[group] += 1
        sums.moments["registered", local.date().isoformat(), ""] += 1
        sums.moments["hours", local.weekday(), local.hour] += 1
        if reaction is not None:
            sums.reactions[group].append(reaction)


def _add_closed(found: Found, month: Period) -> None:
    rows = Closing.objects.filter(status__in=CLOSED, **_within("at", month)).order_by()
    names = ("status", "again_at", "at", "path", "returned", "rating", "worked", "waited", "reviewed", "execution")
    for sums, row in _read(found, rows, "ticket__line", *KEY, *names):
        *key, status, again_at, at, path, returned, rating, worked, waited, reviewed, execution = row
        again, day = _day(again_at, month), localtime(at).date().isoformat()
        group = (*key, status, again)
        sums.add_closing(group, (1, int(returned), int(rating is not None), rating or 0, worked, waited, reviewed))
        sums.moments["closed", day, ""] += 1
        if status == Status.DONE:
            sums.paths[path, again] += 1
            sums.moments["done", day, again] += 1
            if execution is not None:
                sums.executions[group].append(execution)


def _add_undone(found: Found, month: Period) -> None:
    rows = Closing.objects.filter(status__in=CLOSED, **_within("undone_at", month)).order_by()
    for sums, (at,) in _read(found, rows, "ticket__line", "undone_at"):
        sums.moments["undone", localtime(at).date().isoformat(), ""] += 1


def _add_limits(found: Found, month: Period) -> None:
    rows = TicketClock.objects.filter(kind__in=KINDS, **_within("started_at", month)).order_by()
    for sums, (kind, met, breached, state) in _read(found, rows, "ticket__line", "kind", "met_at", "breached_at", "state"):  # fmt: skip
        sums.limits[kind, _day(met, month), _day(breached, month), state == ClockState.CANCELLED] += 1


def _add_steps(found: Found, month: Period) -> None:
    rows = Stay.objects.filter(spent__isnull=False, **_within("since", month)).order_by()
    for sums, (source, target, seconds) in _read(found, rows, "ticket__line", "came_from", "status", "spent"):
        sums.steps[source, target].append(seconds)


def _add_standing(found: Found, month: Period) -> None:
    for part in standing.open_at(month.end):
        for sums, (*key, created) in _read(found, part.order_by(), "ticket__line", *standing.KEY, "ticket__created_at"):
            sums.standing[(*key, month_of(created).isoformat())] += 1


def _read(found: Found, rows: Any, line: str, *names: str) -> Iterator[tuple[Sums, tuple[Any, ...]]]:
    """Yield each row twice: for the whole desk, and for the `line` its request is on."""
    for owner, *row in rows.values_list(line, *names).iterator(chunk_size=5000):
        yield found[None], tuple(row)
        yield found[owner], tuple(row)


def _day(at: datetime | None, month: Period) -> str:
    if at is None:
        return ""
    return month.first.isoformat() if at < month.end else localtime(at).date().isoformat()


def _within(moment: str, month: Period) -> dict[str, datetime]:
    return {f"{moment}__gte": month.start, f"{moment}__lt": month.end}
