"""Decides how actions on a ticket arrive from its page, how they are refused there, and who else is on it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from admin_ext.forms.actions import ActionForm
from admin_ext.mixins.ticket_page import ticket_context, ticket_for
from admin_ext.pages import Page, signed_in
from helpdesk.actions import presence
from helpdesk.actions.dispatch import PEOPLE_START, act
from helpdesk.actions.refusals import ActionRefused, NotFound, StalePage
from helpdesk.lifecycle import ACTIONS, label_of
from helpdesk.whole_numbers import whole_number


@require_POST
def ticket_action(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """Carry out an action; a refusal answers with the page, the reason on it and everything typed kept."""
    if name not in PEOPLE_START:
        raise Http404
    bad_input: ValidationError | None = None
    extra: dict[str, object] = {}
    status = 422
    raw = {item.name: request.POST.get(item.name) for item in ACTIONS[name].inputs}
    try:
        act(
            name,
            actor=signed_in(request),
            ticket_id=number,
            raw=raw,
            version=whole_number(request.POST.get("version")),
        )
    except ValidationError as error:
        bad_input = error
    except ActionRefused as refusal:
        status, extra = 409, {"refusal": refusal.reason}
    except StalePage as stale:
        status, extra = 409, {"stale": stale}
    except NotFound as error:
        raise Http404 from error
    else:
        messages.success(request, f"#{number}: {label_of(name)}.")
        tab = request.POST.get("tab", "card")
        address = reverse("admin:helpdesk_ticket_change", args=[number])
        return HttpResponseRedirect(f"{address}?tab={tab}" if tab in ("messages", "history") else address)
    # Read after the refusal only: whoever may not see the request is told here that there is none.
    user, ticket = ticket_for(request, number)
    form = ActionForm(ACTIONS[name], user, [ticket], request.POST)
    form.full_clean()
    if bad_input is not None:
        _show(form, bad_input)
    context = {**ticket_context(request, user, ticket, tab="card", bound=form), **extra}
    return TemplateResponse(request, "admin_ext/ticket/page.html", context, status=status)


def _show(form: ActionForm, error: ValidationError) -> None:
    """Put the action's errors to the fields in place of the form's own guesses."""
    form.errors.clear()
    for field, found in getattr(error, "error_dict", {None: [error]}).items():
        form.add_error(field if field in form.fields else None, found)
        if field in form.fields:
            widget = form.fields[field].widget
            widget.attrs["class"] = f"{widget.attrs.get('class', '')} is-invalid".strip()


@require_POST
def ticket_presence(request: HttpRequest, number: int) -> HttpResponse:
    """Remember that the person looks (and writes), and answer who else does and whether the page is stale."""
    user, ticket = ticket_for(request, number)
    presence.touch(actor=user, ticket=ticket, writing=request.POST.get("writing") == "1")
    version = whole_number(request.POST.get("version"))
    context = {
        "ticket": ticket,
        "colleagues": presence.others(actor=user, ticket=ticket),
        "changed": version is not None and version != ticket.version,
    }
    return TemplateResponse(request, "admin_ext/ticket/presence.html", context)


PAGES = [
    Page("ticket_action", "tickets/<int:number>/actions/<slug:name>/", ticket_action, everybody=True),
    Page("presence", "tickets/<int:number>/presence/", ticket_presence, everybody=True),
]
