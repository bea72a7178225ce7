"""Decides the pages on which a person looks after his second factors: the app, passkeys, recovery codes."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from admin_ext.pages import Page, signed_in
from admin_ext.setting_up import SettingUp
from helpdesk.actions import second_factors, signing_in
from helpdesk.actions.refusals import ActionRefused, NotFound


@sensitive_post_parameters()
def factors(request: HttpRequest) -> HttpResponse:
    """Show what guards the account besides the password; set an app or a passkey up on POST."""
    person = signed_in(request)
    setting_up, status = SettingUp(request, person), 200
    if request.method == "POST":
        tried = setting_up.attempt()
        if tried.done:
            signing_in.mark_second(request)
            if tried.codes:
                return _codes(request, tried.codes)
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("admin:second_factor"))
        status = 422
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Second factor"),
        "factors": second_factors.of(person),
        **setting_up.show(),
    }
    return TemplateResponse(request, "admin_ext/second_factor/page.html", context, status=status)


@require_POST
def remove_app(request: HttpRequest) -> HttpResponse:
    """Take the app away."""
    return _removed(request, lambda: second_factors.remove_app(actor=signed_in(request)))


@require_POST
def remove_passkey(request: HttpRequest, passkey: int) -> HttpResponse:
    """Take a passkey away."""
    return _removed(request, lambda: second_factors.remove_passkey(actor=signed_in(request), passkey_id=passkey))


@require_POST
def renew_codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes and show them, this one time."""
    try:
        codes = second_factors.renew_codes(actor=signed_in(request))
    except ActionRefused as refusal:
        messages.error(request, str(refusal.reason))
        return HttpResponseRedirect(reverse("admin:second_factor"))
    return _codes(request, tuple(codes))


def _removed(request: HttpRequest, act: Any) -> HttpResponse:
    try:
        act()
    except NotFound as error:
        raise Http404 from error
    except ActionRefused as refusal:
        messages.error(request, str(refusal.reason))
    else:
        messages.success(request, _("Removed."))
    return HttpResponseRedirect(reverse("admin:second_factor"))


def _codes(request: HttpRequest, codes: tuple[str, ...]) -> HttpResponse:
    context = {**admin.site.each_context(request), "title": _("Recovery codes"), "codes": codes}
    return TemplateResponse(request, "admin_ext/second_factor/codes.html", context, status=201)


PAGES = [
    Page("second_factor", "profile/second-factor/", factors, everybody=True, fresh=True),
    Page("app_remove", "profile/second-factor/app/remove/", remove_app, everybody=True, fresh=True),
    Page("passkey_remove", "profile/passkeys/<int:passkey>/remove/", remove_passkey, everybody=True, fresh=True),
    Page("recovery_codes", "profile/second-factor/codes/", renew_codes, everybody=True, fresh=True),
]
