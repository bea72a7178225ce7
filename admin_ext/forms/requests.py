"""Decides how the form of a new request asks: kind of work, subject, text, files, and for whom."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from admin_ext.forms.panel import PanelForm
from helpdesk import access
from helpdesk.access import Right
from helpdesk.models import Service, User, WorkType


class RequestForm(PanelForm):
    """A new request for one service. Texts and files are judged by the action; the errors come back to the fields."""

    work_type = forms.ModelChoiceField(
        label=_("What is it about?"),
        queryset=WorkType.objects.none(),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a kind of work."), "invalid_choice": _("Choose a kind of work.")},
    )
    subject = forms.CharField(
        label=_("Subject"),
        widget=forms.TextInput(attrs={"maxlength": 200, "autocomplete": "off"}),
        error_messages={"required": _("Say in a few words what it is about.")},
    )
    text = forms.CharField(
        label=_("Details"),
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_("What happened, where, since when, how to reach you."),
        error_messages={"required": _("Describe what you need.")},
    )
    requester = forms.IntegerField(label=_("For whom"), required=False, widget=forms.HiddenInput)
    person = forms.CharField(required=False, max_length=200)

    def __init__(self, service: Service, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = service.work_types.filter(is_active=True).order_by("name")
        field = self.fields["work_type"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - narrows the type of a declared field
        field.queryset = self.offered
        if not self.is_bound and len(self.kinds) == 1:
            field.initial = self.kinds[0].pk
        self.user = user

    @cached_property
    def kinds(self) -> list[WorkType]:
        """The kinds of work to choose from, read when they are to be drawn."""
        return list(self.offered)

    def clean_requester(self) -> User | None:
        """Return the person the request is for; None is the one who files it."""
        chosen = self.cleaned_data.get("requester")
        if chosen is None or chosen == self.user.pk:
            return None
        person = access.colleagues(self.user).filter(pk=chosen).first()
        if person is None:
            raise forms.ValidationError(_("This person cannot be chosen. Search again."))
        return person

    def clean(self) -> dict[str, Any]:
        """Refuse a name that was typed without choosing the person: the request would be filed for oneself."""
        cleaned = super().clean() or self.cleaned_data
        helps_others = access.has_right(self.user, Right.REGISTER_FOR_OTHERS)
        if helps_others and cleaned.get("person") and not self.data.get("requester"):
            self.add_error("requester", _("Choose the colleague from the list, or leave the field empty."))
        return cleaned
