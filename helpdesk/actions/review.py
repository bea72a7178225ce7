"""Decides how a ticket ends, and how it comes back: accept, return, cancel, reopen, correct."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from helpdesk.actions import conversation
from helpdesk.actions.refusals import bad_input
from helpdesk.actions.texts import clean_text
from helpdesk.actions.transition import perform
from helpdesk.clocks import reopen_deadline
from helpdesk.lifecycle import CLOSED, OPEN, Status
from helpdesk.models import Rating, Ticket, User
from helpdesk.moment import now

_LOW = 2


def accept(*, actor: User, ticket_id: int, rating: Any, comment: str = "", version: int | None = None) -> Ticket:
    """Accept the result with a rating of 1 to 5; a rating of 1 or 2 needs a comment."""
    value = _rating(rating)
    comment = clean_text(comment, "comment", maximum=5000, required=False)
    if value <= _LOW and not comment:
        raise bad_input({"comment": _("Please say what went wrong: a low rating needs a comment.")})

    def prepare(ticket: Ticket) -> Mapping[str, Any]:
        at = now()
        Rating.objects.create(
            ticket=ticket, author=actor, assignee=ticket.assignee, value=value, comment=comment, created_at=at
        )
        ticket.reopen_until = reopen_deadline(ticket, at)
        return {"at": at}

    return perform(
        "accept",
        actor=actor,
        ticket_id=ticket_id,
        version=version,
        reason=comment,
        prepare=prepare,
        data={"rating": value},
    )


def accept_silently(*, ticket_id: int, version: int | None = None) -> Ticket:
    """Close a ticket whose requester kept silent through the review limit: no rating, flagged. Only the system does."""

    def prepare(ticket: Ticket) -> Mapping[str, Any]:
        at = now()
        ticket.reopen_until = reopen_deadline(ticket, at)
        return {"at": at}

    return perform("accept_silently", actor=None, ticket_id=ticket_id, version=version, prepare=prepare)


def send_back(*, actor: User, ticket_id: int, comment: str, version: int | None = None) -> Ticket:
    """Return the result for rework (the action `return`); the reason becomes a message to the assignee."""
    comment = clean_text(comment, "comment", maximum=5000)

    def prepare(ticket: Ticket) -> Mapping[str, Any]:
        to = [ticket.assignee] if ticket.assignee else []
        conversation.say(ticket, actor=actor, text=comment, action="return", to=to)
        return {}

    return perform("return", actor=actor, ticket_id=ticket_id, version=version, reason=comment, prepare=prepare)


def cancel(*, actor: User, ticket_id: int, comment: str, version: int | None = None) -> Ticket:
    """Cancel the request; the reason stays in the history and is told to the other side."""
    comment = clean_text(comment, "comment", maximum=5000)

    def prepare(ticket: Ticket) -> Mapping[str, Any]:
        at = now()
        ticket.reopen_until = reopen_deadline(ticket, at)
        return {"at": at}

    return perform("cancel", actor=actor, ticket_id=ticket_id, version=version, reason=comment, prepare=prepare)


def cancel_silently(*, ticket_id: int, version: int | None = None) -> Ticket:
    """Close a request whose requester does not answer. Only the system does; he may reopen it as any other."""

    def prepare(ticket: Ticket) -> Mapping[str, Any]:
        at = now()
        ticket.reopen_until = reopen_deadline(ticket, at)
        return {"at": at}

    return perform("cancel_silently", actor=None, ticket_id=ticket_id, version=version, prepare=prepare)


def reopen(*, actor: User, ticket_id: int, comment: str, version: int | None = None) -> Ticket:
    """Bring a closed ticket back for rework; the reason becomes a message to whoever had it."""
    comment = clean_text(comment, "comment", maximum=5000)

    def prepare(ticket: Ticket) -> Mapping[str, Any]:
        other = ticket.requester if actor != ticket.requester else ticket.assignee
        conversation.say(ticket, actor=actor, text=comment, action="reopen", to=[other] if other else [])
        ticket.reopen_until = None
        return {}

    return perform("reopen", actor=actor, ticket_id=ticket_id, version=version, reason=comment, prepare=prepare)


def correct(*, actor: User, ticket_id: int, status: str, comment: str, version: int | None = None) -> Ticket:
    """Set the status by hand, marked as a correction for ever."""
    comment = clean_text(comment, "comment", maximum=5000)
    if status not in Status.values:
        raise bad_input({"status": _("Choose one of the statuses.")})

    def prepare(ticket: Ticket) -> Mapping[str, Any]:
        if status == ticket.status:
            raise bad_input({"status": _("The request already has this status.")})
        needs_assignee = status in OPEN and status not in (Status.NEW, Status.REWORK)
        if needs_assignee and ticket.assignee is None:
            raise bad_input({"status": _("Nobody has this request. Assign it first.")})
        at = now()
        ticket.reopen_until = reopen_deadline(ticket, at) if status in CLOSED else None
        return {"status": status, "at": at}

    return perform(
        "correct",
        actor=actor,
        ticket_id=ticket_id,
        version=version,
        reason=comment,
        prepare=prepare,
        data={"status": status},
    )


def _rating(value: Any) -> int:
    try:
        number = int(str(value))
    except ValueError:
        number = 0
    if not 1 <= number <= 5:
        raise bad_input({"rating": _("Choose from one to five stars.")})
    return number
