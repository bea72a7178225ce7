"""Decides what of the ledger a what-if tells again: the lines that move a clock, with the kind of work of the moment."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from helpdesk.clocks.replay import Line, Outcome, outcome_of
from helpdesk.models import ClockEvent, ClockEventKind, Ticket, TicketClock
from helpdesk.reports.limits import KINDS
from helpdesk.reports.memory import Tickets
from helpdesk.worktime import Limit

_TOLD = (
    ClockEventKind.START, ClockEventKind.PAUSE, ClockEventKind.RESUME, ClockEventKind.STOP, ClockEventKind.REOPEN,
    ClockEventKind.CANCEL, ClockEventKind.RETARGET,
)  # fmt: skip
_Times = tuple[list[datetime], list[int]]


@dataclass(slots=True)
class Ledger:
    """A clock as it is stored, and its lines. `kinds` are the kinds of work in force at the lines that bring limits.

    A clock whose due time was promised elsewhere has no limits and no lines.
    """

    ticket: int
    clock: str
    calendar: int | None
    stored: Outcome
    lines: list[Line]
    kinds: list[int]


def read(tickets: Tickets, at: datetime) -> Iterator[Ledger]:
    """Yield the ledgers of the reaction and execution clocks of `tickets`, as they stand at `at`; four queries."""
    clocks = TicketClock.objects.filter(kind__in=KINDS, ticket__in=tickets.values("pk")).order_by()
    moves: dict[int, list[tuple[int, str, datetime]]] = defaultdict(list)
    told = ClockEvent.objects.filter(clock__in=clocks.values("pk"), kind__in=_TOLD).order_by("pk")
    for event, clock, kind, moment in told.values_list("pk", "clock_id", "kind", "at").iterator(chunk_size=5000):
        moves[clock].append((event, kind, moment))
    changed = _changed_limits(clocks)
    times = _kinds_in_time(clocks, changed) if changed else {}
    rows = clocks.values_list(
        "pk", "ticket_id", "ticket__work_type_id", "kind", "state", "calendar_id", "limits", "due_at", "breached_at"
    )
    for pk, ticket, kind_of_work, name, state, calendar, limits, due, breached in rows.iterator(chunk_size=5000):
        late = breached is not None or (due is not None and due <= at)
        lines = _lines(moves.get(pk, []), limits, changed)
        kinds = [_kind_at(times.get(ticket), line.at, kind_of_work) for line in lines if line.limits]
        yield Ledger(ticket, name, calendar, outcome_of(state=state, late=late), lines, kinds)


def _changed_limits(clocks: Any) -> dict[int, tuple[list[str], list[str]]]:
    """Return the limits before and after each line that another kind of work brought, by the line's id.

    A calendar that was edited leaves a line without those before: its limits are the same, it moves nothing here.
    """
    lines = ClockEvent.objects.filter(clock__in=clocks.values("pk"), kind=ClockEventKind.RETARGET)
    found = lines.order_by().values_list("pk", "detail")
    return {pk: (detail["before"], detail["limits"]) for pk, detail in found if "before" in detail}


def _lines(
    moves: list[tuple[int, str, datetime]], limits: list[str], changed: dict[int, tuple[list[str], list[str]]]
) -> list[Line]:
    retargets = [changed[event] for event, _kind, _at in moves if event in changed] if changed else []
    first = retargets[0][0] if retargets else limits
    if not first:
        return []
    given = {ClockEventKind.START.value: first}
    return [
        Line(kind, moment, _parsed(changed[event][1] if event in changed else given.get(kind, [])))
        for event, kind, moment in moves
    ]


_limit = lru_cache(maxsize=1000)(Limit.parse)


def _parsed(written: list[str]) -> tuple[Limit, ...]:
    return tuple(_limit(text) for text in written)


def _kinds_in_time(clocks: Any, changed: dict[int, Any]) -> dict[int, _Times]:
    """Return when each ticket that was reclassified became which kind of work, by the history of the ticket."""
    tickets = ClockEvent.objects.filter(
        clock__in=clocks.values("pk"), kind=ClockEventKind.RETARGET, detail__has_key="before"
    ).values("clock__ticket")
    rows = Ticket.history.model.objects.filter(id__in=tickets).order_by("history_id")
    found: dict[int, _Times] = defaultdict(lambda: ([], []))
    for ticket, at, kind in rows.values_list("id", "history_date", "work_type_id"):
        found[ticket][0].append(at)
        found[ticket][1].append(kind)
    return found


def _kind_at(times: _Times | None, at: datetime, now: int) -> int:
    if times is None or not times[0]:
        return now
    return times[1][max(0, bisect_right(times[0], at) - 1)]
