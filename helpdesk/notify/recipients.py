"""Decides whom an event concerns: which kind of notice it is, and who has which part in it. Who cannot see is not told."""

from __future__ import annotations

from helpdesk import access
from helpdesk.models import Event, Membership, NoticeKind, NoticeRole, User

_KINDS: dict[str, NoticeKind] = {
    "register": NoticeKind.REGISTERED,
    "assign": NoticeKind.ASSIGNED,
    "transfer": NoticeKind.TRANSFERRED,
    "message": NoticeKind.MESSAGE,
    "note": NoticeKind.MESSAGE,
    "ask": NoticeKind.QUESTION,
    "submit": NoticeKind.SUBMITTED,
    "return": NoticeKind.RETURNED,
    "accept": NoticeKind.CLOSED,
    "accept_silently": NoticeKind.CLOSED,
    "cancel": NoticeKind.CLOSED,
    "cancel_silently": NoticeKind.CLOSED,
    "release": NoticeKind.TRANSFERRED,
    "reopen": NoticeKind.REOPENED,
    "due_soon": NoticeKind.DUE_SOON,
    "overdue": NoticeKind.OVERDUE,
    "requester_reminder": NoticeKind.REQUESTER_REMINDER,
}


def kind_of(event: Event) -> NoticeKind | None:
    """Return what people are told of `event`; None for one that is nobody's news.

    A message that came with an action is told of by the action.
    """
    if event.kind in ("message", "note") and event.data.get("action"):
        return None
    return _KINDS.get(event.kind)


def recipients(event: Event, wanted: set[NoticeRole]) -> dict[User, set[NoticeRole]]:
    """Return the people of the `wanted` parts with the parts each has. The actor is not told what he did himself.

    A deadline of a ticket that nobody has concerns its whole line.
    """
    ticket = event.ticket
    parts: dict[User, set[NoticeRole]] = {}

    def add(person: User | None, role: NoticeRole) -> None:
        if person is not None and role in wanted:
            parts.setdefault(person, set()).add(role)

    add(ticket.requester, NoticeRole.REQUESTER)
    add(ticket.assignee, NoticeRole.ASSIGNEE)
    orphan = (ticket.assignee is None or not ticket.assignee.is_active) and NoticeRole.ASSIGNEE in wanted
    if orphan or wanted & {NoticeRole.LINE, NoticeRole.LEAD}:
        for member in Membership.objects.filter(line=ticket.line_id).select_related("person"):
            add(member.person, NoticeRole.LINE)
            if orphan:
                add(member.person, NoticeRole.ASSIGNEE)
            if member.role == Membership.LineRole.LEAD:
                add(member.person, NoticeRole.LEAD)
    for person in User.objects.filter(pk__in=event.data.get("to", ())):
        add(person, NoticeRole.ADDRESSED)
    return {person: roles for person, roles in parts.items() if _may_know(person, event)}


def _may_know(person: User, event: Event) -> bool:
    if not person.is_active or person.pk == event.actor_id:
        return False
    if event.internal:
        return access.is_support(person, event.ticket)
    return access.can_see(person, event.ticket)
