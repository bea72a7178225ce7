"""Decides what is kept of a finished month, and adds it up: in Python, from the rows, so that one month is read at a time.

How each part is written: lists of rows. A day (`2026-03-10`) says when something happened after the month was over, by the
clock of the desk; what happened within it has the month's first day, what did not happen is an empty text. A report that
ends before that day does not count it.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime

from helpdesk.lifecycle import CLOSED, Status
from helpdesk.models import ClockState, Closing, MonthPart, Stay, Ticket, TicketClock
from helpdesk.reports.facts import KEY
from helpdesk.reports.limits import KINDS
from helpdesk.reports.period import Period

Rows = list[list[Any]]


def parts(month: Period) -> dict[MonthPart, Rows]:
    """Return what all requests of the desk come to in `month`."""
    registered, hours = _registered(month)
    closed, paths, days = _closed(month)
    return {
        MonthPart.REGISTERED: registered,
        MonthPart.REGISTERED_SUM: _sum(registered, len(KEY), 1),
        MonthPart.CLOSED: closed,
        MonthPart.CLOSED_SUM: _sum(closed, len(KEY), 2),
        MonthPart.MOMENTS: [*hours, *days, *_undone(month)],
        MonthPart.LIMITS: _limits(month),
        MonthPart.PATHS: paths,
        MonthPart.ARROWS: _arrows(month),
    }


def _sum(rows: Rows, keys: int, conditions: int) -> Rows:
    """Return the rows without their first `keys` columns, added up for each value of the `conditions` columns behind them."""
    found: dict[tuple[Any, ...], list[Any]] = {}
    for row in rows:
        at, sums = tuple(row[keys : keys + conditions]), row[keys + conditions :]
        found[at] = [one + other for one, other in zip(found[at], sums, strict=True)] if at in found else sums
    return [[*at, *sums, sorted(seconds)] for at, (*sums, seconds) in found.items()]


def written(rows: Rows) -> str:
    """Return the rows of a part as they are stored."""
    return json.dumps(rows, separators=(",", ":"))


def _day(at: datetime | None, month: Period) -> str:
    if at is None:
        return ""
    return month.first.isoformat() if at < month.end else localtime(at).date().isoformat()


def _within(moment: str, month: Period) -> dict[str, datetime]:
    return {f"{moment}__gte": month.start, f"{moment}__lt": month.end}


def _counted(what: str, counts: Counter[tuple[Any, Any]]) -> Rows:
    return [[what, first, second, count] for (first, second), count in counts.items()]


def _registered(month: Period) -> tuple[Rows, Rows]:
    """Return `KEY`, when late, how many, seconds to the first taking of each; and days and hours at which they came."""
    reactions: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    counts: Counter[tuple[Any, ...]] = Counter()
    days: Counter[tuple[Any, Any]] = Counter()
    hours: Counter[tuple[Any, Any]] = Counter()
    rows = Ticket.objects.filter(**_within("created_at", month)).order_by()
    for *key, late, reaction, created in _read(rows, *KEY, "late_at", "reaction", "created_at"):
        at, local = (*key, _day(late, month)), localtime(created)
        counts[at] += 1
        days[local.date().isoformat(), ""] += 1
        hours[local.weekday(), local.hour] += 1
        if reaction is not None:
            reactions[at].append(reaction)
    told = [[*at, count, sorted(reactions[at])] for at, count in counts.items()]
    return told, [*_counted("registered", days), *_counted("hours", hours)]


def _closed(month: Period) -> tuple[Rows, Rows, Rows]:
    """Return closings by `KEY`, status and when closed so again; paths of what was done; days of closings.

    A row of the first: how many, returned, ratings, their sum, seconds worked, waited, reviewed, of each until submission.
    """
    sums: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0] * 7)
    executions: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    paths: Counter[tuple[Any, Any]] = Counter()
    closed: Counter[tuple[Any, Any]] = Counter()
    done: Counter[tuple[Any, Any]] = Counter()
    rows = Closing.objects.filter(status__in=CLOSED, **_within("at", month)).order_by()
    names = ("status", "again_at", "at", "path", "returned", "rating", "worked", "waited", "reviewed", "execution")
    for *key, status, again_at, at, path, returned, rating, worked, waited, reviewed, execution in _read(
        rows, *KEY, *names
    ):
        again, day = _day(again_at, month), localtime(at).date().isoformat()
        group = (*key, status, again)
        more = (1, int(returned), int(rating is not None), rating or 0, worked, waited, reviewed)
        sums[group] = [one + other for one, other in zip(sums[group], more, strict=True)]
        closed[day, ""] += 1
        if status == Status.DONE:
            paths[path, again] += 1
            done[day, again] += 1
            if execution is not None:
                executions[group].append(execution)
    told = [[*group, *added, sorted(executions[group])] for group, added in sums.items()]
    travelled = [[path, again, count] for (path, again), count in paths.items()]
    return told, travelled, [*_counted("closed", closed), *_counted("done", done)]


def _undone(month: Period) -> Rows:
    """Return the days on which closings were taken back."""
    undone = Closing.objects.filter(status__in=CLOSED, **_within("undone_at", month)).order_by()
    return _counted("undone", Counter((localtime(at).date().isoformat(), "") for (at,) in _read(undone, "undone_at")))


def _limits(month: Period) -> Rows:
    """Return clock, when met, when missed, whether called off, how many."""
    clocks = TicketClock.objects.filter(kind__in=KINDS, **_within("started_at", month)).order_by()
    counts = Counter(
        (kind, _day(met, month), _day(breached, month), state == ClockState.CANCELLED)
        for kind, met, breached, state in _read(clocks, "kind", "met_at", "breached_at", "state")
    )
    return [[*outcome, count] for outcome, count in counts.items()]


def _arrows(month: Period) -> Rows:
    """Return the statuses a step leads from and to, and the seconds before each such step."""
    spent: dict[tuple[str, str], list[int]] = defaultdict(list)
    steps = Stay.objects.filter(spent__isnull=False, **_within("since", month)).order_by()
    for source, target, seconds in _read(steps, "came_from", "status", "spent"):
        spent[source, target].append(seconds)
    return [[source, target, sorted(seconds)] for (source, target), seconds in spent.items()]


def _read(rows: Any, *names: str) -> Iterable[tuple[Any, ...]]:
    return rows.values_list(*names).iterator(chunk_size=5000)  # type: ignore[no-any-return]
