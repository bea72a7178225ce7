"""Decides how administrators write down a calendar: times of day, hours that do not overlap, and the limit to try it with."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admin_ext.forms.panel import PanelForm
from admin_ext.forms.records import LimitFormField, RecordForm
from helpdesk.models import CalendarException

WEEKDAYS = tuple(
    enumerate(
        (
            gettext_lazy("Monday"), gettext_lazy("Tuesday"), gettext_lazy("Wednesday"), gettext_lazy("Thursday"),
            gettext_lazy("Friday"), gettext_lazy("Saturday"), gettext_lazy("Sunday"),
        )
    )
)  # fmt: skip
_CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")


class ClockField(forms.CharField):
    """Asks for a time of day as HH:MM and gives minutes from midnight; 24:00 ends the day."""

    def __init__(self, *, hint: Any = "09:00", **kwargs: Any) -> None:
        attrs = {"class": "form-control", "placeholder": hint, "inputmode": "numeric", "maxlength": 5}
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

    date = forms.DateField(
        label=gettext_lazy("Date"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    start = ClockField(label=gettext_lazy("From"), required=False, hint=gettext_lazy("closed"))
    end = ClockField(label=gettext_lazy("To"), required=False, hint=gettext_lazy("closed"))

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
        rows = _kept(self)
        if not rows and not self.data.get("always_open"):
            raise ValidationError(_("A calendar needs some working time, or has to be open around the clock."))
        refuse_overlaps((row["weekday"], row["start"], row["end"]) for row in rows)


class ExceptionFormSet(BaseInlineFormSet):
    """The dated exceptions of a year: a date is closed once, or open at hours that do not overlap."""

    def clean(self) -> None:
        """Refuse dates that contradict themselves, those included that are stored but not on the page."""
        super().clean()
        if any(self.errors):
            return
        rows = [(row["date"], row["start"], row["end"]) for row in _kept(self)]
        shown = [form.instance.pk for form in self.initial_forms]
        stored = CalendarException.objects.filter(calendar_id=self.instance.pk, date__in={row[0] for row in rows})
        refuse_overlaps([*rows, *stored.exclude(pk__in=shown).values_list("date", "start", "end")])


class TrialForm(PanelForm):
    """The request with which a calendar is tried: when it is registered (now, when empty) and its limit."""

    registered = forms.DateTimeField(
        label=gettext_lazy("Registered"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )  # fmt: skip
    limit = LimitFormField(label=gettext_lazy("Limit"), initial="2bd")


class DraftForm(forms.Form):
    """What a draft of a calendar says beside its hours."""

    time_zone = forms.CharField(max_length=64)
    always_open = forms.BooleanField(required=False)


class DraftHours(forms.Form):
    """Hours on a weekday, of a draft."""

    weekday = forms.TypedChoiceField(choices=WEEKDAYS, coerce=int)
    start = ClockField()
    end = ClockField()


class DraftDate(forms.Form):
    """A date that differs, of a draft."""

    date = forms.DateField()
    start = ClockField(required=False)
    end = ClockField(required=False)
    note = forms.CharField(required=False)


DraftWeek = forms.formset_factory(DraftHours, can_delete=True, max_num=1000)
DraftDates = forms.formset_factory(DraftDate, can_delete=True, max_num=1000)


def refuse_overlaps(rows: Iterable[tuple[Any, int | None, int | None]]) -> None:
    """Raise ValidationError when hours of one day overlap, or a day is closed and open. Rows are (day, start, end)."""
    days: dict[Hashable, list[tuple[int, int]]] = defaultdict(list)
    for day, start, end in rows:
        # A closed day takes all of it, so that nothing else fits in.
        days[day].append((0, 24 * 60) if start is None or end is None else (start, end))
    for hours in days.values():
        last = 0
        for start, end in sorted(hours):
            if start < last:
                raise ValidationError(_("Working hours of one day overlap."))
            last = end


def _kept(formset: BaseInlineFormSet) -> list[dict[str, Any]]:
    return [form.cleaned_data for form in formset.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
