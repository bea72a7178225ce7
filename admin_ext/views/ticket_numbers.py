"""Decides what follows a page of a search that finds many: its chips and its pages with their numbers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from admin_ext import ticket_pages
from admin_ext.forms.filters import TicketFilter
from admin_ext.pages import Page, signed_in


@require_GET
def ticket_numbers(request: HttpRequest) -> HttpResponse:
    """Answer with the numbers of the list of the same address as parts that htmx puts in their places."""
    filtered = TicketFilter.read(signed_in(request), request.GET)
    return TemplateResponse(request, "admin_ext/list/numbers.html", ticket_pages.numbers(filtered))


PAGES = [Page("ticket_numbers", "tickets/numbers/", ticket_numbers, everybody=True)]
