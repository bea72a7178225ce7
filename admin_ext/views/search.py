"""Decides what the search box of the top bar answers: a number leads straight to its ticket, words give a list."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from admin_ext.pages import Page
from helpdesk import access, queues
from helpdesk import search as engine
from helpdesk.access import Visitor
from helpdesk.models import Ticket, User
from helpdesk.search import Part
from helpdesk.ticket_people import with_people

SHOWN = 50
# So many messages are looked through for a passage to show.
MESSAGES = 400
# A subject is shown whole.
_WHOLE = 1000


@dataclass(frozen=True)
class Found:
    """A ticket that answers the query: its subject with the words that do, and the passage that does."""

    ticket: Ticket
    subject: tuple[Part, ...]
    passage: tuple[Part, ...]
    in_message: bool = False


def search(request: HttpRequest) -> HttpResponse:
    """Answer with the tickets the person sees that match `q`, the newest or the most relevant first."""
    query = request.GET.get("q", "").strip()[:200]
    visible = access.visible_to(request.user)
    number = engine.number_of(query)
    if number is not None and visible.filter(pk=number).exists():
        return HttpResponseRedirect(reverse("admin:helpdesk_ticket_change", args=[number]))
    order = "relevant" if request.GET.get("order") == "relevant" else "newest"
    tickets = _ordered(request.user, query, order)
    more = len(tickets) > SHOWN
    context = {
        **admin.site.each_context(request),
        "title": _("Search"),
        "search_query": query,
        "found": _found(request.user, tickets[:SHOWN], query),
        "more": more,
        "order": order,
        # Where more of the newest follow, older ones are not missed yet.
        "newest_of": "" if more and order == "newest" else newest_of(request.user, query),
        "scope": queues.scopes_for(request.user)[-1] if isinstance(request.user, User) else "",
    }
    return TemplateResponse(request, "admin_ext/search/page.html", context)


def newest_of(user: Visitor, query: str) -> str:
    """Return of how many requests the newest were looked at, in words of numbers; nothing where all were."""
    if not query or not engine.looks_at_newest_only(user, query):
        return ""
    return number_format(engine.MOST_FOUND, force_grouping=True)


def _ordered(user: Visitor, query: str, order: str) -> list[Ticket]:
    """Return the tickets to show, and one more where there are more."""
    visible = access.visible_to(user)
    if order == "newest" and engine.finds_many(user, query):
        numbers = engine.newest_matching(visible, user, query, 0, SHOWN + 1)
    elif order == "newest":
        # By their keys first: joined at once, PostgreSQL joins all that are found.
        numbers = list(engine.matching(visible, user, query).order_by("-pk").values_list("pk", flat=True)[: SHOWN + 1])
    else:
        numbers = engine.most_relevant(engine.matching(visible, user, query), query, most=SHOWN + 1)
    rows = with_people(visible.filter(pk__in=numbers).select_related("service", "line"), ("requester", "assignee"))
    by_number = {ticket.pk: ticket for ticket in rows}
    return [by_number[number] for number in numbers if number in by_number]


def _found(user: Visitor, tickets: list[Ticket], query: str) -> list[Found]:
    subjects = {ticket.pk: engine.excerpt(ticket.subject, query, length=_WHOLE) for ticket in tickets}
    texts = {ticket.pk: engine.excerpt(ticket.text, query) for ticket in tickets}
    said = _said(user, [ticket for ticket in tickets if not texts[ticket.pk]], query)
    return [
        Found(
            ticket,
            subjects[ticket.pk] or (Part(ticket.subject),),
            texts[ticket.pk] or said.get(ticket.pk) or engine.beginning(ticket.text),
            in_message=ticket.pk in said,
        )
        for ticket in tickets
    ]


def _said(user: Visitor, tickets: list[Ticket], query: str) -> dict[int, tuple[Part, ...]]:
    """Return the newest message of each ticket that answers the query, of those that have one."""
    said: dict[int, tuple[Part, ...]] = {}
    if not tickets:
        return said
    messages = access.visible_messages_in(user, tickets).order_by("-id").values_list("ticket_id", "text")
    for ticket, text in messages[:MESSAGES]:
        if ticket not in said and (passage := engine.excerpt(text, query)):
            said[ticket] = passage
    return said


PAGES = [Page("search", "search/", search, everybody=True)]
