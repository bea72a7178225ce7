"""Decides how one action is done to many tickets: first a page with yes or no for each, then the result for each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from admin_ext.forms.actions import ActionForm
from admin_ext.pages import Page
from helpdesk import access
from helpdesk.access import Decision
from helpdesk.actions.dispatch import act
from helpdesk.actions.refusals import ActionRefused, NotFound, StalePage
from helpdesk.lifecycle import ACTIONS, Action, InputKind
from helpdesk.models import Ticket, User
from helpdesk.whole_numbers import whole_number, whole_numbers

LIMIT = 100


@dataclass(frozen=True)
class Verdict:
    """A chosen ticket and whether the action is possible for it."""

    ticket: Ticket
    decision: Decision


@dataclass(frozen=True)
class Result:
    """What became of a chosen ticket."""

    ticket: Ticket
    done: bool
    reason: str = ""
    is_fault: bool = False  # of what was typed, not of the ticket


def bulk_page(request: HttpRequest, name: str, tickets: list[Ticket], form: ActionForm | None = None) -> HttpResponse:
    """Answer with the list of `tickets`, yes or no for each, and the form of the action `name`."""
    user = request.user
    if not isinstance(user, User):
        raise Http404
    verdicts = [Verdict(ticket, access.may(user, name, ticket)) for ticket in tickets]
    possible = [verdict.ticket for verdict in verdicts if verdict.decision]
    context = {
        **admin.site.each_context(request),
        "title": str(ACTIONS[name].label),
        "action": ACTIONS[name],
        "verdicts": sorted(verdicts, key=lambda verdict: not verdict.decision),
        "possible": len(possible),
        "form": form or _form(ACTIONS[name], user, possible),
    }
    status = 422 if form is not None and form.errors else 200
    return TemplateResponse(request, "admin_ext/bulk/confirm.html", context, status=status)


@require_POST
def bulk_action(request: HttpRequest, name: str) -> HttpResponse:
    """Carry out the action for each confirmed ticket, from the version its page showed, and answer with the results."""
    user = request.user
    action = ACTIONS.get(name)
    if action is None or not action.bulk or not isinstance(user, User):
        raise Http404
    versions = _versions(request)
    tickets = _chosen(user, versions)
    form = _form(action, user, tickets, request.POST)
    if not form.is_valid():
        return bulk_page(request, name, _chosen(user, [*versions, *_impossible(request)]), form)
    results = [_one(name, user, ticket, versions[ticket.pk], form) for ticket in tickets]
    faults = {result.reason for result in results if result.is_fault}
    if faults and all(result.is_fault for result in results):
        # Nothing was done because of what was typed: the form is shown again with it.
        form.add_error(None, ValidationError(sorted(faults)))
        return bulk_page(request, name, _chosen(user, [*versions, *_impossible(request)]), form)
    done = sum(result.done for result in results)
    context = {
        **admin.site.each_context(request),
        "title": str(action.label),
        "results": sorted(results, key=lambda result: result.done),
        "done": done,
        "refused": len(results) - done,
        "gone": len(versions) - len(results),
    }
    return TemplateResponse(request, "admin_ext/bulk/result.html", context)


def _chosen(user: User, numbers: Iterable[int]) -> list[Ticket]:
    tickets = access.visible_to(user).filter(pk__in=list(numbers)).select_related("assignee", "line").order_by("pk")
    return list(tickets[:LIMIT])


def _form(action: Action, user: User, tickets: list[Ticket], data: QueryDict | None = None) -> ActionForm:
    """Return the form of `action`; it offers the people of every line that the tickets stand on."""
    form = ActionForm(action, user, tickets, data)
    lines = {ticket.line_id: ticket for ticket in tickets}
    for item in action.inputs:
        if item.kind is InputKind.PERSON and len(lines) > 1:
            people = {
                person.pk: str(person) for ticket in lines.values() for person in access.assignable_by(user, ticket)
            }
            field = form.fields[item.name]
            field.choices = [("", "–"), *sorted(people.items(), key=lambda row: row[1])]  # type: ignore[attr-defined]
    return form


def _one(name: str, user: User, ticket: Ticket, version: int, form: ActionForm) -> Result:
    try:
        changed = act(name, actor=user, ticket_id=ticket.pk, raw=form.cleaned_data, version=version)
    except ActionRefused as refusal:
        return Result(ticket, done=False, reason=str(refusal.reason))
    except StalePage as stale:
        return Result(
            stale.ticket, done=False, reason=_("Somebody has changed the request meanwhile. Look at it first.")
        )
    except NotFound:
        return Result(ticket, done=False, reason=_("You cannot see this request any more."))
    except ValidationError as error:
        return Result(ticket, done=False, reason=" ".join(error.messages), is_fault=True)
    return Result(changed, done=True)


def _versions(request: HttpRequest) -> dict[int, int]:
    """Return the confirmed tickets with the version the page showed; values of the form `number:version`."""
    versions = {}
    for value in request.POST.getlist("ticket")[:LIMIT]:
        number, version = (whole_number(part) for part in value.partition(":")[::2])
        if number is not None and version is not None:
            versions[number] = version
    return versions


def _impossible(request: HttpRequest) -> list[int]:
    """Return the tickets that the page listed with a no; they are only shown again."""
    return whole_numbers(request.POST.getlist("impossible")[:LIMIT])


PAGES = [Page("bulk_action", "tickets/actions/<slug:name>/", bulk_action)]
