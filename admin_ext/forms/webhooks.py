"""Decides how an administrator fills in a webhook: the address, which events, which lines."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from admin_ext.forms.records import RecordForm
from helpdesk.actions import webhooks
from helpdesk.actions.refusals import ValidationError
from helpdesk.lifecycle import label_of
from helpdesk.models import NoticeKind, SupportLine
from helpdesk.notify.webhooks import EVENTS, TRIAL

LABELS: dict[str, Any] = {
    **{kind: label_of(kind) for kind in EVENTS},
    **{kind: NoticeKind(kind).label for kind in ("due_soon", "overdue", "requester_reminder")},
    "message": _("Message"),
    "note": _("Internal note"),
    TRIAL: _("Trial"),
}


class WebhookForm(RecordForm):
    """A webhook. Its secret is made by the desk."""

    events = forms.MultipleChoiceField(
        label=_("events"), choices=[(kind, LABELS[kind]) for kind in EVENTS], required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("None chosen means all of them."),
    )  # fmt: skip

    lines = forms.ModelMultipleChoiceField(
        label=_("support lines"), queryset=SupportLine.objects.order_by("name"), required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("None chosen means all of them."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].widget.input_type = "url"

    def clean_address(self) -> str:
        """Refuse what may never be sent to."""
        address = str(self.cleaned_data["address"]).strip()
        try:
            webhooks.check_address(address)
        except ValidationError as error:
            raise forms.ValidationError(error.message_dict["address"]) from error
        return address
