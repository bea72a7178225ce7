"""Decides how the form of a new account asks: every field with its rule; what is good enough says the action."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from admin_ext.forms.panel import PanelForm


def _text(label: Any, complete: str, *, most: int = 150, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, help_text=hint, widget=forms.TextInput(attrs={"autocomplete": complete})
    )


def _password(label: Any, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, strip=False, help_text=hint, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )


class SignUpForm(PanelForm):
    """Who somebody is, how he is reached, and by what he will sign in."""

    first_name = _text(_("First name"), "given-name")
    last_name = _text(_("Last name"), "family-name")
    department = _text(_("Department"), "organization-title", hint=_("As colleagues call it."))
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, help_text=_("A letter with a link will come here."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Phone"), max_length=40, help_text=_("In any notation, with the area code; or the number inside the house."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )  # fmt: skip
    photo = forms.FileField(
        label=_("Photo"), required=False, help_text=_("JPEG or PNG, at most 5 MB; colleagues will see it."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )  # fmt: skip
    username = _text(_("Login"), "username", hint=_("Letters, digits and @ . + - _; for signing in."))
    password = _password(
        _("Password"), _("At least 8 characters; not a common one, not only digits, not like your name or e-mail.")
    )
    password_again = _password(_("Password once more"))

    def clean(self) -> dict[str, Any]:
        """Refuse two different passwords."""
        values = super().clean() or {}
        again = values.pop("password_again", None)
        if "password" in values and again is not None and values["password"] != again:
            self.add_error("password_again", _("The two passwords are not the same."))
        return values


class InvitedForm(SignUpForm):
    """The same of somebody whose e-mail is known from his invitation."""

    email = None  # type: ignore[assignment]  # Django takes a field of the parent away so


class ConfirmForm(PanelForm):
    """The login once more, when somebody else has it by now."""

    username = _text(_("Login"), "username")
