"""Decides the page on which a person is let go: what hangs on him, to whom his requests go, and the deed."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from admin_ext.pages import Page, signed_in
from helpdesk.actions import letting_go
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import Role, User
from helpdesk.whole_numbers import whole_number


def let_go(request: HttpRequest, somebody: int) -> HttpResponse:
    """Show what hangs on a person; let him go on POST."""
    actor = signed_in(request)
    letting_go.require_right(actor)
    person = User.objects.filter(pk=somebody).first()
    if person is None:
        raise Http404
    if request.method != "POST":
        return _page(request, person, {})
    try:
        successor = _successor(actor, person, request.POST.get("to", ""))
        moved = letting_go.let_go(actor=actor, person=person, to=successor)
    except ValidationError as error:
        return _page(request, person, error.message_dict)
    except ActionRefused as refusal:
        messages.error(request, str(refusal.reason))
    else:
        text = ngettext("%(person)s was let go; %(count)d request was handed on.",
                        "%(person)s was let go; %(count)d requests were handed on.", moved)  # fmt: skip
        messages.success(request, text % {"person": person, "count": moved})
    return HttpResponseRedirect(reverse("admin:helpdesk_user_change", args=[person.pk]))


def _successor(actor: User, person: User, chosen: str) -> User | None:
    if not chosen:
        return None
    found = letting_go.successors(actor=actor, person=person).filter(pk=whole_number(chosen) or 0).first()
    if found is None:
        raise ValidationError({"to": [_("Choose an active colleague of these lines.")]})
    return found


def _page(request: HttpRequest, person: User, errors: Mapping[str, list[str]]) -> HttpResponse:
    actor = signed_in(request)
    hanging = letting_go.hanging_on(actor=actor, person=person)
    labels = {value: str(label) for value, label in Role.choices}
    assigned = [(str(line), list(rows)) for line, rows in groupby(hanging.assigned, lambda ticket: ticket.line)]
    context = {
        **admin.site.each_context(request),
        "title": _("Let go: %(person)s") % {"person": person},
        "person": person,
        "hanging": hanging,
        "assigned": assigned,
        "roles": [labels.get(name, name) for name in hanging.roles],
        "successors": letting_go.successors(actor=actor, person=person) if assigned else [],
        "errors": errors,
    }
    return TemplateResponse(request, "admin_ext/people/let_go.html", context, status=422 if errors else 200)


PAGES = [Page("let_go", "people/<int:somebody>/let-go/", let_go)]
