"""Decides how reaction and execution stand against their limits at the end of a period: met, missed, running, none."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _

from helpdesk.models import ClockKind, ClockState, TicketClock
from helpdesk.reports.figures import FIGURES, Figure, Tickets
from helpdesk.reports.period import Period

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
    return {
        "missed": missed,
        "met": met & ~missed,
        "running": Q(~missed, ~met, ~Q(state=ClockState.CANCELLED)),
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
    registered = FIGURES["registered"].tickets(tickets, period).order_by()
    whens = [When(condition, then=Value(name)) for name, condition in _outcomes(period).items()]
    rows = (
        TicketClock.objects.filter(kind__in=KINDS, ticket__in=registered.values("pk"))
        .annotate(outcome=Case(*whens, default=Value("none"), output_field=CharField()))
        .order_by().values_list("kind", "outcome").annotate(count=Count("pk"))
    )  # fmt: skip
    found = {(kind, outcome): count for kind, outcome, count in rows}
    whole = registered.count()
    result = []
    for kind in KINDS:
        met, missed, running = (found.get((kind.value, name), 0) for name in ("met", "missed", "running"))
        result.append(Kept(kind, met, missed, running, whole - met - missed - running))
    return result
