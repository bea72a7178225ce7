"""Decides how requests like the one looked at, or the one being written, are shown beside it."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from admin_ext.mixins.ticket_page import ticket_for
from admin_ext.pages import Page, signed_in
from helpdesk import precedents

# What is compared of a text that is still being typed.
_SUBJECT, _TEXT = 200, 2000


@require_GET
def of_ticket(request: HttpRequest, number: int) -> HttpResponse:
    """Answer with done requests like a ticket and what solved them: a part of its page, or a page of its own."""
    user, ticket = ticket_for(request, number)
    context = {"found": precedents.of_ticket(user, ticket), "ticket": ticket}
    if "Hx-Request" in request.headers:
        return TemplateResponse(request, "admin_ext/similar/of_ticket.html", context)
    context |= {**admin.site.each_context(request), "title": _("Similar requests")}
    return TemplateResponse(request, "admin_ext/similar/page.html", context)


@require_POST
def of_draft(request: HttpRequest) -> HttpResponse:
    """Answer with requests like the one that is being typed, open and done; nothing is stored."""
    subject, text = request.POST.get("subject", "")[:_SUBJECT], request.POST.get("text", "")[:_TEXT]
    context = {"found": precedents.of_draft(signed_in(request), subject, text)}
    return TemplateResponse(request, "admin_ext/similar/of_draft.html", context)


PAGES = [
    Page("ticket_similar", "tickets/<int:number>/similar/", of_ticket, everybody=True),
    Page("draft_similar", "new/similar/", of_draft, everybody=True),
]
