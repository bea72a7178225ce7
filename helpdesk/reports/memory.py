"""Decides what is found out once for a report: it is kept with the tickets the report is about, for as long as it is made.

With them it is kept as well whether they are all requests of some lines, of which finished months are known.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.db.models import QuerySet

from helpdesk.models import Ticket
from helpdesk.reports.period import Period

Tickets = QuerySet[Ticket]


def kept(tickets: Tickets, name: str, period: Period, make: Callable[[], Any]) -> Any:
    """Return what `make` adds up of `tickets` in `period`, made once."""
    return remembered(tickets, (name, period.start, period.end), make)


def remembered(tickets: Tickets, key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
    """Return what `make` finds out for a report on `tickets`, made once for each `key`."""
    memory = tickets.__dict__.setdefault("_figures", {})
    if key not in memory:
        memory[key] = make()
    return memory[key]


def all_of_lines(tickets: Tickets, lines: Collection[int]) -> None:
    """Note that `tickets` are all requests of the lines with these ids, no more and no less."""
    remembered(tickets, ("lines",), lambda: tuple(lines))


def lines_of(tickets: Tickets) -> tuple[int, ...] | None:
    """Return the ids of the lines whose requests `tickets` are, None unless that was noted."""
    return tickets.__dict__.get("_figures", {}).get(("lines",))  # type: ignore[no-any-return]
