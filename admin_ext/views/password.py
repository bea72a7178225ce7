"""Decides how a person changes his own password: the old one is asked for, and he stays signed in where he changes it."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from admin_ext.forms.profile import PasswordForm
from helpdesk.actions import passwords
from helpdesk.models import User


@never_cache
@sensitive_post_parameters()
def change_password(request: HttpRequest) -> HttpResponse:
    """Show the form; change the password on POST, or tell at its field why it cannot be that one."""
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
