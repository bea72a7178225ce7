"""Decides the page of the requests behind a figure: exactly those it counts, as the product's lists show them."""

from __future__ import annotations

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from admin_ext import ticket_rows
from admin_ext.analytics import filters
from admin_ext.pages import Page
from admin_ext.ticket_rows import Shown
from admin_ext.views.analytics import asked_for
from helpdesk import queues
from helpdesk.reports import named

PER_PAGE = 25


@require_GET
def figure_tickets(request: HttpRequest, figure: str) -> HttpResponse:
    """Show exactly the tickets that a figure counts, with what it counts above them."""
    user, stretch, asked = asked_for(request)
    counted = named.find(figure)
    if counted is None:
        raise Http404
    found = counted.tickets(asked.tickets, stretch).order_by("-pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    # A figure may count all there are: they are chosen by key, and only then joined.
    chosen = queues.stretch(found, (page.number - 1) * PER_PAGE, page.number * PER_PAGE)
    tickets, unread = ticket_rows.read(user, chosen)
    context = {
        **admin.site.each_context(request),
        "title": counted.label,
        "definition": counted.definition,
        "period": stretch,
        "query": f"?{stretch.query}{asked.query}",
        "pills": filters.pills(asked, stretch, filters.choices(user, asked)) if asked.narrowed else [],
        "page": page,
        "tickets": tickets,
        "unread": unread,
        "shown": Shown(choosable=False, requester=True, line=True),
    }
    return TemplateResponse(request, "admin_ext/analytics/tickets.html", context)


PAGES = [Page("analytics_tickets", "analytics/tickets/<slug:figure>/", figure_tickets)]
