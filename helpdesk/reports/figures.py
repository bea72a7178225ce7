"""Decides what each figure counts. Every figure is a named set of tickets, so that the list behind it has exactly its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from helpdesk.lifecycle import Status
from helpdesk.models import Closing
from helpdesk.reports import standing
from helpdesk.reports.facts import Tally, closed_in
from helpdesk.reports.memory import Tickets
from helpdesk.reports.period import Period


@dataclass(frozen=True)
class Figure:
    """A number with its name, what it counts in one sentence, and the tickets it counts."""

    name: str
    label: Any
    definition: Any
    tickets: Callable[[Tickets, Period], Tickets]


def _registered(tickets: Tickets, period: Period) -> Tickets:
    return tickets.filter(created_at__gte=period.start, created_at__lt=period.end)


def closed(*statuses: Status, also: Q | None = None) -> Callable[[Tickets, Period], Tickets]:
    """Return what finds the requests closed so in a period, by their last such closing in it, which meets `also`."""

    def found(tickets: Tickets, period: Period) -> Tickets:
        rows = Closing.objects.filter(also or Q(), closed_in(period, *statuses))
        return tickets.filter(pk__in=rows.values("ticket"))

    return found


def _open_at_end(tickets: Tickets, period: Period) -> Tickets:
    return tickets.filter(standing.ids_open_at(period.end))


def _overdue(tickets: Tickets, period: Period) -> Tickets:
    return _registered(tickets, period).filter(late_at__lt=period.end)


def _rated(tickets: Tickets, period: Period) -> Tickets:
    given = Closing.objects.filter(rating__isnull=False, at__gte=period.start, at__lt=period.end)
    return tickets.filter(pk__in=given.values("ticket"))


FIGURES: dict[str, Figure] = {
    figure.name: figure
    for figure in (
        Figure("registered", pgettext_lazy("figure", "Registered"), _("Requests registered in the period."), _registered),
        Figure("done", pgettext_lazy("figure", "Done"), _("Requests closed as done in the period, at least once."), closed(Status.DONE)),
        Figure("cancelled", pgettext_lazy("figure", "Cancelled"), _("Requests cancelled in the period, at least once."), closed(Status.CANCELLED)),
        Figure("open", _("Open at its end"), _("Requests registered before the end of the period and not closed at that moment."),
               _open_at_end),
        Figure("overdue", pgettext_lazy("figure", "Overdue"),
               _("Of those registered in the period, requests whose reaction or execution deadline was missed by its end."),
               _overdue),
        Figure("returned", pgettext_lazy("figure", "Returned for rework"), _("Of those done in the period, requests returned at least once before."),
               closed(Status.DONE, also=Q(returned=True))),
        Figure("rated", pgettext_lazy("figure", "Rated"), _("Requests that got a rating in the period."), _rated),
    )
}  # fmt: skip


def counts(tally: Tally, tickets: Tickets, period: Period) -> dict[str, int]:
    """Return the numbers of the figures at the top; `tally` is what `facts` added up for the period."""
    return {
        "registered": tally.registered, "done": tally.done, "cancelled": tally.cancelled,
        "open": standing.count_open(tickets, period.end), "overdue": tally.overdue, "returned": tally.returned,
    }  # fmt: skip
