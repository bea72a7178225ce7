"""Decides how a report by mail is filled in: when, narrowed by what, to whom."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from admin_ext.forms.records import RecordForm
from helpdesk.actions import report_schedules
from helpdesk.models import User
from helpdesk.reports import scope


class ReportScheduleForm(RecordForm):
    """A report by mail. `asker` is who fills it in; its class is made for him by `for_person`."""

    asker: User

    recipients = forms.ModelMultipleChoiceField(
        label=_("recipients"), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple,
        help_text=_("Each gets what he may see himself, in his language."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        readers = report_schedules.readable()
        if self.instance.pk:
            readers = User.objects.filter(
                Q(pk__in=readers.values("pk")) | Q(pk__in=self.instance.recipients.values("pk"))
            )
        self._field("recipients").queryset = readers.order_by("last_name", "first_name", "pk")
        # Somebody else's report keeps what its owner has narrowed it by.
        for name, offered in (
            ("line", scope.lines_of(self.asker)), ("service", scope.services_of(self.asker)),
            ("work_type", scope.kinds_of(self.asker)), ("assignee", scope.assignees_of(self.asker)),
        ):  # fmt: skip
            field, kept = self._field(name), getattr(self.instance, f"{name}_id")
            field.queryset = offered.model._default_manager.filter(pk__in=[*offered.values_list("pk", flat=True), kept])
            field.empty_label = _("All")
        priority = self._field("priority")
        priority.choices = [("", _("All")), *(choice for choice in priority.choices if choice[0] != "")]

    def _field(self, name: str) -> Any:
        return self.fields[name]


def for_person(person: User, form: type[forms.ModelForm]) -> type[forms.ModelForm]:
    """Return the class `form` with the choices of `person`."""
    return type(form.__name__, (form,), {"asker": person})
