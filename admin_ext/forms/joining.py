"""Decides how an administrator invites people and decides about who signed up."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from admin_ext.forms.panel import PanelForm
from helpdesk.actions import roles
from helpdesk.models import Membership, Role, SupportLine


def _roles() -> list[tuple[str, Any]]:
    return [("", _("None")), *(choice for choice in Role.choices if choice[0] not in roles.OF_LINES)]


class InviteForm(PanelForm):
    """Whom to invite, and what they are at once."""

    emails = forms.CharField(
        label=_("E-mails"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        help_text=_("One or several, separated by commas, blanks or lines."),
    )  # fmt: skip
    role = forms.ChoiceField(label=_("Role"), choices=_roles, required=False)
    line = forms.ModelChoiceField(
        label=_("Support line"), queryset=SupportLine.objects.filter(is_active=True), required=False,
        empty_label=_("None"),
    )  # fmt: skip
    line_role = forms.ChoiceField(label=_("Part on the line"), choices=Membership.LineRole.choices, required=False)

    def clean_emails(self) -> list[str]:
        """Take the addresses apart."""
        return [part for part in re.split(r"[\s,;]+", self.cleaned_data["emails"]) if part]

    def clean_line_role(self) -> str:
        """Return a member's part where none is given."""
        return str(self.cleaned_data.get("line_role") or Membership.LineRole.MEMBER)
