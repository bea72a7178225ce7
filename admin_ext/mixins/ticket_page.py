"""Decides what the page of one ticket shows: header with buttons, and the tabs card, messages, history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from admin_ext import conversation, timeline
from admin_ext.forms.actions import ActionForm
from helpdesk import access
from helpdesk.access import Button, Decision
from helpdesk.actions import conversation as messages
from helpdesk.lifecycle import Action
from helpdesk.models import ClockKind, Ticket, User
from helpdesk.ticket_people import with_people
from helpdesk.whole_numbers import whole_number

TABS = ("card", "messages", "history")
_RELATED = ("line", "service", "work_type", "calendar")
# What a person most likely wants to do next stands out; the first possible one of these.
_NEXT = ("take", "accept", "submit", "resume", "reopen")


@dataclass(frozen=True)
class Deed:
    """A button of the page: the action, whether it is possible, its dialog, and whether it is the likely next step."""

    action: Action
    decision: Decision
    form: ActionForm | None
    primary: bool = False


def ticket_for(request: HttpRequest, number: int) -> tuple[User, Ticket]:
    """Return the signed-in person and the ticket if he sees it; else raise Http404."""
    user = request.user
    found = access.visible_to(user).select_related(*_RELATED).filter(pk=number).order_by()
    ticket = next(iter(found), None)
    if ticket is None or not isinstance(user, User):
        raise Http404
    return user, ticket


def ticket_context(
    request: HttpRequest, user: User, ticket: Ticket, *, tab: str, bound: ActionForm | None = None
) -> dict[str, Any]:
    """Return the context of the page; `bound` is the form of an action that has just been refused."""
    with_people([ticket])
    context = {
        **admin.site.each_context(request),
        "title": f"#{ticket.pk} {ticket.subject}",
        "ticket": ticket,
        "tab": tab,
        "support": access.is_support(user, ticket),
        "deeds": deeds(user, ticket, bound),
        "bound": bound,
    }
    if tab == "card":
        hidden = () if context["support"] else (ClockKind.LINE_REACTION,)
        context["clocks"] = ticket.clocks.exclude(kind__in=hidden).order_by("started_at", "pk")
        context["files"] = access.visible_files(user, ticket).filter(message=None)
        context["ratings"] = ticket.ratings.select_related("author")
    elif tab == "messages":
        context |= conversation.shown(user, ticket)
        if not context["earlier"]:
            context["message_count"] = len(context["said"])
    else:
        context["moments"] = timeline.timeline(user, ticket)
    if "message_count" not in context:
        context["message_count"] = access.visible_messages(user, ticket).count()
    return context


def deeds(user: User, ticket: Ticket, bound: ActionForm | None = None) -> list[Deed]:
    """Return the buttons of the page, the likely next step first."""
    found = [_deed(button, user, ticket, bound) for button in access.buttons(user, ticket)]
    likely = next((deed for name in _NEXT for deed in found if deed.action.name == name and deed.decision), None)
    if likely is None:
        return found
    first = Deed(likely.action, likely.decision, likely.form, primary=True)
    return [first, *(deed for deed in found if deed is not likely)]


def _deed(button: Button, user: User, ticket: Ticket, bound: ActionForm | None) -> Deed:
    form = None
    if bound is not None and bound.action.name == button.action.name:
        form = bound
    elif button.decision and button.action.inputs:
        form = ActionForm(button.action, user, [ticket])
    return Deed(button.action, button.decision, form)


class TicketPageMixin:
    """The page of a ticket on the admin's own change address."""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Answer with the page; showing the messages marks what is addressed to the person as read."""
        number = whole_number(object_id)
        if request.method not in ("GET", "HEAD") or number is None:
            raise Http404
        user, ticket = ticket_for(request, number)
        tab = request.GET.get("tab", "")
        if tab == "messages":
            messages.mark_read(actor=user, ticket_id=ticket.pk)
        context = ticket_context(request, user, ticket, tab=tab if tab in TABS else "card")
        return TemplateResponse(request, "admin_ext/ticket/page.html", {**context, **(extra_context or {})})

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The history is a tab of the page."""
        number = whole_number(object_id)
        if number is None:
            raise Http404
        _user, ticket = ticket_for(request, number)
        address = reverse("admin:helpdesk_ticket_change", args=[ticket.pk])
        return HttpResponseRedirect(f"{address}?tab=history")
