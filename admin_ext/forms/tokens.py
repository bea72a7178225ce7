"""Decides what is asked for a new key: what it is for, what it may be used for, how long it is valid."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from admin_ext.forms.panel import PanelForm
from helpdesk.models import TokenScope
from helpdesk.moment import now

LASTS = ((30, _("30 days")), (90, _("90 days")), (365, _("a year")))


class TokenForm(PanelForm):
    """A key to make."""

    name = forms.CharField(
        label=_("What it is for"), max_length=100, help_text=_("So that you know later which one to end.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("May be used to"),
        choices=TokenScope.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[TokenScope.READ],
    )
    days = forms.TypedChoiceField(label=_("Valid for"), choices=LASTS, coerce=int, initial=90)

    def values(self) -> dict[str, Any]:
        """Return the keywords of the action."""
        given = self.cleaned_data
        expires = now() + timedelta(days=given["days"])
        return {"name": given["name"], "scopes": given["scopes"], "expires_at": expires}
