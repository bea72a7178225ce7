"""Decides how support works a ticket: take, assign, transfer, reclassify, ask, resume, submit, recall, "next, please"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk import access, queues, search
from helpdesk.actions import conversation
from helpdesk.actions.refusals import ActionRefused, NotFound, bad_input
from helpdesk.actions.texts import clean_text
from helpdesk.actions.transition import perform
from helpdesk.models import SupportLine, Ticket, User, WorkType
from helpdesk.moment import now


def take(*, actor: User, ticket_id: int, version: int | None = None) -> Ticket:
    """Make `actor` the assignee and start work; of several people at once exactly one wins."""
    return perform(
        "take",
        actor=actor,
        ticket_id=ticket_id,
        version=version,
        prepare=lambda _ticket: {"person": actor, "at": now()},
    )


def take_next(*, actor: User) -> Ticket | None:
    """Take the most urgent untaken ticket of `actor`'s lines; None when there is none.

    A colleague who wins a ticket in between only means that the next one is tried. Raises ActionRefused for people of no line.
    """
    if not access.roles_of(actor).lines:
        raise ActionRefused(access.denied("no_right", _("Only people of a support line take requests.")))
    for _attempt in range(20):
        ticket_id = queues.next_for(actor)
        if ticket_id is None:
            return None
        try:
            return take(actor=actor, ticket_id=ticket_id)
        except (ActionRefused, NotFound):
            continue
    return None


def assign(*, actor: User, ticket_id: int, person: User | None, version: int | None = None) -> Ticket:
    """Make `person` the assignee: a lead chooses any member of the line, a member himself."""

    def prepare(ticket: Ticket) -> Mapping[str, Any]:
        if person is None:
            raise bad_input({"person": _("Choose a person.")})
        if not access.assignable(ticket).filter(pk=person.pk).exists():
            raise bad_input({"person": _("This person is not a member of the ticket's line.")})
        if person != actor and ticket.line_id not in access.roles_of(actor).led:
            raise bad_input({"person": _("Only a lead assigns to others. You can assign the request to yourself.")})
        if person.pk == ticket.assignee_id:
            raise bad_input({"person": _("This person already has the request.")})
        return {"person": person}

    return perform(
        "assign",
        actor=actor,
        ticket_id=ticket_id,
        version=version,
        prepare=prepare,
        data={"person": person.pk if person else None},
    )


def transfer(
    *, actor: User, ticket_id: int, line: SupportLine | None, comment: str, version: int | None = None
) -> Ticket:
    """Hand the ticket to another line; the comment becomes an internal note there."""
    comment = clean_text(comment, "comment", maximum=5000)

    def prepare(ticket: Ticket) -> Mapping[str, Any]:
        if line is None or not line.is_active:
            raise bad_input({"line": _("Choose a line that works.")})
        if line.pk == ticket.line_id:
            raise bad_input({"line": _("The request is already on this line.")})
        conversation.say(ticket, actor=actor, text=comment, action="transfer", internal=True)
        return {"line": line}

    return perform(
        "transfer",
        actor=actor,
        ticket_id=ticket_id,
        version=version,
        reason=comment,
        prepare=prepare,
        data={"line": line.pk if line else None},
    )


def reclassify(
    *, actor: User, ticket_id: int, work_type: WorkType | None, comment: str = "", version: int | None = None
) -> Ticket:
    """Say what the request is really about: the limits of the new kind hold, less what has been used. The line stays."""
    comment = clean_text(comment, "comment", maximum=5000, required=False)

    def prepare(ticket: Ticket) -> Mapping[str, Any]:
        if work_type is None or not access.visible_work_types(actor).filter(pk=work_type.pk).exists():
            raise bad_input({"work_type": _("Choose a kind of work from the catalog.")})
        if work_type.pk == ticket.work_type_id:
            raise bad_input({"work_type": _("The request is of this kind already.")})
        return {"work_type": work_type}

    with transaction.atomic():
        ticket = perform(
            "reclassify",
            actor=actor,
            ticket_id=ticket_id,
            version=version,
            reason=comment,
            prepare=prepare,
            data={"work_type": work_type.pk if work_type else None},
        )
        search.index(ticket)
    return ticket


def release(*, ticket_id: int, version: int | None = None, reason: str = "") -> Ticket:
    """Take a request back to its line, where anybody may take it: its assignee left it alone, or left. The system does."""
    return perform("release", actor=None, ticket_id=ticket_id, version=version, reason=reason)


def hand_over(*, ticket_id: int, person: User, reason: str) -> Ticket:
    """Make `person` the assignee in the place of one who has left. The system does; who may be chosen is the caller's."""
    return perform(
        "assign", actor=None, ticket_id=ticket_id, reason=reason, prepare=lambda _ticket: {"person": person},
        data={"person": person.pk},
    )  # fmt: skip


def ask(*, actor: User, ticket_id: int, comment: str, version: int | None = None) -> Ticket:
    """Ask the requester a question; the execution clock pauses until he answers."""
    comment = clean_text(comment, "comment", maximum=5000)

    def prepare(ticket: Ticket) -> Mapping[str, Any]:
        conversation.say(ticket, actor=actor, text=comment, action="ask", to=[ticket.requester])
        return {}

    return perform("ask", actor=actor, ticket_id=ticket_id, version=version, reason=comment, prepare=prepare)


def resume(*, actor: User, ticket_id: int, version: int | None = None) -> Ticket:
    """Go on with the work without waiting for the answer."""
    return perform("resume", actor=actor, ticket_id=ticket_id, version=version)


def submit(*, actor: User, ticket_id: int, comment: str, version: int | None = None) -> Ticket:
    """Hand the result to the requester, telling him what was done."""
    comment = clean_text(comment, "comment", maximum=5000)

    def prepare(ticket: Ticket) -> Mapping[str, Any]:
        conversation.say(ticket, actor=actor, text=comment, action="submit", to=[ticket.requester])
        return {"at": now()}

    return perform("submit", actor=actor, ticket_id=ticket_id, version=version, reason=comment, prepare=prepare)


def recall(*, actor: User, ticket_id: int, version: int | None = None) -> Ticket:
    """Take the result back before the requester has judged it."""
    return perform("recall", actor=actor, ticket_id=ticket_id, version=version)
