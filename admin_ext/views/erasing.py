"""Decides the pages on which personal data is erased: what goes and what stays, the login typed once more, texts to look at first."""

from __future__ import annotations

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from admin_ext.pages import Page, signed_in
from helpdesk import access
from helpdesk.access import Right
from helpdesk.actions import erasing
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import User

SHOWN = 100


def erase(request: HttpRequest, somebody: int) -> HttpResponse:
    """Say what erasing means for a person; do it on POST when his login was typed."""
    actor, person = signed_in(request), _person(request, somebody)
    if request.method != "POST":
        return _page(request, person, "")
    name = str(person)
    try:
        erased = erasing.erase(actor=actor, person=person, typed=request.POST.get("typed", ""))
    except ValidationError as error:
        return _page(request, person, " ".join(error.messages))
    except ActionRefused as refusal:
        return _page(request, person, str(refusal.reason))
    messages.success(request, _("%(name)s is called “%(now)s” from now on.") % {"name": name, "now": erased})
    return HttpResponseRedirect(reverse("admin:helpdesk_user_change", args=[person.pk]))


@require_GET
def mentions(request: HttpRequest, somebody: int) -> HttpResponse:
    """Show the requests whose texts may name a person."""
    actor, person = signed_in(request), _person(request, somebody)
    found = list(erasing.mentions(actor=actor, person=person)[: SHOWN + 1])
    context = {
        **admin.site.each_context(request),
        "title": _("Texts that may name %(person)s") % {"person": person},
        "person": person,
        "tickets": found[:SHOWN],
        "more": len(found) > SHOWN,
        "shown": SHOWN,
    }
    return TemplateResponse(request, "admin_ext/people/mentions.html", context)


def _person(request: HttpRequest, number: int) -> User:
    erasing.require_right(signed_in(request))
    found = User.objects.filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, person: User, error: str) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("Erase personal data: %(person)s") % {"person": person},
        "person": person,
        "stays": erasing.outlook(actor=signed_in(request), person=person),
        "may_export": access.has_right(signed_in(request), Right.EXPORT_PEOPLE),
        "error": error,
        "typed": request.POST.get("typed", ""),
    }
    return TemplateResponse(request, "admin_ext/people/erase.html", context, status=422 if error else 200)


PAGES = [
    Page("erase_person", "people/<int:somebody>/erase/", erase, fresh=True),
    Page("mentions_of_person", "people/<int:somebody>/mentions/", mentions),
]
