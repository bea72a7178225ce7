"""Decides how a what-if is asked for: how far back, of which requests, and what is to hold for which kind of work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admin_ext.forms.panel import PanelForm
from helpdesk.models import User, WorkCalendar, WorkType
from helpdesk.reports import proposal, scope
from helpdesk.reports.proposal import Proposal, Terms
from helpdesk.spreadsheets import durations
from helpdesk.spreadsheets.widgets import limit_text
from helpdesk.whole_numbers import whole_numbers
from helpdesk.worktime import Limit


class LimitField(forms.CharField):
    """A limit in any notation a catalog may have, `4h` or `2 business days`; empty leaves it as it was."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=60, **kwargs)

    def clean(self, value: Any) -> Limit | None:
        """Return the limit."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return durations.read(text).limit
        except durations.NotADuration as error:
            said = _("%(reason)s Write an amount and a unit: 30m, 4h, 2bd or 3d.") % {"reason": error}
            raise ValidationError(said, code="invalid_limit") from error


class FactorField(forms.DecimalField):
    """A factor with a comma or a point."""

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # as the stub of DecimalField should say
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


def calendar_choices() -> list[tuple[str, Any]]:
    """Return the calendars to choose from: as it was, around the clock, and those of the desk."""
    rows = WorkCalendar.objects.filter(always_open=False).values_list("pk", "name")
    general = [(proposal.AS_IT_WAS, _("as it was")), (proposal.ALWAYS, _("around the clock"))]
    return [*general, *((str(pk), name) for pk, name in rows)]


class FrameForm(PanelForm):
    """How far back, which requests, and what is to hold for many kinds at once."""

    days = forms.IntegerField(
        label=gettext_lazy("Days back"), required=False,
        min_value=proposal.FEWEST_DAYS, max_value=proposal.MOST_DAYS,
    )  # fmt: skip
    line = forms.ChoiceField(label=gettext_lazy("Line"), required=False)
    service = forms.ChoiceField(label=gettext_lazy("Service"), required=False)
    work_type = forms.ChoiceField(label=gettext_lazy("Kind of work"), required=False)
    factor = FactorField(
        label=gettext_lazy("All limits times"), required=False, max_digits=5, decimal_places=3,
        min_value=proposal.SMALLEST_FACTOR, max_value=proposal.LARGEST_FACTOR,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "placeholder": "1.5"}),
    )  # fmt: skip
    calendar = forms.ChoiceField(label=gettext_lazy("Working calendar"), required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(
            {"days": str(proposal.DAYS), **{name: data[name] for name in self.base_fields if name in data}}
        )
        self._offer("line", _("all lines"), scope.lines_of(user))
        self._offer("service", _("all services"), scope.services_of(user))
        self._offer("work_type", _("all kinds of work"), scope.kinds_of(user))
        self._choices("calendar", calendar_choices())

    def _offer(self, name: str, everything: str, rows: Iterable[Any]) -> None:
        self._choices(name, [("", everything), *((str(row.pk), str(row)) for row in rows)])

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = choices

    def clean_days(self) -> int:
        """Return the number of days, the usual one when none is given."""
        return self.cleaned_data["days"] or proposal.DAYS

    def proposal(self, **more: Any) -> Proposal:
        """Return what is proposed here; what is wrong is left out. `more` is what the form of the kinds adds."""
        given: Mapping[str, Any] = self.cleaned_data
        narrowed = {name: int(given[name]) for name in ("line", "service", "work_type") if given.get(name)}
        return Proposal(
            given.get("days") or proposal.DAYS, narrowed, given.get("factor"), given.get("calendar") or "", **more
        )


def named_kinds(data: Any) -> set[int]:
    """Return the ids of the kinds of work that `data` has something for; as many as a proposal may name."""
    texts = [*data.getlist("pick"), *(name[1:] for name in data if name[:1] in "rec" and data[name])]
    return set(whole_numbers(texts)[: 3 * proposal.MOST_KINDS])


class KindsForm(PanelForm):
    """What is to hold for single kinds of work: two limits and a calendar each, and which ones the factor is for."""

    def __init__(self, data: Any, kinds: list[tuple[WorkType, int, int]]) -> None:
        super().__init__(data)
        calendars = calendar_choices()
        self._kinds = kinds
        for kind, _requests, _late in kinds:
            for letter, label, limit in (
                ("r", _("Reaction limit"), kind.reaction_limit), ("e", _("Execution limit"), kind.execution_limit),
            ):  # fmt: skip
                attrs = {"placeholder": limit_text(limit), "aria-label": f"{label}: {kind}", "autocomplete": "off"}
                self.fields[f"{letter}{kind.pk}"] = LimitField(label=label, widget=forms.TextInput(attrs=attrs))
            self.fields[f"c{kind.pk}"] = forms.ChoiceField(
                label=_("Working calendar"), choices=calendars, required=False,
                widget=forms.Select(attrs={"aria-label": f"{_('Working calendar')}: {kind}"}),
            )  # fmt: skip
        for field in self.fields.values():
            field.widget.attrs["class"] = (
                f"{'form-select' if hasattr(field, 'choices') else 'form-control'} form-control-sm"
            )
        self.picked = {kind.pk for kind, _requests, _late in kinds} & set(whole_numbers(data.getlist("pick")))

    def services(self) -> list[dict[str, Any]]:
        """Return the kinds with their fields, by service, the one with the most requests first; a service is open where
        something is chosen or wrong."""
        found: dict[int, dict[str, Any]] = {}
        for kind, requests, late in self._kinds:
            service = found.setdefault(
                kind.service_id, {"service": kind.service, "rows": [], "requests": 0, "open": False}
            )
            fields = [self[f"{letter}{kind.pk}"] for letter in "rec"]
            picked = kind.pk in self.picked
            service["rows"].append(
                {"kind": kind, "requests": requests, "late": late, "fields": fields, "picked": picked}
            )
            service["requests"] += requests
            service["open"] |= picked or any(field.value() or field.errors for field in fields)
        return sorted(found.values(), key=lambda service: -service["requests"])

    def more(self) -> dict[str, Any]:
        """Return what the form adds to a proposal: the kinds picked, and the terms of single kinds."""
        given = self.cleaned_data
        terms = {
            kind.pk: Terms(given.get(f"r{kind.pk}"), given.get(f"e{kind.pk}"), given.get(f"c{kind.pk}") or "")
            for kind, _requests, _late in self._kinds
        }
        own = {pk: proposed for pk, proposed in terms.items() if proposed != Terms()}
        return {"picked": frozenset(self.picked), "own": own}
