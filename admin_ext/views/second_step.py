"""Decides the page between the password and the desk: a code or a passkey, or setting a second factor up where it is demanded."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from admin_ext import challenges, signed_out
from admin_ext.forms.second_factor import CodeForm, rests
from admin_ext.pages import Page
from admin_ext.setting_up import SettingUp
from helpdesk.actions import attempts, passkeys, second_factors, signing_in
from helpdesk.actions.refusals import ActionRefused


@sensitive_post_parameters()
def second_step(request: HttpRequest) -> HttpResponse:
    """Show what is asked of who has just given his password; lead everybody else to the sign-in page."""
    found = signing_in.waiting(request)
    if found is None or found.step is signing_in.Step.DONE:
        if request.method == "POST":
            messages.error(request, _("That took too long. Sign in once more."))
        return HttpResponseRedirect(signed_out.sign_in_page(""))
    if found.step is signing_in.Step.SET_UP:
        return _set_up(request, found)
    form = CodeForm(request.POST if "code" in request.POST else None)
    if request.method == "POST" and _is_right(request, found, form):
        signing_in.complete(request, found)
        return HttpResponseRedirect(found.onward)
    factors = second_factors.of(found.person)
    context = {"title": _("Second step"), "form": form, "factors": factors, "passkey_site": passkeys.site()[0]}
    return _page(request, "ask", context, status=422 if form.errors else 200)


def _is_right(request: HttpRequest, found: signing_in.Waiting, form: CodeForm) -> bool:
    if "credential" in request.POST:
        return _by_passkey(request, found)
    if not form.is_valid():
        return False
    done = second_factors.check(
        person=found.person, text=form.cleaned_data["code"], address=attempts.address_of(request)
    )
    if not done.taken:
        form.add_error("code", rests(done.wait) if done.wait else _("This code is wrong, or it was used before."))
        form.mark()
    return done.taken


def _by_passkey(request: HttpRequest, found: signing_in.Waiting) -> bool:
    try:
        passkeys.judge(
            answer=request.POST["credential"],
            challenge=challenges.take(request, "step"),
            person=found.person,
            address=attempts.address_of(request),
        )
    except ActionRefused as refusal:
        messages.error(request, str(refusal.reason))
        return False
    return True


def _set_up(request: HttpRequest, found: signing_in.Waiting) -> HttpResponse:
    setting_up = SettingUp(request, found.person)
    if request.method == "POST":
        tried = setting_up.attempt()
        if tried.done:
            signing_in.complete(request, found)
            shown = {"title": _("Recovery codes"), "codes": tried.codes, "onward": found.onward}
            return _page(request, "codes", shown, status=201)
    context: dict[str, Any] = {"title": _("One more lock"), "person": found.person, **setting_up.show()}
    return _page(request, "set_up", context, status=422 if setting_up.is_wrong else 200)


def _page(request: HttpRequest, name: str, context: dict[str, Any], *, status: int) -> HttpResponse:
    return TemplateResponse(request, f"registration/second_step_{name}.html", context, status=status)


PAGES = [Page("second_step", "sign-in/second-step/", second_step, public=True)]
