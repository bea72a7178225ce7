"""Decides how a person changes his own password: by the old one, or by the link of a letter when it is forgotten."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from admin_ext.forms.profile import AddressForm, NewPasswordForm, PasswordForm
from admin_ext.pages import Page, signed_in
from helpdesk.actions import passwords
from helpdesk.models import User


@never_cache
@sensitive_post_parameters()
def change_password(request: HttpRequest) -> HttpResponse:
    """Show the form; change the password on POST, or tell at its field why it cannot be that one."""
    passwords.require_password(signed_in(request))
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _change(request, form):
        return HttpResponseRedirect(reverse("admin:password_change_done"))
    context = {
        **admin.site.each_context(request),
        "title": _("Change password"),
        "form": form,
        "rules": [text for text in password_validators_help_texts() if text],
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "registration/password_change_form.html", context, status=status)


@never_cache
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for the address; say the same whether it is known or not."""
    form, alone = AddressForm(request.POST or None), {"is_alone": True}
    if request.method == "POST" and form.is_valid():
        passwords.ask_for_link(email=form.cleaned_data["email"])
        return TemplateResponse(
            request, "registration/password_asked.html", {**alone, "title": _("Look into your mailbox")}
        )
    context = {**alone, "title": _("Forgotten password"), "form": form}
    return TemplateResponse(
        request, "registration/password_forgotten.html", context, status=422 if form.errors else 200
    )


@never_cache
@sensitive_post_parameters()
def set_password(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Let the holder of a link set a new password, or say that the link is over."""
    person = passwords.owner_of_link(uid, token)
    if person is None:
        over = {"is_alone": True, "title": _("The link is over")}
        return TemplateResponse(request, "registration/password_link_over.html", over, status=410)
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            passwords.set_by_link(uid=uid, token=token, new=form.cleaned_data["new_password1"])
        except ValidationError as error:
            form.add_error("new_password1", error.message_dict["new_password"])
            form.mark()
        else:
            messages.success(request, _("The password is set. Sign in with it."))
            return HttpResponseRedirect(reverse("admin:login"))
    context: dict[str, Any] = {
        "is_alone": True,
        "title": _("New password"),
        "form": form,
        "person": person,
        "rules": [text for text in password_validators_help_texts() if text],
    }
    return TemplateResponse(request, "registration/password_set.html", context, status=422 if form.errors else 200)


def _change(request: HttpRequest, form: PasswordForm) -> bool:
    user = request.user
    if not isinstance(user, User):
        raise Http404
    try:
        passwords.change(actor=user, old=form.cleaned_data["old_password"], new=form.cleaned_data["new_password1"])
    except ValidationError as error:
        names = {"new_password": "new_password1"}
        for name, told in error.message_dict.items():
            form.add_error(names.get(name, name), told)
        form.mark()
        return False
    update_session_auth_hash(request, user)
    return True


PAGES = [
    Page("password_forgotten", "password/forgotten/", forgotten, public=True),
    Page("password_set", "password/set/<str:uid>/<str:token>/", set_password, public=True),
]
