"""Decides the figures that stand inside the tables alone: what was in work, what became of the registered, what a mean is of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from helpdesk.lifecycle import CLOSED, Status
from helpdesk.models import Closing
from helpdesk.reports import breakdown, standing
from helpdesk.reports.figures import FIGURES, Figure, closed
from helpdesk.reports.memory import Tickets
from helpdesk.reports.period import Period, between


def _standing(*statuses: Status, condition: Q | None = None) -> Callable[[Tickets, Period], Tickets]:
    """Return what finds the requests that were in one of `statuses` at the end of a period."""

    def found(tickets: Tickets, period: Period) -> Tickets:
        return tickets.filter(standing.ids_open_at(period.end, Q(status__in=statuses) & (condition or Q())))

    return found


_EXECUTED = Q(execution__isnull=False)


def _taken(tickets: Tickets, period: Period) -> Tickets:
    return FIGURES["registered"].tickets(tickets, period).filter(taken_at__isnull=False)


INSIDE: dict[str, Figure] = {
    figure.name: figure
    for figure in (
        Figure("in_work", gettext_lazy("In work at its end"),
               gettext_lazy("Requests in work, waiting for the requester or for rework when the period ended, whenever registered."),
               _standing(*breakdown.IN_WORK)),
        Figure("on_review", gettext_lazy("On review at its end"),
               gettext_lazy("Requests on review when the period ended, whenever registered."), _standing(Status.ON_REVIEW)),
        Figure("executed", pgettext_lazy("figure", "Executed"),
               gettext_lazy("Requests done in the period whose result was submitted: those that the execution time is taken from."),
               closed(Status.DONE, also=_EXECUTED)),
        Figure("taken", pgettext_lazy("figure", "Taken"),
               gettext_lazy("Requests registered in the period that somebody has taken: those that the first reaction is taken from."), _taken),
    )
}  # fmt: skip


def with_status(status: Status) -> Figure:
    """Return the requests registered in the period that had `status` at its end."""

    def found(tickets: Tickets, period: Period) -> Tickets:
        if status in CLOSED:
            return breakdown.still_closed(tickets, period, status)
        return FIGURES["registered"].tickets(_standing(status)(tickets, period), period)

    text = _("Of those registered in the period, requests that had this status when it ended.")
    return Figure(f"status_{status.value}", str(status.label), text, found)


def done_on(text: str) -> Figure | None:
    """Return the requests last done in the period on a day, or in days, written 20260331 or 20260301_20260331; None if it is none."""
    try:
        days = [datetime.strptime(part, "%Y%m%d").date() for part in text.split("_")]  # noqa: DTZ007 - a date
    except ValueError:
        return None
    if len(days) > 2:
        return None
    only = between(days[0], days[-1])

    def found(tickets: Tickets, period: Period) -> Tickets:
        return closed(Status.DONE, also=Q(at__gte=only.start, at__lt=only.end))(tickets, period)

    definition = _("Requests closed as done in the period for the last time on these days.")
    return Figure(f"done_on_{text}", f"{FIGURES['done'].label}, {only.label}", definition, found)


def of_person(name: str, person: int) -> Figure:
    """Return the figure `name` (one of `OF_PERSON`) of the requests that this person (id, 0 is nobody) had then."""
    whose = Q(assignee=person) if person else Q(assignee__isnull=True)
    if name == "in_work":
        found = _standing(*breakdown.IN_WORK, condition=whose)
    elif name == "on_review":
        found = _standing(Status.ON_REVIEW, condition=whose)
    else:
        found = closed(Status.DONE, also=whose & (_EXECUTED if name == "executed" else Q()))
    whole = FIGURES.get(name) or INSIDE[name]
    text = _("The same, of the requests that this person had at that moment.")
    return Figure(f"{name}_by_{person}", str(whole.label), f"{whole.definition} {text}", found)


OF_PERSON = ("done", "in_work", "on_review", "executed")


def rated_for(person: int) -> Figure:
    """Return the requests for which the person with this id was rated in the period; 0 is nobody."""

    def found(tickets: Tickets, period: Period) -> Tickets:
        given = Closing.objects.filter(rating__isnull=False, at__gte=period.start, at__lt=period.end)
        whose = given.filter(assignee=person) if person else given.filter(assignee__isnull=True)
        return tickets.filter(pk__in=whose.values("ticket"))

    text = _("Requests whose rating of the period is for the work of this person; one may be rated more than once.")
    return Figure(f"rated_{person}", pgettext("figure", "Rated"), text, found)
