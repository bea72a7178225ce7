"""Decides what is found out once for a report: it is kept with the tickets the report is about, for as long as it is made."""

from __future__ import annotations

from collections.abc import Callable
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
