"""Decides the page What-if: a proposal is asked for, its address shows what it would have changed, and it leads to a change-set."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from admin_ext.forms.what_if import FrameForm, KindsForm, calendar_choices, named_kinds
from admin_ext.pages import Page, signed_in
from helpdesk import access
from helpdesk.access import Right
from helpdesk.actions import imports
from helpdesk.actions.refusals import ActionRefused
from helpdesk.clocks.replay import Outcome
from helpdesk.models import ImportSubject, User
from helpdesk.reports import limits, what_if
from helpdesk.reports.proposal import MOST_KINDS, Proposal
from helpdesk.reports.what_if import Comparison, Share
from helpdesk.spreadsheets import tried_limits

LISTED = 100
NAMED = 5


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Show the form, and for an address with a proposal what it would have changed; POST leads to that address."""
    user, data = signed_in(request), request.POST if request.method == "POST" else request.GET
    frame, kinds = _forms(user, data)
    valid = frame.is_valid() & kinds.is_valid()
    if request.method == "POST" and valid:
        return HttpResponseRedirect(f"{reverse('admin:what_if')}?{_proposal(frame, kinds).query}#result")
    context = {
        **admin.site.each_context(request),
        "title": _("What-if"),
        "frame": frame,
        "services": kinds.services(),
        "most_kinds": MOST_KINDS,
    }
    if valid and ("days" in data or not _proposal(frame, kinds).is_empty):
        context |= _result(user, _proposal(frame, kinds))
    return TemplateResponse(request, "admin_ext/what_if/page.html", context, status=200 if valid else 422)


def _forms(user: User, data: QueryDict) -> tuple[FrameForm, KindsForm]:
    frame = FrameForm(data, user=user)
    frame.is_valid()
    asked = frame.proposal(picked=frozenset(named_kinds(data)))
    return frame, KindsForm(data, what_if.kinds_used(user, asked))


def _proposal(frame: FrameForm, kinds: KindsForm) -> Proposal:
    return frame.proposal(**kinds.more())


def _result(user: User, proposal: Proposal) -> dict[str, Any]:
    """Return what the page says of a proposal, or why nothing can be said."""
    try:
        found = what_if.compare(user, proposal)
    except ValidationError as error:
        return {"trouble": " ".join(error.messages)}
    changes = tried_limits.differing({kind.pk: terms.limits for kind, terms in found.terms})
    return {
        "found": found,
        "query": proposal.query,
        "overall": _shown(found.overall),
        "tables": [
            (_("By kind of work"), _("Kind of work"), [_shown(share) for share in found.by_kind]),
            (_("By line"), _("Line"), [_shown(share) for share in found.by_line]),
        ],
        "outcomes": _outcomes(found),
        "outcome_labels": [label for label, _definition in limits.OUTCOMES.values()],
        "changed": _changed(user, found),
        "terms": _terms(found),
        "change_count": len(changes),
        **_who_applies(user, has_calendar=any(terms.calendar for _kind, terms in found.terms)),
    }


def _shown(share: Share) -> dict[str, Any]:
    points = round(share.share_after, 1) - round(share.share_before, 1)
    tone = "good" if points < 0 else "bad" if points > 0 else ""
    sign = "+" if points > 0 else "−"
    return {
        "share": share,
        "before": number_format(round(share.share_before, 1), 1),
        "after": number_format(round(share.share_after, 1), 1),
        "bars": (round(share.share_before), round(share.share_after)),
        "points": f"{sign}{number_format(round(abs(points), 1), 1)}" if tone else "",
        "tone": tone,
    }


def _outcomes(found: Comparison) -> list[tuple[Any, list[tuple[str, int, int]]]]:
    named = [(Outcome(name), label) for name, (label, _definition) in limits.OUTCOMES.items()]
    return [
        (kind.label, [(str(label), counts[outcome][0], counts[outcome][1]) for outcome, label in named])
        for kind, counts in found.outcomes.items()
    ]


def _changed(user: User, found: Comparison) -> list[dict[str, Any]]:
    """Return the newest requests that would have come out otherwise, with what changes in words."""
    listed = {change.ticket: change for change in found.changed[:LISTED]}
    rows = (
        access.visible_to(user).filter(pk__in=listed).select_related("work_type", "line").order_by("-created_at", "-pk")
    )
    return [
        {
            "ticket": ticket,
            "clocks": [
                (kind.label, limits.OUTCOMES[told.before.value][0], limits.OUTCOMES[told.after.value][0], told.after == Outcome.MISSED)
                for kind, told in listed[ticket.pk].clocks.items() if told.before != told.after
            ],
        }
        for ticket in rows
    ]  # fmt: skip


def _terms(found: Comparison) -> list[tuple[Any, Any, str]]:
    calendars = dict(calendar_choices())
    return [
        (kind, terms, str(calendars.get(terms.calendar, "")) if terms.calendar else "") for kind, terms in found.terms
    ]


def _who_applies(user: User, *, has_calendar: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "may_apply": bool(imports.may_import(user, ImportSubject.CATALOG)),
        "has_calendar": has_calendar,
    }
    if not found["may_apply"]:
        keepers = access.people_with(Right.MANAGE_CATALOG).filter(is_service=False)
        found["keepers"] = _names(keepers[:NAMED])
    if has_calendar:
        found["may_lines"] = access.has_right(user, Right.MANAGE_LINES)
    return found


def _names(people: Iterable[User]) -> str:
    return ", ".join(str(person) for person in people)


@require_POST
def apply(request: HttpRequest) -> HttpResponse:
    """Make the proposed limits a change-set of the catalog that waits for confirmation, and lead to it."""
    user = signed_in(request)
    frame, kinds = _forms(user, request.GET)
    back = HttpResponseRedirect(f"{reverse('admin:what_if')}?{request.GET.urlencode()}")
    if not (frame.is_valid() and kinds.is_valid()):
        return back
    proposal = _proposal(frame, kinds)
    try:
        tried = {kind.pk: terms.limits for kind, terms in what_if.terms_of(user, proposal)}
        imported = tried_limits.propose(actor=user, limits=tried, origin=proposal.query)
    except ActionRefused as refusal:
        messages.error(request, str(refusal.reason))
        return back
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return back
    return HttpResponseRedirect(reverse("admin:import_page", args=[imported.pk]))


PAGES = [
    Page("what_if", "what-if/", show),
    Page("what_if_apply", "what-if/apply/", apply),
]
