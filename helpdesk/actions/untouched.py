"""Decides which requests go back to their line because whoever took them has not touched them. Off unless configured."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery

from helpdesk import worktime
from helpdesk.clocks import calendar_of
from helpdesk.lifecycle import Status
from helpdesk.models import Message, Ticket
from helpdesk.worktime import Limit


def candidates(at: datetime) -> QuerySet[Ticket]:
    """Return the requests in work that may have to go back at `at`, longest unchanged first, each with `said_at`."""
    if not settings.UNTOUCHED_RETURNS_AFTER:
        return Ticket.objects.none()
    said = Message.objects.filter(ticket=OuterRef("pk")).exclude(author=OuterRef("requester")).order_by("-id")
    unchanged = Ticket.objects.filter(status=Status.IN_WORK, updated_at__lte=at - _shortest(_limit()))
    return unchanged.annotate(said_at=Subquery(said.values("created_at")[:1])).order_by("updated_at")


def is_due(ticket: Ticket, at: datetime) -> bool:
    """Say whether a candidate has been left alone too long, in working time of its line.

    A touch is any change of the request, and any message in it that is not its requester's.
    """
    said_at: datetime | None = getattr(ticket, "said_at", None)
    touched = max(ticket.updated_at, said_at or ticket.updated_at)
    return worktime.add(calendar_of(ticket.line.calendar), touched, _limit()) <= at


def _limit() -> Limit:
    return Limit.parse(settings.UNTOUCHED_RETURNS_AFTER)


def _shortest(limit: Limit) -> timedelta:
    """Return the least time on the wall that a limit can take; a day of the wall may be an hour short."""
    return limit.working or timedelta(days=limit.amount, hours=-1)
