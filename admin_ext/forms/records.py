"""Decides how administrators fill in records: limits as a number and a unit, in the look of the panel."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import BLANK_CHOICE_DASH
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admin_ext.forms.panel import dress
from helpdesk.worktime import Limit, Unit

UNITS = (
    (Unit.MINUTES.value, gettext_lazy("minutes")),
    (Unit.HOURS.value, gettext_lazy("hours")),
    (Unit.BUSINESS_DAYS.value, gettext_lazy("business days")),
    (Unit.DAYS.value, gettext_lazy("calendar days")),
)


class RecordForm(forms.ModelForm):
    """A form of a record in the look of the panel."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field.widget, LimitWidget):
                dress(field.widget)
            _name_nothing(field)


def _name_nothing(field: forms.Field) -> None:
    """Say what it means to choose nothing where Django offers a row of dashes."""
    dashes, nothing = BLANK_CHOICE_DASH[0][1], _("Choose…") if field.required else _("None")
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == dashes:
            field.empty_label = nothing
    elif isinstance(field, forms.TypedChoiceField):
        choices: Any = field.choices
        field.choices = [(value, nothing if label == dashes else label) for value, label in choices]


class LimitWidget(forms.MultiWidget):
    """A number and a unit side by side."""

    template_name = "admin_ext/records/limit.html"

    def __init__(self) -> None:
        number = forms.NumberInput(
            attrs={"class": "form-control", "min": 1, "max": 999_999, "aria-label": gettext_lazy("Amount")}
        )
        super().__init__(
            [number, forms.Select(attrs={"class": "form-select", "aria-label": gettext_lazy("Unit")}, choices=UNITS)]
        )

    def decompress(self, value: Any) -> list[Any]:
        """Take a limit apart."""
        if not value:
            return [None, Unit.HOURS.value]
        limit = value if isinstance(value, Limit) else Limit.parse(str(value))
        return [limit.amount, limit.unit.value]


class LimitFormField(forms.MultiValueField):
    """Asks for a limit as a number and a unit and gives its written form, `4h`."""

    def __init__(self, *args: Any, max_length: int | None = None, empty_value: Any = None, **kwargs: Any) -> None:
        fields = (forms.IntegerField(min_value=1, max_value=999_999), forms.ChoiceField(choices=UNITS))
        kwargs["widget"] = LimitWidget
        super().__init__(fields, *args, **kwargs)

    def compress(self, data_list: list[Any]) -> str | None:
        """Put number and unit together."""
        if not data_list or data_list[0] in (None, ""):
            return None
        try:
            return str(Limit(int(data_list[0]), Unit(data_list[1])))
        except ValueError as error:
            raise ValidationError(_("A limit is at most ten years.")) from error
