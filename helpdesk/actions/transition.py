"""Decides how every transition is carried out: lock, re-read, ask access, transition, clocks, history, stay, event.

All actions on a ticket end here, so the order is the same everywhere and a refusal leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django_fsm import TransitionNotAllowed

from helpdesk import access, clocks, notify
from helpdesk.actions import month_figures, stays
from helpdesk.actions.refusals import ActionRefused, NotFound, StalePage
from helpdesk.actions.staleness import changes_since
from helpdesk.lifecycle import ACTIONS, Who
from helpdesk.models import Ticket, User
from helpdesk.models.recording import sign
from helpdesk.moment import now
from helpdesk.ticket_people import with_people

if TYPE_CHECKING:
    from datetime import datetime

# These change what the figures count a request by: its line, its service and kind of work, whether it was corrected.
_REGROUP = frozenset({"transfer", "reclassify", "correct"})
Prepare = Callable[[Ticket], Mapping[str, Any]]


def locked(ticket_id: int, actor: User | None, version: int | None = None) -> Ticket:
    """Return the ticket locked and freshly read; call it inside a transaction.

    `actor` None is the system, which sees everything. `version` is the one the person's page was made from.
    Raises NotFound when there is no such ticket for `actor`, StalePage when it has changed since `version`.
    """
    rows = Ticket.objects.all() if actor is None else access.visible_to(actor)
    found = rows.select_for_update(of=("self",)).select_related("line", "calendar").filter(pk=ticket_id).order_by()
    tickets = with_people(found)
    if not tickets:
        raise NotFound(ticket_id)
    ticket = tickets[0]
    if version is not None and version != ticket.version:
        changes, by = changes_since(ticket, version)
        raise StalePage(ticket, changes, by)
    return ticket


def perform(
    name: str,
    *,
    actor: User | None,
    ticket_id: int,
    version: int | None = None,
    reason: str = "",
    prepare: Prepare | None = None,
    data: Mapping[str, Any] | None = None,
) -> Ticket:
    """Carry out the action `name` of the lifecycle table and return the changed ticket.

    `prepare` gets the locked ticket after access has agreed and returns the keywords of the transition; it may raise
    ValidationError. `reason` goes into the history, `data` into the event. Raises NotFound, StalePage, ActionRefused.
    """
    action = ACTIONS[name]
    with transaction.atomic():
        ticket = locked(ticket_id, actor, version)
        if actor is not None:
            verdict = access.may(actor, name, ticket)
            if not verdict:
                raise ActionRefused(verdict, ticket)
        elif Who.SYSTEM not in action.who:
            raise ActionRefused(access.denied("not_yours", ""), ticket)
        keywords = dict(prepare(ticket)) if prepare else {}
        before = {"status": ticket.status, "line": ticket.line_id, "assignee": ticket.assignee_id}
        try:
            getattr(ticket, action.method)(**keywords)
        except TransitionNotAllowed as error:
            raise ActionRefused(access.denied("wrong_status", str(error)), ticket) from error
        at = now()
        clocks.apply(ticket, name, at=at, actor=actor, reason=reason)
        save(ticket, name, actor=actor, at=at, reason=reason, rating=(data or {}).get("rating"))
        notify.record(ticket, name, actor=actor, at=at, data={"before": before, **(data or {})})
    return ticket


def save(
    ticket: Ticket, name: str, *, actor: User | None, at: datetime, reason: str = "", rating: int | None = None
) -> None:
    """Store a changed ticket as the next version, with its history row and where it is from `at` on; call it under the lock.

    `rating` came with a closing.
    """
    ticket.version += 1
    ticket.updated_at = at
    ticket.last_action = name
    sign(ticket, by=actor, at=at, reason=reason)
    ticket.save()
    stays.record(ticket, at=at, rating=rating)
    if name in _REGROUP:
        month_figures.forget_since(ticket.created_at, at)
