"""Decides how unread messages and notices are shown and opened, and how the live counters are answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from admin_ext.pages import Page
from helpdesk import access
from helpdesk.actions import conversation
from helpdesk.models import Message, Notice, User
from helpdesk.notify import sentence
from helpdesk.whole_numbers import whole_number

SHOWN = 50


@dataclass(frozen=True)
class Item:
    """An unread message or notice, as the panel lists it."""

    number: int
    subject: str
    text: str
    author: User | None
    at: datetime
    message: int | None
    internal: bool = False


def inbox(request: HttpRequest) -> HttpResponse:
    """Answer with what is unread: the list for the side panel, or a page of its own."""
    messages = access.unread_messages(request.user).select_related("ticket", "author")[: SHOWN + 1]
    notices = access.unread_notices(request.user).select_related("ticket", "event__actor")[: SHOWN + 1]
    items = sorted([*map(_of_message, messages), *map(_of_notice, notices)], key=lambda item: item.at, reverse=True)
    context = {
        **admin.site.each_context(request),
        "title": _("Unread"),
        "items": items[:SHOWN],
        "more": len(items) > SHOWN,
    }
    part = "Hx-Request" in request.headers
    return TemplateResponse(request, "admin_ext/inbox/list.html" if part else "admin_ext/inbox/page.html", context)


def _of_message(message: Message) -> Item:
    return Item(
        number=message.ticket_id, subject=message.ticket.subject, text=message.text, author=message.author,
        at=message.created_at, message=message.pk, internal=message.is_internal,
    )  # fmt: skip


def _of_notice(notice: Notice) -> Item:
    return Item(
        number=notice.ticket_id, subject=notice.ticket.subject, author=notice.event.actor, at=notice.created_at,
        text=sentence(notice.kind, number=notice.ticket_id, subject=notice.ticket.subject), message=None,
    )  # fmt: skip


@require_POST
def inbox_open(request: HttpRequest, number: int) -> HttpResponse:
    """Mark what is unread in a ticket as read, up to the chosen message, and go there."""
    user = request.user
    if not isinstance(user, User) or not access.visible_to(user).filter(pk=number).exists():
        raise Http404
    message = whole_number(request.POST.get("message"))
    conversation.mark_read(actor=user, ticket_id=number, upto=message)
    address = reverse("admin:helpdesk_ticket_change", args=[number])
    return HttpResponseRedirect(f"{address}?tab=messages#message-{message}" if message else address)


@require_POST
def inbox_read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    user = request.user
    if isinstance(user, User):
        conversation.mark_all_read(actor=user)
    if "Hx-Request" not in request.headers:
        return HttpResponseRedirect(reverse("admin:inbox"))
    response = inbox(request)
    response["HX-Trigger"] = "counters"
    return response


def counters(request: HttpRequest) -> HttpResponse:
    """Answer with the numbers of the menu as parts that htmx puts in their places."""
    return TemplateResponse(request, "admin_ext/partials/counters.html", admin.site.each_context(request))


PAGES = [
    Page("inbox", "inbox/", inbox, everybody=True),
    Page("inbox_read_all", "inbox/read-all/", inbox_read_all, everybody=True),
    Page("inbox_open", "inbox/<int:number>/", inbox_open, everybody=True),
    Page("counters", "counters/", counters, everybody=True),
]
