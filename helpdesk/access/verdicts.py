"""Decides who may do what to a ticket or a message, and says why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from helpdesk.access.roles import NOBODY, Right, Visitor, rights_of_role, roles_of
from helpdesk.access.rows import can_see
from helpdesk.lifecycle import ACTIONS, Action, Status, Who
from helpdesk.models import Message, Role, Ticket
from helpdesk.moment import now

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy


@dataclass(frozen=True)
class Decision:
    """An answer that is truthy when allowed; a refusal carries a stable code and a sentence a person understands."""

    allowed: bool
    code: str = ""
    reason: Lazy | str = ""

    def __bool__(self) -> bool:
        return self.allowed


ALLOWED = Decision(True)


def denied(code: str, reason: Lazy | str) -> Decision:
    """Return a refusal."""
    return Decision(False, code, reason)


def parts_of(user: Visitor, ticket: Ticket) -> frozenset[Who]:
    """Return the parts `user` has in `ticket`, which the lifecycle table speaks of."""
    roles = roles_of(user)
    if roles is NOBODY:
        return frozenset()
    parts: set[Who] = set()
    if ticket.requester_id == user.pk:
        parts.add(Who.REQUESTER)
    if ticket.line_id in roles.lines:
        parts.add(Who.MEMBER)
        if ticket.assignee_id == user.pk:
            parts.add(Who.ASSIGNEE)
    if ticket.line_id in roles.led:
        parts.add(Who.LEAD)
    if Right.CORRECT in roles.rights:
        parts.add(Who.CORRECTOR)
    return frozenset(parts)


def parts_of_role(role: str, *, alone: bool = False) -> frozenset[Who]:
    """Return the parts that a role can give in a ticket; `alone` those it gives in every ticket that it brings into sight."""
    if role == Role.REQUESTER:
        return frozenset({Who.REQUESTER})
    parts = {Who.CORRECTOR} if Right.CORRECT in rights_of_role(role) else set()
    if role in (Role.AGENT, Role.LEAD):
        parts |= {Who.MEMBER} if alone else {Who.MEMBER, Who.ASSIGNEE}
    if role == Role.LEAD:
        parts.add(Who.LEAD)
    return frozenset(parts)


def could_ever(user: Visitor, action: Action, ticket: Ticket) -> bool:
    """Say whether `user`'s role in `ticket` can ever have `action`: then its button is shown, even if disabled."""
    parts = parts_of(user, ticket)
    if Who.MEMBER in parts and Who.ASSIGNEE in action.who:
        return True
    return bool(parts & set(action.who))


def may(user: Visitor, action_name: str, ticket: Ticket) -> Decision:
    """Answer whether `user` may carry out the action of the lifecycle table on `ticket` now, with the reason if not.

    No query beyond `roles_of`, except for the name of a colleague in a reason. Raises KeyError for an unknown action.
    """
    action = ACTIONS[action_name]
    parts = parts_of(user, ticket)
    if not could_ever(user, action, ticket):
        return denied("not_yours", _("This is not among the things your role can do with this request."))
    if ticket.status not in action.sources:
        return denied(
            "wrong_status",
            _("Not possible while the status is “%(status)s”.") % {"status": Status(ticket.status).label},
        )
    if not parts & set(action.who):
        return denied("not_assignee", _not_assignee(ticket))
    return _special_guard(action_name, parts, user, ticket)


def _not_assignee(ticket: Ticket) -> Lazy | str:
    """Say why a member of the line has to leave to others what he could do as the assignee."""
    if ticket.assignee_id:
        return _("Only the assignee (%(assignee)s) or the line lead can do this.") % {"assignee": ticket.assignee}
    return _("Only the assignee or the line lead can do this. Take the request first.")


def _special_guard(name: str, parts: frozenset[Who], user: Visitor, ticket: Ticket) -> Decision:
    if name == "take" and ticket.assignee_id not in (None, user.pk) and ticket.assignee.is_active:
        return denied("taken", _("%(assignee)s already has this request.") % {"assignee": ticket.assignee})
    if name == "assign" and Who.LEAD not in parts and ticket.assignee_id not in (None, user.pk):
        return denied(
            "taken",
            _("%(assignee)s already has this request; only a lead may reassign it.") % {"assignee": ticket.assignee},
        )
    if name == "reopen" and Who.LEAD not in parts and (ticket.reopen_until is None or ticket.reopen_until < now()):
        return denied(
            "window_closed", _("The time to reopen this request is over. Please file a new one and mention its number.")
        )
    return ALLOWED


@dataclass(frozen=True)
class Button:
    """An action a person's role has in a ticket, and whether it is possible now."""

    action: Action
    decision: Decision


def buttons(user: Visitor, ticket: Ticket) -> list[Button]:
    """Return the actions `user`'s role can ever have in `ticket`, in the order of the table, each with the answer."""
    return [
        Button(action, may(user, name, ticket)) for name, action in ACTIONS.items() if could_ever(user, action, ticket)
    ]


def may_write(user: Visitor, ticket: Ticket, *, internal: bool = False) -> Decision:
    """Answer whether `user` may post a message in `ticket`, or an internal note."""
    if not can_see(user, ticket):
        return denied("not_yours", _("You cannot see this request."))
    parts = parts_of(user, ticket)
    support = bool(parts & {Who.MEMBER, Who.LEAD, Who.CORRECTOR})
    if internal and not support:
        return denied("not_support", _("Only support can write internal notes."))
    if not support and user.pk not in (ticket.requester_id, ticket.registered_by_id):
        return denied("read_only", _("You can read this request, but not write in it."))
    if ticket.is_closed and not support:
        return denied("closed", _("The request is closed. Reopen it or file a new one to write."))
    return ALLOWED


def may_edit(user: Visitor, message: Message) -> Decision:
    """Answer whether `user` may change the text of `message`: his own, for fifteen minutes, not one said by an action."""
    if message.author_id != user.pk or not user.is_active:
        return denied("not_author", _("Only the author can change a message."))
    if message.action:
        return denied("action_text", _("This text belongs to an action and stays in the history as it was."))
    if (now() - message.created_at).total_seconds() > 15 * 60:
        return denied("too_late", _("A message can be changed for fifteen minutes after it was sent."))
    return ALLOWED
