"""Decides what a what-if proposes: other limits or another calendar for kinds of work, and how an address says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from helpdesk.actions.refusals import bad_input
from helpdesk.models import WorkType
from helpdesk.worktime import Limit, Unit

DAYS, FEWEST_DAYS, MOST_DAYS = 90, 7, 365
MOST_KINDS = 100
SMALLEST_FACTOR, LARGEST_FACTOR = Decimal("0.1"), Decimal(10)
# A calendar is given by its id; these two are none.
AS_IT_WAS, ALWAYS = "", "always"


@dataclass(frozen=True)
class Terms:
    """What is to hold for a kind of work; None and `AS_IT_WAS` leave what each request had."""

    reaction: Limit | None = None
    execution: Limit | None = None
    calendar: str = AS_IT_WAS

    @property
    def limits(self) -> dict[str, Limit]:
        """The limits that are to hold, by the names they have in the catalog."""
        named = {"reaction_limit": self.reaction, "execution_limit": self.execution}
        return {name: limit for name, limit in named.items() if limit is not None}


@dataclass(frozen=True)
class Proposal:
    """The terms of kinds of work, tried on the requests of the last `days`.

    `factor` and `calendar` are for the kinds `picked`, for all when none is; what a kind has of its `own` goes before.
    `narrowed` says which requests count, by the names of the report filters.
    """

    days: int = DAYS
    narrowed: Mapping[str, int] = field(default_factory=dict)
    factor: Decimal | None = None
    calendar: str = AS_IT_WAS
    picked: frozenset[int] = frozenset()
    own: Mapping[int, Terms] = field(default_factory=dict)

    @property
    def is_general(self) -> bool:
        """Say whether something is proposed for more than single kinds."""
        return self.factor is not None or self.calendar != AS_IT_WAS

    @property
    def is_empty(self) -> bool:
        return not self.is_general and not self.own

    @property
    def kinds(self) -> frozenset[int] | None:
        """The ids of the kinds of work that are spoken of; None for all."""
        if self.is_general and not self.picked:
            return None
        return frozenset(self.own) | (self.picked if self.is_general else frozenset())

    def terms(self, kind: WorkType) -> Terms:
        """Return what is proposed for `kind`. Raises ValidationError for a factor that leads beyond what a limit may be."""
        own = self.own.get(kind.pk, Terms())
        if not self.is_general or (self.picked and kind.pk not in self.picked):
            return own
        reaction, execution = own.reaction, own.execution
        if self.factor is not None:
            reaction = reaction or scaled(kind.reaction_limit, self.factor)
            execution = execution or scaled(kind.execution_limit, self.factor)
        return Terms(reaction, execution, own.calendar or self.calendar)

    @property
    def query(self) -> str:
        """The proposal as an address says it, without what was left as it is."""
        parts: list[tuple[str, object]] = [("days", self.days), *self.narrowed.items()]
        if self.factor is not None:
            parts.append(("factor", self.factor))
        parts += [("calendar", self.calendar), *(("pick", kind) for kind in sorted(self.picked))]
        for kind, terms in sorted(self.own.items()):
            parts += [(f"r{kind}", terms.reaction), (f"e{kind}", terms.execution), (f"c{kind}", terms.calendar)]
        return urlencode([(name, value) for name, value in parts if value not in (None, "")])


def scaled(limit: Limit, factor: Decimal) -> Limit:
    """Return `limit` times `factor`: hours that are not whole become minutes, days are rounded to whole days, one at least.

    Raises ValidationError when that is longer than a limit may be.
    """
    amount, unit = limit.amount * factor, limit.unit
    if unit is Unit.HOURS and amount != int(amount):
        amount, unit = amount * 60, Unit.MINUTES
    try:
        return Limit(max(1, int(amount.to_integral_value(ROUND_HALF_UP))), unit)
    except ValueError as error:
        raise bad_input({"factor": _("With this factor a limit would be longer than ten years.")}) from error
