"""Decides how messages arrive from a ticket's page, how new ones get there, and how files are handed out."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from admin_ext import conversation
from admin_ext.mixins.ticket_page import ticket_context, ticket_for
from admin_ext.pages import Page, signed_in
from helpdesk import access
from helpdesk.actions import conversation as actions
from helpdesk.actions.refusals import ActionRefused, NotFound
from helpdesk.models import Ticket, User
from helpdesk.whole_numbers import whole_number, whole_numbers

# Pictures may be shown in the page; everything else is only ever saved.
_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@require_POST
def ticket_message(request: HttpRequest, number: int) -> HttpResponse:
    """Post a message; by htmx the conversation comes back in place, errors at the box and the text kept."""
    user = signed_in(request)
    typed = request.POST.get("text", "")
    box: dict[str, Any] = {}
    status = 200
    try:
        actions.post(
            actor=user, ticket_id=number, text=typed, internal=request.POST.get("internal") == "1",
            to=_numbers(request.POST.getlist("to")), files=request.FILES.getlist("files"),
        )  # fmt: skip
    except ValidationError as error:
        status, box = 422, {"typed": typed, "box_errors": error.messages}
    except ActionRefused as refusal:
        status, box = 409, {"typed": typed, "box_errors": [str(refusal.reason)]}
    except NotFound as error:
        raise Http404 from error
    if box:
        box |= {"typed_internal": request.POST.get("internal") == "1", "typed_to": request.POST.getlist("to")}
    return _answer(request, number, box, status)


@require_POST
def message_edit(request: HttpRequest, message: int) -> HttpResponse:
    """Change one's own message while it is fresh."""
    user = request.user
    if not isinstance(user, User):
        raise Http404
    typed = request.POST.get("text", "")
    try:
        changed = actions.edit(actor=user, message_id=message, text=typed)
    except NotFound as error:
        raise Http404 from error
    except ActionRefused as refusal:
        return _refused(request, message, typed, [str(refusal.reason)], 409)
    except ValidationError as error:
        return _refused(request, message, typed, error.messages, 422)
    return _answer(request, changed.ticket_id, {}, 200)


def _refused(request: HttpRequest, message: int, typed: str, errors: list[str], status: int) -> HttpResponse:
    found = access.message_for(request.user, message)
    if found is None:
        raise Http404
    return _answer(request, found.ticket_id, {"typed": typed, "box_errors": errors}, status)


def _answer(request: HttpRequest, number: int, box: dict[str, Any], status: int) -> HttpResponse:
    if status == 200 and "Hx-Request" not in request.headers:
        return HttpResponseRedirect(f"{reverse('admin:helpdesk_ticket_change', args=[number])}?tab=messages")
    user, ticket = ticket_for(request, number)
    if "Hx-Request" not in request.headers:
        context = {**ticket_context(request, user, ticket, tab="messages"), **box}
        return TemplateResponse(request, "admin_ext/ticket/page.html", context, status=status)
    context = {**_part(user, ticket), **box}
    response = TemplateResponse(request, "admin_ext/ticket/conversation.html", context, status=status)
    response["HX-Trigger"] = "counters, message-sent" if status == 200 else "message-refused"
    return response


def _part(user: User, ticket: Ticket, *, everything: bool = False) -> dict[str, Any]:
    support = access.is_support(user, ticket)
    return {"ticket": ticket, "support": support, **conversation.shown(user, ticket, everything=everything)}


def ticket_messages(request: HttpRequest, number: int) -> HttpResponse:
    """Answer with the messages after `after` for the open page, or with all of them; 204 when there is nothing new."""
    user, ticket = ticket_for(request, number)
    after = whole_number(request.GET.get("after"))
    if after is None:
        context = _part(user, ticket, everything=True)
        return TemplateResponse(request, "admin_ext/ticket/said_list.html", context)
    fresh = list(access.visible_messages(user, ticket).filter(pk__gt=after).select_related("author"))
    if not fresh:
        return HttpResponse(status=204)
    actions.mark_read(actor=user, ticket_id=ticket.pk)
    context = {"ticket": ticket, "said": conversation.dress(user, ticket, fresh), "last_id": fresh[-1].pk}
    response = TemplateResponse(request, "admin_ext/ticket/fresh.html", context)
    response["HX-Trigger"] = "counters"
    return response


def attachment(request: HttpRequest, file: int) -> HttpResponseBase:
    """Hand out a file to who sees it: as a download of its checked type; `?inline` shows pictures."""
    found = access.visible_attachments(request.user).filter(pk=file).first()
    if found is None:
        raise Http404
    inline = "inline" in request.GET and found.content_type in _PICTURES
    try:
        response = FileResponse(
            found.file.open("rb"), as_attachment=not inline, filename=found.name, content_type=found.content_type
        )
    except FileNotFoundError as error:
        raise Http404 from error
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _numbers(values: list[str]) -> list[int] | None:
    """Return the chosen people; None, when the form has none, lets the action address the other side."""
    return whole_numbers(values) or None


PAGES = [
    Page("ticket_message", "tickets/<int:number>/message/", ticket_message, everybody=True),
    Page("ticket_messages", "tickets/<int:number>/messages/", ticket_messages, everybody=True),
    Page("message_edit", "messages/<int:message>/", message_edit, everybody=True),
    Page("attachment", "files/<int:file>/", attachment, everybody=True),
]
