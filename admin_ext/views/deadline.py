"""Decides how a deadline is explained to a person: the ledger of each clock in words, with the days that were counted."""

from __future__ import annotations

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from admin_ext.pages import Page
from helpdesk import access, clocks
from helpdesk.models import ClockKind

# What happens between a requester and his own review is his to read; how a line hands over is not.
_INTERNAL = {ClockKind.LINE_REACTION}


def deadline(request: HttpRequest, number: int) -> HttpResponse:
    """Answer with "why this deadline" of a ticket the person sees: a page, or its middle part for htmx."""
    ticket = access.visible_to(request.user).select_related("service", "work_type").filter(pk=number).first()
    if ticket is None:
        raise Http404
    support = access.is_support(request.user, ticket)
    explanations = [
        explanation for explanation in clocks.explain(ticket) if support or explanation.clock.kind not in _INTERNAL
    ]
    context = {
        **admin.site.each_context(request),
        "title": _("Why this deadline"),
        "ticket": ticket,
        "explanations": explanations,
        "support": support,
    }
    part = "Hx-Request" in request.headers
    template = "admin_ext/deadline/explanation.html" if part else "admin_ext/deadline/page.html"
    return TemplateResponse(request, template, context)


PAGES = [Page("ticket_deadline", "tickets/<int:number>/deadline/", deadline, everybody=True)]
