"""Decides how a what-if is asked by a program, and how the comparison is told: shares, outcomes, requests that come out otherwise."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from helpdesk.api.shapes.parts import LARGEST_ID, Id, Moment, Shape
from helpdesk.api.shapes.reports import ReportPeriod
from helpdesk.clocks.replay import Outcome
from helpdesk.models import ClockKind, WorkCalendar
from helpdesk.reports import proposal
from helpdesk.worktime import Limit

CALENDAR = (
    "Name of a working calendar, or `always` for around the clock. Without it each request keeps the calendar it had."
)


class LimitText(serializers.CharField):
    """An amount and a unit: `30m`, `4h`, `2bd`, `3d`."""

    def to_internal_value(self, data: Any) -> Limit:  # type: ignore[override]  # a text that becomes a limit
        text = super().to_internal_value(data)
        try:
            return Limit.parse(text)
        except ValueError as error:
            said = _("“%(value)s” is not a limit. Write an amount and a unit: 30m, 4h, 2bd or 3d.")
            raise serializers.ValidationError(said % {"value": text[:40]}) from error


class CalendarName(serializers.CharField):
    """The name of a calendar, read as a proposal has it: by its id."""

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if name in (proposal.ALWAYS, proposal.AS_IT_WAS):
            return name
        found = WorkCalendar.objects.filter(name=name).values_list("pk", flat=True).first()
        if found is None:
            raise serializers.ValidationError(_("There is no “%(name)s”.") % {"name": name[:100]})
        return str(found)


class WhatIfKind(Shape):
    """What is to hold for one kind of work."""

    work_type = Id()
    reaction_limit = LimitText(required=False)
    execution_limit = LimitText(required=False)
    calendar = CalendarName(required=False, max_length=100, help_text=CALENDAR)

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted(set(data) - set(self.fields)) if isinstance(data, Mapping) else []
        if unknown:
            raise serializers.ValidationError(
                {str(name): [_("There is no such field, or it cannot be set.")] for name in unknown}
            )
        return super().to_internal_value(data)


class WhatIfAsked(Shape):
    """A proposal. `factor` and `calendar` are for the kinds in `picked`, for all when it is empty; `kinds` go before."""

    days = serializers.IntegerField(
        required=False, min_value=proposal.FEWEST_DAYS, max_value=proposal.MOST_DAYS, help_text=f"Days back, today included; {proposal.DAYS} when left out."
    )  # fmt: skip
    line = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID, help_text="Id of a line.")
    service = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID, help_text="Id of a service.")
    work_type = serializers.IntegerField(
        required=False, min_value=1, max_value=LARGEST_ID, help_text="Id of a kind of work."
    )
    factor = serializers.FloatField(
        required=False, min_value=float(proposal.SMALLEST_FACTOR), max_value=float(proposal.LARGEST_FACTOR),
        help_text="The limits of the catalog times this; days are rounded to whole days.",
    )  # fmt: skip
    calendar = CalendarName(required=False, max_length=100, help_text=CALENDAR)
    picked = serializers.ListField(required=False, child=Id(), max_length=proposal.MOST_KINDS)
    kinds = serializers.ListField(required=False, child=WhatIfKind(), max_length=proposal.MOST_KINDS)

    def validate_factor(self, value: float) -> Decimal:
        """Refuse what is no number, which no bound does."""
        if not math.isfinite(value):
            raise serializers.ValidationError(_("This is not a number."))
        return Decimal(str(round(value, 3)))


class WhatIfShare(Shape):
    """How many of some requests were overdue, and how many would have been."""

    name = serializers.CharField(allow_blank=True)
    id = serializers.IntegerField(source="key", allow_null=True)
    requests = serializers.IntegerField()
    overdue_before = serializers.IntegerField(source="before")
    overdue_after = serializers.IntegerField(source="after")
    share_before = serializers.FloatField(help_text="Per cent.")
    share_after = serializers.FloatField(help_text="Per cent.")


class WhatIfOutcome(Shape):
    """How many clocks of a sort came out so, and how many would have."""

    clock = serializers.ChoiceField(choices=[ClockKind.REACTION.value, ClockKind.EXECUTION.value])
    outcome = serializers.ChoiceField(choices=[outcome.value for outcome in Outcome])
    before = serializers.IntegerField()
    after = serializers.IntegerField()


class WhatIfChange(Shape):
    """A clock of a request that would have come out otherwise."""

    number = Id()
    clock = serializers.ChoiceField(choices=[ClockKind.REACTION.value, ClockKind.EXECUTION.value])
    outcome_before = serializers.ChoiceField(choices=[outcome.value for outcome in Outcome])
    outcome_after = serializers.ChoiceField(choices=[outcome.value for outcome in Outcome])


class WhatIfTerms(Shape):
    """What was tried for a kind of work; null leaves what each request had."""

    work_type = Id()
    name = serializers.CharField()
    reaction_limit = serializers.CharField(allow_null=True)
    execution_limit = serializers.CharField(allow_null=True)


class WhatIfShape(Shape):
    """Before is what is stored, after is the ledger of each request told again under the proposal."""

    period = ReportPeriod()
    registered = serializers.IntegerField(help_text="The requests of the kinds that the proposal speaks of.")
    since = Moment(allow_null=True, help_text="When the oldest of the requests replayed was registered.")
    left_out = serializers.IntegerField(
        help_text="Requests that count as they were: their calendar was edited since, or their deadline promised elsewhere."
    )
    overall = WhatIfShare(help_text="Of the requests replayed; fewer than `registered` where those are too many.")
    by_kind = WhatIfShare(many=True)
    by_line = WhatIfShare(many=True)
    outcomes = WhatIfOutcome(many=True)
    changed = serializers.IntegerField(help_text="How many requests would have come out otherwise.")
    changes = WhatIfChange(many=True, help_text="Their clocks, of the newest thousand requests at most.")
    terms = WhatIfTerms(many=True)

    class Meta:
        ref_name = "WhatIf"
