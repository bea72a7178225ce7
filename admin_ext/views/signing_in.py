"""Decides how a person signs in on the page: by login and password, or by a passkey alone; and how he shows himself again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from admin_ext import challenges, signed_out
from admin_ext.forms.second_factor import ProofForm, rests
from admin_ext.forms.signing_in import SignInForm
from admin_ext.pages import Page, signed_in
from helpdesk.actions import attempts, passkeys, second_factors, signing_in
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import User


class SignInPage(LoginView):
    """Login and password; then the second step, where one is due."""

    template_name = "admin/login.html"
    authentication_form = SignInForm

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Let the one action that finishes every sign-in decide what comes next."""
        return go_on(self.request, form.get_user())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"passkey_site": passkeys.site()[0]}


def go_on(request: HttpRequest, person: Any, *, strong: bool = False) -> HttpResponse:
    """Finish the sign-in of `person`, or lead to its second step; `next` and `remember` come from the form."""
    address = signed_out.onward(request) or reverse("admin:index")
    step = signing_in.begin(request, person, remember="remember" in request.POST, onward=address, strong=strong)
    return HttpResponseRedirect(address if step is signing_in.Step.DONE else reverse("admin:second_step"))


@require_POST
def by_passkey(request: HttpRequest) -> HttpResponse:
    """Sign in whose passkey has answered: it stands for login, password and second step."""
    address = attempts.address_of(request)
    try:
        person = passkeys.judge(
            answer=request.POST.get("credential", ""),
            challenge=challenges.take(request, "sign-in"),
            person=None,
            address=address,
        )
    except ActionRefused as refusal:
        messages.error(request, str(refusal.reason))
        return HttpResponseRedirect(signed_out.sign_in_page(signed_out.onward(request)))
    attempts.forgive("sign-in", attempts.pair(person.get_username(), address))
    return go_on(request, person, strong=True)


@sensitive_post_parameters()
def show_again(request: HttpRequest) -> HttpResponse:
    """Ask a signed-in person for his password, a code or a passkey before he changes what guards his account."""
    person = signed_in(request)
    form = ProofForm(request.POST if "proof" in request.POST else None)
    if request.method == "POST" and _has_shown(request, person, form):
        return HttpResponseRedirect(signed_out.onward(request) or reverse("admin:profile"))
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Is it you?"),
        "form": form,
        "factors": second_factors.of(person),
        "has_password": person.has_usable_password(),
        "next": signed_out.onward(request),
        "passkey_site": passkeys.site()[0],
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "admin_ext/second_factor/show_again.html", context, status=status)


def _has_shown(request: HttpRequest, person: User, form: ProofForm) -> bool:
    if "credential" in request.POST:
        try:
            passkeys.judge(
                answer=request.POST["credential"],
                challenge=challenges.take(request, "step"),
                person=person,
                address=attempts.address_of(request),
            )
        except ActionRefused as refusal:
            messages.error(request, str(refusal.reason))
            return False
        signing_in.mark_shown(request)
        return True
    if not form.is_valid():
        return False
    done = signing_in.confirm(request, person, form.cleaned_data["proof"])
    if not done.taken:
        wrong = _("This is not your password.") if done.wait == 0 else rests(done.wait)
        form.add_error("proof", wrong)
        form.mark()
    return done.taken


PAGES = [
    Page("by_passkey", "sign-in/passkey/", by_passkey, public=True),
    Page("show_again", "profile/show-again/", show_again, everybody=True),
]
