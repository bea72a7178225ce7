"""Decides what the help page explains: how a request lives, drawn from the one table, and how overdue is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admin_ext.pages import Page
from helpdesk import access, diagram
from helpdesk.access import Right
from helpdesk.lifecycle import Status, Who

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

MEANINGS: dict[Status, Lazy] = {
    Status.NEW: gettext_lazy("Support has the request, nobody has taken it yet."),
    Status.IN_WORK: gettext_lazy("Somebody in support is working on it."),
    Status.WAITING: gettext_lazy("Support has asked the requester something; the clock stands still until the answer."),
    Status.ON_REVIEW: gettext_lazy("The work is done, the requester judges the result."),
    Status.REWORK: gettext_lazy("The requester has sent the result back, or the request has been reopened."),
    Status.DONE: gettext_lazy("The result is accepted."),
    Status.CANCELLED: gettext_lazy("The request is no longer needed or will not be done."),
}


def help_page(request: HttpRequest) -> HttpResponse:
    """Answer with the help page; people outside support read only of what they can do themselves."""
    works = access.has_right(request.user, Right.WORK_TICKETS) or access.has_right(request.user, Right.SEE_ALL_TICKETS)
    context = {
        **admin.site.each_context(request),
        "title": _("Help"),
        "diagram": mark_safe(diagram.svg()),  # noqa: S308 - drawn from our own table, labels escaped
        "rows": [row for row in diagram.rows() if works or Who.REQUESTER in row[0].who],
        "meanings": list(MEANINGS.items()),
        "works": works,
    }
    return TemplateResponse(request, "admin_ext/help/page.html", context)


PAGES = [Page("help", "help/", help_page, everybody=True)]
