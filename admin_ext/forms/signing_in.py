"""Decides how the sign-in form counts failures: after too many of them it rests, and says for how long."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import ngettext

from helpdesk.actions import approving, attempts


class SignInForm(AuthenticationForm):
    """Login and password; the API counts the same failures."""

    def clean(self) -> dict[str, Any]:
        """Check the password unless the login or the address has to wait."""
        login = self.cleaned_data.get("username") or ""
        address = attempts.address_of(self.request) if self.request else ""
        seconds = attempts.sign_in_wait(login, address)
        if seconds:
            minutes = -(-seconds // 60)
            text = ngettext(
                "Too many failed attempts. Try again in %(minutes)d minute, or set a new password by e-mail.",
                "Too many failed attempts. Try again in %(minutes)d minutes, or set a new password by e-mail.",
                minutes,
            )
            raise ValidationError(text % {"minutes": minutes}, code="too_many")
        try:
            values = super().clean()
        except ValidationError:
            attempts.sign_in_failed(login, address)
            if approving.waits(login, self.cleaned_data.get("password") or ""):
                raise ValidationError(approving.sentence(), code="waiting") from None
            raise
        attempts.forgive("sign-in", attempts.pair(login, address))
        return values
