"""Decides how a person makes his own account: the form, the word that a letter has gone out, and the page of its link."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from admin_ext.forms.signing_up import ConfirmForm, SignUpForm
from admin_ext.pages import Page
from helpdesk.actions import attempts, signing_up
from helpdesk.actions.refusals import ActionRefused


@never_cache
@sensitive_post_parameters()
def sign_up(request: HttpRequest) -> HttpResponse:
    """Show the form; on POST say that a letter has gone out, whether the e-mail is known or not."""
    if not signing_up.is_open():
        only_invited = settings.SIGN_UP == "invitation" and not settings.OIDC_ONLY
        return _page(request, "closed", {"title": _("Sign-up is closed"), "only_invited": only_invited}, status=403)
    form = SignUpForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                signing_up.sign_up(address=attempts.address_of(request), **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
                form.mark()
            except ActionRefused as refusal:
                form.add_error(None, str(refusal.reason))
                status = 429
            else:
                return _page(request, "asked", {"title": _("Look into your mailbox")})
    return _page(request, "form", {"title": _("New account"), "form": form}, status=status)


@never_cache
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Ask the holder of a link to confirm; programs that open links of letters make no account."""
    row = signing_up.waiting(token)
    if row is None:
        return _page(request, "over", {"title": _("The link is over")}, status=410)
    form = ConfirmForm(request.POST) if "username" in request.POST else None
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            person = signing_up.confirm(secret=token, username=form.cleaned_data["username"] if form else None)
        except ActionRefused:
            return _page(request, "over", {"title": _("The link is over")}, status=410)
        except ValidationError as error:
            form = form or ConfirmForm({"username": row.username})
            form.is_valid()
            form.add_error(None, error)
            form.mark()
        else:
            if person is None:
                return _page(request, "waiting", {"title": _("One step is left")})
            messages.success(request, _("Your account is ready. Sign in with your login and password."))
            return HttpResponseRedirect(reverse("admin:login"))
    context = {"title": _("Confirm the e-mail"), "row": row, "form": form}
    return _page(request, "confirm", context, status=422 if form and form.errors else 200)


def _page(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    context["is_alone"] = True
    return TemplateResponse(request, f"registration/sign_up_{name}.html", context, status=status)


PAGES = [
    Page("sign_up", "sign-up/", sign_up, public=True),
    Page("sign_up_confirm", "sign-up/<str:token>/", confirm, public=True),
]
