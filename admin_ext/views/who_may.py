"""Decides the page "who can see what and why": a person and a request with the rule that decided, and what a role may do.

Both are read from `access` and from the table of the lifecycle, which decide everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from admin_ext.pages import Page, signed_in
from helpdesk import access
from helpdesk.access import Ground, Right
from helpdesk.actions.letting_go import require_right
from helpdesk.lifecycle import ACTIONS, WHO_LABELS, Status, Who
from helpdesk.models import Membership, Role, Ticket, User
from helpdesk.whole_numbers import whole_number

PARTS = [part for part in Who if part is not Who.SYSTEM]


@dataclass(frozen=True)
class Cell:
    """Whether a role may carry out an action in a status: as what, and whether on every request it sees or on some of them."""

    parts: str
    is_plain: bool


@require_GET
def who_may(request: HttpRequest) -> HttpResponse:
    """Show what the person asked for sees and may do with the request asked for, and the matrix of a role."""
    actor = signed_in(request)
    require_right(actor)
    login, number = request.GET.get("person", "").strip(), request.GET.get("ticket", "").strip()
    person = User.objects.filter(username__iexact=login).first() if login else None
    ticket = _ticket(actor, number)
    role = _role(request.GET.get("role", ""), person)
    context = {
        **admin.site.each_context(request),
        "title": _("Who can see what"),
        "login": login,
        "number": number,
        "person": person,
        "ticket": ticket,
        "is_asked": bool(number) or (bool(login) and person is None),
        "answer": _answer(person, ticket) if person is not None and ticket is not None else None,
        "standing": _standing(person) if person is not None else None,
        "roles": [(one.value, one.label, one is role) for one in Role],
        "role": role,
        "rights": [access.RIGHT_LABELS[right] for right in Right if right in access.rights_of_role(role)],
        "sees": [ground.label for ground in access.sight_of_role(role)],
        "statuses": [status.value for status in Status],
        "matrix": _matrix(role),
    }
    return TemplateResponse(request, "admin_ext/people/who_may.html", context)


def _ticket(actor: User, number: str) -> Ticket | None:
    found = access.visible_to(actor).filter(pk=whole_number(number.lstrip("#")) or 0)
    return found.select_related("assignee", "requester", "line").first()


def _role(asked: str, person: User | None) -> Role:
    """Return the role asked for, else the strongest of the person, else the requester's."""
    if asked in Role.values:
        return Role(asked)
    held = access.roles_of(person).groups if person is not None else frozenset()
    strongest = [Role.ADMINISTRATOR, Role.LEAD, Role.AGENT, Role.CATALOG, Role.ANALYST]
    return next((role for role in strongest if role in held), Role.REQUESTER)


def _standing(person: User) -> dict[str, Any]:
    roles = access.roles_of(person)
    labels = {role.value: str(role.label) for role in Role}
    lines = Membership.objects.filter(person=person).select_related("line").order_by("line__name")
    return {
        "roles": [labels.get(name, name) for name in sorted(roles.groups)],
        "lines": [f"{row.line} ({row.get_role_display()})" for row in lines],
        "rights": [access.RIGHT_LABELS[right] for right in Right if right in roles.rights],
        "superuser": roles.superuser,
    }


def _answer(person: User, ticket: Ticket) -> dict[str, Any]:
    found = access.grounds(person, ticket)
    return {
        "sees": bool(found),
        "grounds": [ground.label for ground in Ground if ground in found],
        "is_support": access.is_support(person, ticket),
        "parts": [WHO_LABELS[part] for part in PARTS if part in access.parts_of(person, ticket)],
        "write": access.may_write(person, ticket),
        "note": access.may_write(person, ticket, internal=True),
        "actions": [
            (action.label, access.may(person, name, ticket))
            for name, action in ACTIONS.items()
            if set(action.who) != {Who.SYSTEM}
        ],
    }


def _matrix(role: Role) -> list[tuple[Any, list[Cell | None]]]:
    """Return each action of the role with its cell for each status; actions it never has are left out."""
    held = access.parts_of_role(role)
    # What everybody has in the requests that he filed himself is shown with the requester.
    of_role = held - {Who.REQUESTER} if role is not Role.REQUESTER else held
    plain = access.parts_of_role(role, alone=True)
    rows = []
    for action in ACTIONS.values():
        parts = [part for part in PARTS if part in of_role and part in action.who]
        if parts:
            cell = Cell(", ".join(str(WHO_LABELS[part]) for part in parts), bool(plain & set(parts)))
            rows.append((action.label, [cell if status in action.sources else None for status in Status]))
    return rows


PAGES = [Page("who_may", "people/who-may/", who_may)]
