"""Decides the page on which an administrator takes the second factors of a person away who has lost them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from admin_ext.pages import Page, signed_in
from helpdesk.actions import letting_go, second_factors
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import User


def reset_factor(request: HttpRequest, somebody: int) -> HttpResponse:
    """Show what a person has; take it away on POST."""
    actor = signed_in(request)
    letting_go.require_right(actor)
    person = User.objects.filter(pk=somebody).first()
    if person is None:
        raise Http404
    if request.method == "POST":
        try:
            second_factors.reset(actor=actor, person=person)
        except ActionRefused as refusal:
            messages.error(request, str(refusal.reason))
        else:
            messages.success(request, _("The second factors of %(person)s are gone.") % {"person": person})
        return HttpResponseRedirect(reverse("admin:helpdesk_user_change", args=[person.pk]))
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Second factor of %(person)s") % {"person": person},
        "person": person,
        "is_own": person == actor,
        "factors": second_factors.of(person),
    }
    return TemplateResponse(request, "admin_ext/people/reset_factor.html", context)


PAGES = [Page("reset_factor", "people/<int:somebody>/second-factor/", reset_factor, fresh=True)]
