"""Decides the figures that stand inside the tables alone: what is in work now, what became of the registered, what a mean is of."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from helpdesk.lifecycle import Status
from helpdesk.models import Rating
from helpdesk.reports import breakdown
from helpdesk.reports.figures import FIGURES, Figure, Tickets
from helpdesk.reports.period import Period


def _in_work(tickets: Tickets, _period: Period) -> Tickets:
    return tickets.filter(status__in=breakdown.IN_WORK)


def _on_review(tickets: Tickets, _period: Period) -> Tickets:
    return tickets.filter(status=Status.ON_REVIEW)


def _executed(tickets: Tickets, period: Period) -> Tickets:
    return FIGURES["done"].tickets(tickets, period).filter(submitted_at__isnull=False)


def _taken(tickets: Tickets, period: Period) -> Tickets:
    return FIGURES["registered"].tickets(tickets, period).filter(taken_at__isnull=False)


INSIDE: dict[str, Figure] = {
    figure.name: figure
    for figure in (
        Figure("in_work", gettext_lazy("In work now"),
               gettext_lazy("Requests in work, waiting for the requester or for rework at this moment, whenever registered."), _in_work),
        Figure("on_review", gettext_lazy("On review now"), gettext_lazy("Requests on review at this moment, whenever registered."), _on_review),
        Figure("executed", pgettext_lazy("figure", "Executed"),
               gettext_lazy("Requests done in the period whose result was submitted: those that the execution time is taken from."), _executed),
        Figure("taken", pgettext_lazy("figure", "Taken"),
               gettext_lazy("Requests registered in the period that somebody has taken: those that the first reaction is taken from."), _taken),
    )
}  # fmt: skip


def with_status(status: Status) -> Figure:
    """Return the requests registered in the period that have `status` now."""

    def found(tickets: Tickets, period: Period) -> Tickets:
        return FIGURES["registered"].tickets(tickets, period).filter(status=status)

    text = _("Of those registered in the period, requests that have this status now.")
    return Figure(f"status_{status.value}", str(status.label), text, found)


def rated_for(person: int) -> Figure:
    """Return the requests for which the person with this id was rated in the period; 0 is nobody."""

    def found(tickets: Tickets, period: Period) -> Tickets:
        given = Rating.objects.filter(
            ticket=OuterRef("pk"), created_at__gte=period.start, created_at__lt=period.end
        )  # fmt: skip
        whose = given.filter(assignee=person) if person else given.filter(assignee__isnull=True)
        return tickets.filter(Exists(whose))

    text = _("Requests whose rating of the period is for the work of this person; one may be rated more than once.")
    return Figure(f"rated_{person}", pgettext("figure", "Rated"), text, found)
