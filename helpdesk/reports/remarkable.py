"""Decides which single requests a manager should look at: the oldest open ones, and those rated with words."""

from __future__ import annotations

from helpdesk.models import Rating, Ticket
from helpdesk.reports.memory import Tickets
from helpdesk.reports.period import Period
from helpdesk.reports.sql import mine

SHOWN = 10
# What a table shows of them, and no column more.
_PERSON = tuple(f"assignee__{name}" for name in ("first_name", "last_name", "username", "erased_at"))
_OF_TICKET = ("subject", "status", "created_at", "line__name", *_PERSON)
_OF_RATING = ("ticket_id", "value", "comment", "created_at", *_PERSON)


def oldest(tickets: Tickets) -> list[Ticket]:
    """Return the requests open now that were registered first, ten at most."""
    found = tickets.filter(closed_at__isnull=True).select_related("line", "assignee").only(*_OF_TICKET)
    return list(found.order_by("created_at", "pk")[:SHOWN])


def remarks(tickets: Tickets, period: Period) -> list[Rating]:
    """Return the ratings of the period that came with words, the worst first and then the newest, ten at most."""
    given = Rating.objects.filter(mine(tickets), created_at__gte=period.start, created_at__lt=period.end).exclude(
        comment=""
    )
    found = given.select_related("assignee").only(*_OF_RATING)
    return list(found.order_by("value", "-created_at", "-pk")[:SHOWN])
