"""Decides on what grounds a person sees a ticket: the one rule for a loaded ticket, which can also be told in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from helpdesk.access.roles import NOBODY, Right, Visitor, rights_of_role, roles_of
from helpdesk.models.people import Role

if TYPE_CHECKING:
    from helpdesk.models import Ticket


class Ground(models.TextChoices):
    """Why a person sees a ticket."""

    SEES_ALL = "sees_all", _("Analysts and administrators see every request.")
    REQUESTER = "requester", _("The request is this person's own.")
    REGISTERED = "registered", _("This person registered the request.")
    LINE = "line", _("The request is on a line of this person.")
    ASSIGNEE = "assignee", _("The request is assigned to this person.")


# Who sees a ticket on one of these looks at it from the support's side: notes and template replies are for him.
OF_SUPPORT = frozenset({Ground.SEES_ALL, Ground.LINE, Ground.ASSIGNEE})


def grounds(user: Visitor, ticket: Ticket) -> frozenset[Ground]:
    """Return on what grounds `user` sees `ticket`; none when he does not. No query beyond `roles_of`."""
    roles = roles_of(user)
    if roles is NOBODY:
        return frozenset()
    holds = {
        Ground.SEES_ALL: Right.SEE_ALL_TICKETS in roles.rights,
        Ground.REQUESTER: ticket.requester_id == user.pk,
        Ground.REGISTERED: ticket.registered_by_id == user.pk,
        Ground.LINE: ticket.line_id in roles.lines,
        Ground.ASSIGNEE: bool(roles.lines) and ticket.assignee_id == user.pk,
    }
    return frozenset(ground for ground, is_so in holds.items() if is_so)


def sight_of_role(role: str) -> tuple[Ground, ...]:
    """Return on what grounds a role can see tickets."""
    if Right.SEE_ALL_TICKETS in rights_of_role(role):
        return (Ground.SEES_ALL,)
    own = (Ground.REQUESTER, Ground.REGISTERED)
    return (*own, Ground.LINE, Ground.ASSIGNEE) if role in (Role.AGENT, Role.LEAD) else own
