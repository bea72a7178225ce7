"""Decides how a deadline is explained to a person, by the ledger in words, and where administrators see failed ones."""

from __future__ import annotations

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from admin_ext.pages import Page, signed_in
from helpdesk import access, clocks
from helpdesk.actions import deadlines
from helpdesk.actions.refusals import NotFound
from helpdesk.models import ClockKind

PER_PAGE = 50

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


@require_GET
def set_aside(request: HttpRequest) -> HttpResponse:
    """Show the clocks that could not be reckoned, and why."""
    found = deadlines.set_aside(signed_in(request))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {**admin.site.each_context(request), "title": _("Deadlines set aside"), "page": page}
    return TemplateResponse(request, "admin_ext/deadline/set_aside.html", context)


@require_POST
def try_again(request: HttpRequest, clock: int) -> HttpResponse:
    """Hand a clock back to the background work."""
    try:
        deadlines.return_to_sweep(actor=signed_in(request), clock_id=clock)
    except NotFound as error:
        raise Http404 from error
    messages.success(request, _("The deadline will be reckoned again within a minute."))
    return HttpResponseRedirect(reverse("admin:set_aside"))


PAGES = [
    Page("ticket_deadline", "tickets/<int:number>/deadline/", deadline, everybody=True),
    Page("set_aside", "deadlines/set-aside/", set_aside),
    Page("set_aside_again", "deadlines/set-aside/<int:clock>/again/", try_again),
]
