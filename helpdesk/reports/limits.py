"""Decides how reaction and execution stand against their limits at the end of a period: met, missed, running, none."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q, Value
from django.utils.translation import gettext_lazy as _

from helpdesk.models import ClockKind, ClockState, MonthPart, TicketClock
from helpdesk.reports import facts, kept_months
from helpdesk.reports.figures import FIGURES, Figure
from helpdesk.reports.memory import Tickets
from helpdesk.reports.period import Period
from helpdesk.reports.sql import mine

KINDS = (ClockKind.REACTION, ClockKind.EXECUTION)
OUTCOMES = {
    "met": (_("Met"), _("Of those registered in the period, requests whose limit was kept by its end.")),
    "missed": (_("Missed"), _("Of those registered in the period, requests whose limit was missed by its end.")),
    "running": (_("Still running"), _("Of those registered in the period, requests whose limit was neither kept nor missed by its end.")),
    "none": (_("Without a limit"), _("Of those registered in the period, requests without the limit, or cancelled before it was over.")),
}  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """How many requests kept a limit; the four numbers together are the requests registered."""

    kind: ClockKind
    met: int
    missed: int
    running: int
    none: int


def _outcomes(period: Period) -> dict[str, Q]:
    missed, met = Q(breached_at__lt=period.end), Q(met_at__lt=period.end)
    not_missed, not_met = (
        Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": period.end}) for name in ("breached_at", "met_at")
    )
    return {
        "missed": missed,
        "met": met & not_missed,
        "running": not_missed & not_met & ~Q(state=ClockState.CANCELLED),
    }


def _outcome(kind: ClockKind, outcome: str, tickets: Tickets, period: Period) -> Tickets:
    clocks = TicketClock.objects.filter(ticket=OuterRef("pk"), kind=kind)
    registered = FIGURES["registered"].tickets(tickets, period)
    if outcome == "none":
        counted = Q(*_outcomes(period).values(), _connector=Q.OR)
        return registered.filter(~Exists(clocks.filter(counted)))
    return registered.filter(Exists(clocks.filter(_outcomes(period)[outcome])))


def figure(kind: ClockKind, outcome: str) -> Figure:
    """Return the requests whose clock of `kind` came out so, as a figure with its list."""
    label, definition = OUTCOMES[outcome]
    return Figure(
        f"{kind.value}_{outcome}", f"{kind.label}: {str(label).lower()}", definition,
        lambda tickets, period: _outcome(kind, outcome, tickets, period),
    )  # fmt: skip


def kept(tickets: Tickets, period: Period) -> list[Kept]:
    """Return how both limits were kept by the requests registered in the period."""
    months, stretches = kept_months.divided(tickets, period)
    found: Counter[tuple[str, str]] = Counter()
    _add_kept(found, tickets, months, period)
    sums = {name: Count(Value(1), filter=condition) for name, condition in _outcomes(period).items()}
    for part in stretches:
        # The two clocks start with the registration, which is why no look at the tickets is needed.
        clocks = TicketClock.objects.filter(
            mine(tickets), kind__in=KINDS, started_at__gte=part.start, started_at__lt=part.end
        )
        for kind, *counts in clocks.order_by().values("kind").annotate(**sums).values_list("kind", *sums):
            found.update({(kind, name): count for name, count in zip(sums, counts, strict=True)})
    whole = facts.whole(tickets, period).registered
    result = []
    for clock in KINDS:
        met, missed, running = (found[clock.value, name] for name in ("met", "missed", "running"))
        result.append(Kept(clock, met, missed, running, whole - met - missed - running))
    return result


def _add_kept(found: Counter[tuple[str, str]], tickets: Tickets, months: list[date], period: Period) -> None:
    """Add what is kept of whole months, as `month_sums` wrote it."""
    end = (period.last + timedelta(days=1)).isoformat()
    for kind, met, breached, cancelled, count in kept_months.rows(tickets, MonthPart.LIMITS, months):
        if breached and breached < end:
            found[kind, "missed"] += count
        elif met and met < end:
            found[kind, "met"] += count
        elif not cancelled:
            found[kind, "running"] += count
