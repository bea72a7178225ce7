"""Decides how codes, passkeys and proofs are asked for, and how a person is told to wait."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from admin_ext.forms.panel import PanelForm
from helpdesk.actions.passkeys import NAME_LENGTH

_CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "autocapitalize": "none", "spellcheck": "false"}


class CodeForm(PanelForm):
    """The code an app shows, or a recovery code: the second step of a sign-in."""

    code = forms.CharField(
        label=_("Code"), max_length=40,
        widget=forms.TextInput(attrs={**_CODE, "inputmode": "text", "autofocus": True}),
    )  # fmt: skip


class AppForm(PanelForm):
    """The code that a new app shows."""

    code = forms.CharField(label=_("Code from the app"), max_length=10, widget=forms.TextInput(attrs=_CODE))


class PasskeyForm(PanelForm):
    """The name of a new passkey, and what its device has answered."""

    name = forms.CharField(
        label=_("Name"), max_length=NAME_LENGTH, help_text=_("So that you know later which one it is: “work laptop”.")
    )
    credential = forms.CharField(widget=forms.HiddenInput, required=False)


class ProofForm(PanelForm):
    """The password, or a code of the app."""

    proof = forms.CharField(
        label=_("Password"), strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )  # fmt: skip


def rests(seconds: int) -> str:
    """Return the sentence that tells to wait."""
    minutes = -(-seconds // 60)
    text = ngettext(
        "Too many wrong tries. Try again in %(minutes)d minute.", "Too many wrong tries. Try again in %(minutes)d minutes.",
        minutes,
    )  # fmt: skip
    return text % {"minutes": minutes}
