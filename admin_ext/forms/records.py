"""Decides how administrators fill in records: limits as number and unit, times of day, calendars that have hours."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet
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
WEEKDAYS = tuple(
    enumerate(
        (
            gettext_lazy("Monday"), gettext_lazy("Tuesday"), gettext_lazy("Wednesday"), gettext_lazy("Thursday"),
            gettext_lazy("Friday"), gettext_lazy("Saturday"), gettext_lazy("Sunday"),
        )
    )
)  # fmt: skip
_CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")


class RecordForm(forms.ModelForm):
    """A form of a record in the look of the panel."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field.widget, LimitWidget):
                dress(field.widget)


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


class ClockField(forms.CharField):
    """Asks for a time of day as HH:MM and gives minutes from midnight; 24:00 ends the day."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"class": "form-control", "placeholder": "09:00", "inputmode": "numeric", "maxlength": 5}
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show minutes as HH:MM."""
        return f"{value // 60:02d}:{value % 60:02d}" if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        """Read HH:MM."""
        if value in (None, ""):
            return None
        if isinstance(value, int):
            return value
        found = _CLOCK.fullmatch(str(value).strip())
        minutes = int(found[1]) * 60 + int(found[2]) if found else -1
        if not 0 <= minutes <= 24 * 60:
            raise ValidationError(_("Write a time of day as 09:00."))
        return minutes

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare what is meant, not how it is written."""
        try:
            return bool(initial != self.to_python(data))
        except ValidationError:
            return True


class IntervalForm(RecordForm):
    """Working hours on a weekday."""

    weekday = forms.TypedChoiceField(label=gettext_lazy("Weekday"), choices=WEEKDAYS, coerce=int)
    start = ClockField(label=gettext_lazy("From"))
    end = ClockField(label=gettext_lazy("To"))


class ExceptionForm(RecordForm):
    """A date that differs: closed when no time is given."""

    start = ClockField(label=gettext_lazy("From"), required=False)
    end = ClockField(label=gettext_lazy("To"), required=False)

    def clean(self) -> dict[str, Any]:
        """A date is closed, or open from a time to a time."""
        cleaned: dict[str, Any] = super().clean() or {}
        if (cleaned.get("start") is None) != (cleaned.get("end") is None):
            raise ValidationError(_("Give both times, or none for a closed day."))
        return cleaned


class IntervalFormSet(BaseInlineFormSet):
    """The week of a calendar: some working time, and no overlaps."""

    def clean(self) -> None:
        """Refuse a week without working time, and hours of one day that overlap."""
        super().clean()
        if any(self.errors):
            return
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        if not rows and not self.data.get("always_open"):
            raise ValidationError(_("A calendar needs some working time, or has to be open around the clock."))
        last: dict[int, int] = {}
        for row in sorted(rows, key=lambda item: (item["weekday"], item["start"])):
            if row["start"] < last.get(row["weekday"], 0):
                raise ValidationError(_("Working hours of one day overlap."))
            last[row["weekday"]] = row["end"]
