"""Decides the page on which a person sees where he is signed in, and ends one of his sign-ins or all others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from ua_parser import parse

from admin_ext.pages import Page, signed_in
from helpdesk.actions import sign_ins
from helpdesk.actions.refusals import NotFound


@dataclass(frozen=True)
class Line:
    """A sign-in as it is shown."""

    sign_in: sign_ins.SignIn
    browser: str


def browsers(request: HttpRequest) -> HttpResponse:
    """Show the browsers in which the person is signed in, this one first."""
    found = sign_ins.of(person=signed_in(request), session=request.session.session_key)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Where you are signed in"),
        "lines": [Line(each, browser_name(each.browser)) for each in found],
        "others": sum(not each.is_this for each in found),
    }
    return TemplateResponse(request, "admin_ext/profile/sign_ins.html", context)


@require_POST
def end(request: HttpRequest, number: str) -> HttpResponse:
    """End one sign-in."""
    try:
        sign_ins.end(actor=signed_in(request), number=number)
    except NotFound as error:
        raise Http404 from error
    messages.success(request, _("Signed out there."))
    return HttpResponseRedirect(reverse("admin:sign_ins"))


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End every sign-in but this one."""
    count = sign_ins.end_others(actor=signed_in(request), session=request.session.session_key)
    text = ngettext("Signed out in %(count)d other browser.", "Signed out in %(count)d other browsers.", count)
    messages.success(request, text % {"count": count})
    return HttpResponseRedirect(reverse("admin:sign_ins"))


def browser_name(header: str) -> str:
    """Return browser and system in words, from what the browser says of itself."""
    found = parse(header)
    names = [part.family for part in (found.user_agent, found.os) if part is not None and part.family != "Other"]
    return " · ".join(names) or str(_("Unknown browser"))


PAGES = [
    Page("sign_ins", "profile/sign-ins/", browsers, everybody=True),
    Page("sign_ins_end_others", "profile/sign-ins/end-others/", end_others, everybody=True),
    Page("sign_in_end", "profile/sign-ins/<slug:number>/end/", end, everybody=True),
]
