"""Decides the page "who can see what and why": a person and a request with the rule that decided, and a part with its matrix."""

from __future__ import annotations

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
from helpdesk.models import Role, Ticket, User

PARTS = [part for part in Who if part is not Who.SYSTEM]


@require_GET
def who_may(request: HttpRequest) -> HttpResponse:
    """Show what the person asked for sees and may do with the request asked for, and the matrix of a part."""
    actor = signed_in(request)
    require_right(actor)
    login, number = request.GET.get("person", "").strip(), request.GET.get("ticket", "").strip()
    part = Who(request.GET["part"]) if request.GET.get("part") in PARTS else Who.REQUESTER
    person = User.objects.filter(username__iexact=login).first() if login else None
    ticket = _ticket(actor, number)
    context = {
        **admin.site.each_context(request),
        "title": _("Who can see what"),
        "login": login,
        "number": number,
        "person": person,
        "ticket": ticket,
        "is_asked": bool(login or number),
        "answer": _answer(person, ticket) if person is not None and ticket is not None else None,
        "parts": [(one.value, WHO_LABELS[one], one is part) for one in PARTS],
        "statuses": [status.value for status in Status],
        "matrix": _matrix(part),
    }
    return TemplateResponse(request, "admin_ext/people/who_may.html", context)


def _ticket(actor: User, number: str) -> Ticket | None:
    number = number.lstrip("#")
    if not (number.isascii() and number.isdecimal() and len(number) < 18):
        return None
    found = access.visible_to(actor).filter(pk=int(number))
    return found.select_related("assignee", "requester", "line").first()


def _answer(person: User, ticket: Ticket) -> dict[str, Any]:
    found, roles = access.grounds(person, ticket), access.roles_of(person)
    labels = {role.value: str(role.label) for role in Role}
    return {
        "sees": bool(found),
        "grounds": [ground.label for ground in Ground if ground in found],
        "is_support": access.is_support(person, ticket),
        "parts": [WHO_LABELS[part] for part in PARTS if part in access.parts_of(person, ticket)],
        "roles": [labels.get(name, name) for name in sorted(roles.groups)],
        "sees_all": Right.SEE_ALL_TICKETS in roles.rights,
        "write": access.may_write(person, ticket),
        "note": access.may_write(person, ticket, internal=True),
        "actions": [
            (action.label, access.may(person, name, ticket))
            for name, action in ACTIONS.items()
            if set(action.who) != {Who.SYSTEM}
        ],
    }


def _matrix(part: Who) -> list[tuple[Any, list[bool]]]:
    return [
        (action.label, [status in action.sources for status in Status])
        for action in ACTIONS.values()
        if part in action.who
    ]


PAGES = [Page("who_may", "people/who-may/", who_may)]
