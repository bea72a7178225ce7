"""Decides at which hours of the week requests come in, by the clock of the reader."""

from __future__ import annotations

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from helpdesk.reports import moments
from helpdesk.reports.figures import FIGURES, Figure
from helpdesk.reports.memory import Tickets
from helpdesk.reports.period import Period


def by_hour(tickets: Tickets, period: Period) -> list[list[int]]:
    """Return seven rows from Monday on, of 24 hours each: how many of the requests of the period were registered then."""
    hours = moments.of(tickets, period).hours
    return [[hours[weekday, hour] for hour in range(24)] for weekday in range(7)]


def on_weekday(weekday: int) -> Figure:
    """Return the requests registered on a weekday (Monday is 0)."""

    def found(tickets: Tickets, period: Period) -> Tickets:
        return FIGURES["registered"].tickets(tickets, period).filter(created_at__iso_week_day=weekday + 1)

    text = _("Of those registered in the period, requests registered on this day of the week.")
    return Figure(f"weekday_{weekday}", str(WEEKDAYS[weekday]), text, found)


def at_hour(hour: int) -> Figure:
    """Return the requests registered in an hour (0–23) of any day."""

    def found(tickets: Tickets, period: Period) -> Tickets:
        return FIGURES["registered"].tickets(tickets, period).filter(created_at__hour=hour)

    text = _("Of those registered in the period, requests registered in this hour of any day.")
    return Figure(f"clock_{hour}", _("%(from)d:00–%(to)d:00") % {"from": hour, "to": hour + 1}, text, found)


def figure(weekday: int, hour: int) -> Figure:
    """Return the requests registered in an hour (0–23) of a weekday (Monday is 0), as a figure with its list."""

    def found(tickets: Tickets, period: Period) -> Tickets:
        return FIGURES["registered"].tickets(tickets, period).filter(
            created_at__iso_week_day=weekday + 1, created_at__hour=hour
        )  # fmt: skip

    label = _("%(weekday)s, %(from)d:00–%(to)d:00") % {"weekday": WEEKDAYS[weekday], "from": hour, "to": hour + 1}
    text = _("Of those registered in the period, requests registered in this hour of this day of the week.")
    return Figure(f"hour_{weekday}_{hour}", label, text, found)
