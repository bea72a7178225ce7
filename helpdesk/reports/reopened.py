"""Decides when a request that was reopened had been closed before: a closing that was taken back still happened."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby, pairwise
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from helpdesk.lifecycle import CLOSED, OPEN
from helpdesk.models import Ticket
from helpdesk.reports.period import Period

# What opens a closed request: a person reopens it, an administrator corrects it.
OPENING = ("reopen", "correct")


def closed_then(moment: datetime) -> QuerySet[Any]:
    """Return the ids of the requests that were closed at `moment` (aware) and have been opened since."""
    before = Ticket.history.filter(id=OuterRef("id"), history_date__lt=moment).order_by("-history_date", "-history_id")
    opened = Ticket.history.filter(last_action__in=OPENING, status__in=OPEN, history_date__gte=moment)
    found: QuerySet[Any] = opened.annotate(then=Subquery(before.values("status")[:1])).filter(then__in=CLOSED)
    return found.order_by().values("id")


def closed_stays(tickets: QuerySet[Ticket], period: Period) -> list[tuple[datetime, datetime]]:
    """Return from when to when requests were closed before they were opened again, where that touches `period`."""
    # The few that were opened again come first: a list of all tickets inside the condition would lead the plan astray.
    opened = Ticket.history.filter(last_action__in=OPENING, status__in=OPEN, history_date__gte=period.start)
    own = tickets.filter(pk__in=set(opened.order_by().values_list("id", flat=True))).order_by()
    rows = (
        Ticket.history.filter(id__in=list(own.values_list("pk", flat=True)))
        .order_by("id", "history_date", "history_id").values_list("id", "status", "history_date")
    )  # fmt: skip
    found = []
    for _ticket, lived in groupby(rows, key=lambda row: row[0]):
        closed: datetime | None = None
        for (_id, was, at), (_same, became, until) in pairwise(lived):
            if was in CLOSED:
                closed = closed or at
                if became in OPEN:
                    found.append((closed, until))
                    closed = None
    return [(since, until) for since, until in found if until >= period.start and since < period.end]
