"""Decides what each figure counts. Every figure is a named set of tickets, so that the list behind it has exactly its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any

from django.db.models import Avg, Count, Exists, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from helpdesk.lifecycle import Status
from helpdesk.models import ClockKind, Rating, Ticket, TicketClock
from helpdesk.reports import reopened
from helpdesk.reports.period import Period

Tickets = QuerySet[Ticket]


@dataclass(frozen=True)
class Figure:
    """A number with its name, what it counts in one sentence, and the tickets it counts."""

    name: str
    label: Any
    definition: Any
    tickets: Callable[[Tickets, Period], Tickets]


def _registered(tickets: Tickets, period: Period) -> Tickets:
    return tickets.filter(created_at__gte=period.start, created_at__lt=period.end)


def _done(tickets: Tickets, period: Period) -> Tickets:
    return tickets.filter(status=Status.DONE, closed_at__gte=period.start, closed_at__lt=period.end)


def _cancelled(tickets: Tickets, period: Period) -> Tickets:
    return tickets.filter(status=Status.CANCELLED, closed_at__gte=period.start, closed_at__lt=period.end)


def unclosed_at_end(tickets: Tickets, period: Period) -> Tickets:
    """Return what was not closed at the end by its present closing; an earlier one that was taken back is not looked at."""
    return tickets.filter(created_at__lt=period.end).filter(Q(closed_at__isnull=True) | Q(closed_at__gte=period.end))


def _open_at_end(tickets: Tickets, period: Period) -> Tickets:
    return unclosed_at_end(tickets, period).exclude(pk__in=reopened.closed_then(period.end))


def _overdue(tickets: Tickets, period: Period) -> Tickets:
    late = TicketClock.objects.filter(
        ticket=OuterRef("pk"), kind__in=[ClockKind.REACTION, ClockKind.EXECUTION], breached_at__lt=period.end
    )
    return _registered(tickets, period).filter(Exists(late))


def _returned(tickets: Tickets, period: Period) -> Tickets:
    return _done(tickets, period).filter(returns__gt=0)


def _rated(tickets: Tickets, period: Period) -> Tickets:
    given = Rating.objects.filter(ticket=OuterRef("pk"), created_at__gte=period.start, created_at__lt=period.end)
    return tickets.filter(Exists(given))


FIGURES: dict[str, Figure] = {
    figure.name: figure
    for figure in (
        Figure("registered", pgettext_lazy("figure", "Registered"), _("Requests registered in the period."), _registered),
        Figure("done", pgettext_lazy("figure", "Done"), _("Requests done now that were closed in the period."), _done),
        Figure("cancelled", pgettext_lazy("figure", "Cancelled"), _("Requests cancelled now that were closed in the period."), _cancelled),
        Figure("open", _("Open at its end"), _("Requests registered before the end of the period and not closed by then."),
               _open_at_end),
        Figure("overdue", pgettext_lazy("figure", "Overdue"),
               _("Of those registered in the period, requests whose reaction or execution deadline was missed by its end."),
               _overdue),
        Figure("returned", pgettext_lazy("figure", "Returned for rework"), _("Of those done in the period, requests returned at least once."),
               _returned),
        Figure("rated", pgettext_lazy("figure", "Rated"), _("Requests that got a rating in the period."), _rated),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Durations:
    """How long things took, in seconds: the middle, the mean, and what nine of ten stay below. None without cases."""

    count: int
    median: float | None
    mean: float | None
    p90: float | None


def _durations(seconds: list[float]) -> Durations:
    if not seconds:
        return Durations(0, None, None, None)
    ordered = sorted(seconds)
    ninth = ordered[max(0, -(-len(ordered) * 9 // 10) - 1)]
    return Durations(len(ordered), median(ordered), fmean(ordered), ninth)


def execution(tickets: Tickets, period: Period) -> Durations:
    """From registration to the last submission of the result, on the wall, of the requests done in the period."""
    rows = _done(tickets, period).filter(submitted_at__isnull=False).values_list("created_at", "submitted_at")
    return _durations([(submitted - created).total_seconds() for created, submitted in rows if submitted])


def first_reaction(tickets: Tickets, period: Period) -> Durations:
    """From registration to the first taking, on the wall, of the requests registered in the period."""
    rows = _registered(tickets, period).filter(taken_at__isnull=False).values_list("created_at", "taken_at")
    return _durations([(taken - created).total_seconds() for created, taken in rows if taken])


def rating(tickets: Tickets, period: Period) -> tuple[float | None, int]:
    """Return the mean and the number of the ratings given in the period to tickets of the scope."""
    given = Rating.objects.filter(
        ticket__in=tickets.order_by().values("pk"), created_at__gte=period.start, created_at__lt=period.end
    )
    found = given.aggregate(mean=Avg("value"), count=Count("pk"))
    return found["mean"], found["count"]


def counts(tickets: Tickets, period: Period) -> dict[str, int]:
    """Return how many tickets each figure counts, asked for at once."""
    first, *rest = (
        figure.tickets(tickets, period).order_by().annotate(figure=Value(name)).values_list("figure").annotate(count=Count("pk"))
        for name, figure in FIGURES.items()
    )  # fmt: skip
    return dict.fromkeys(FIGURES, 0) | dict(first.union(*rest, all=True))
