"""Decides how requests stand in a table, a row each, and what is read of them for it.

Written without a template: one asks for every value anew in every row, which was two fifths of the work of a list.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from admin_ext import displays
from helpdesk import access
from helpdesk.models import Ticket, User
from helpdesk.ticket_people import with_people

# What a row shows, and no column more.
_JOINED = ("service", "work_type", "line")
_PEOPLE = ("requester", "assignee")
_OF_PERSON = ("username", "first_name", "last_name", "photo", "erased_at")
_COLUMNS = (
    "subject", "status", "priority", "due_at", "updated_at", "service__name", "work_type__name", "line__name", *_PEOPLE,
)  # fmt: skip
_NOTHING = SafeString()
_ROW = (
    '<tr class="{late}{fresh}">{check}<td class="rows__subject"><a class="plain" href="{href}">{mark}{subject}</a>{dot}'
    ' <span class="rows__meta" title="{about}">#{number} · {about}</span></td>'
    '<td class="rows__status">{status} {due}</td>{requester}'
    '<td class="rows__person rows__assignee">{assignee}{line}</td><td class="rows__changed">{changed}</td></tr>'
)
_CHECK = (
    '<td class="rows__check"><input class="form-check-input" type="checkbox" name="_selected_action" value="{}"'
    ' aria-label="{}"></td>'
)
_REQUESTER = '<td class="rows__person rows__requester"><span class="visually-hidden">{}:</span> <span class="rows__name">{}</span></td>'
_ASSIGNEE = '<span class="visually-hidden">{}:</span> <span class="person">{}<span class="rows__name">{}</span></span>'
_NOBODY = '<span class="visually-hidden">{}:</span> <span class="text-body-secondary">{}</span>'


@dataclass(frozen=True)
class Shown:
    """What a table shows of a request besides its subject, kind, status, deadline, assignee and last change."""

    choosable: bool
    requester: bool
    line: bool


def read(user: User, tickets: QuerySet[Ticket]) -> tuple[list[Ticket], set[int]]:
    """Return the requests of a page with what their rows show, and the numbers of those with something unread for `user`.

    Three queries, however many there are.
    """
    found = with_people(tickets.select_related(*_JOINED).only(*_COLUMNS), _PEOPLE, columns=_OF_PERSON)
    unread = access.unread_in(user, [ticket.pk for ticket in found])
    return found, set(unread.order_by().values_list("ticket", flat=True))


def rows(tickets: Iterable[Ticket], unread: Collection[int], shown: Shown) -> SafeString:
    """Return the rows of `tickets`, which come joined with what is shown of them; `unread` are numbers with something unread."""
    # The address is looked up once, for a number that stands in it once.
    before, after = reverse("admin:helpdesk_ticket_change", args=[0]).rsplit("0", 1)
    dot = format_html(' <span class="dot">{}</span>', displays.icon("mail", _("unread messages")))
    return mark_safe(  # noqa: S308 - rows that have escaped what they show
        "".join(
            format_html(
                _ROW, late="is-late" if ticket.is_overdue else "", href=f"{before}{ticket.pk}{after}",
                fresh=" is-unread" if ticket.pk in unread else "", dot=dot if ticket.pk in unread else "",
                **_cells(ticket, shown),
            )
            for ticket in tickets
        )
    )  # fmt: skip


def _cells(ticket: Ticket, shown: Shown) -> dict[str, object]:
    return {
        "check": _check(ticket) if shown.choosable else _NOTHING,
        "mark": displays.priority_mark(ticket.priority),
        "subject": ticket.subject,
        "number": ticket.pk,
        "about": f"{ticket.service} · {ticket.work_type}",
        "status": displays.status_badge(ticket.status),
        "due": displays.due(ticket),
        "requester": format_html(_REQUESTER, _("Requester"), ticket.requester) if shown.requester else _NOTHING,
        "assignee": _assignee(ticket),
        "line": format_html('<span class="rows__line" title="{0}">{0}</span>', ticket.line) if shown.line else _NOTHING,
        "changed": displays.when(ticket.updated_at),
    }


def _check(ticket: Ticket) -> SafeString:
    return format_html(_CHECK, ticket.pk, _("Choose request #%(number)s") % {"number": ticket.pk})


def _assignee(ticket: Ticket) -> SafeString:
    if ticket.assignee is None:
        return format_html(_NOBODY, _("Assignee"), _("nobody yet"))
    return format_html(_ASSIGNEE, _("Assignee"), displays.avatar(ticket.assignee, "sm"), ticket.assignee)
