"""Decides how the password is asked for when an account is linked to the company, and how a rule for a group is written."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admin_ext.forms.panel import PanelForm
from admin_ext.forms.records import RecordForm
from helpdesk.actions import company_groups


class LinkForm(PanelForm):
    """The password of the account that is here already."""

    password = forms.CharField(
        label=gettext_lazy("Password of this account"), strip=False, max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )  # fmt: skip


class GroupForm(RecordForm):
    """What a group of the company gives; groups that have come lately are named."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = company_groups.lately_seen()
        if seen:
            told = _("Came lately and has no rule: %(groups)s.") % {"groups": ", ".join(seen)}
            self.fields["group"].help_text = f"{self.fields['group'].help_text} {told}"
