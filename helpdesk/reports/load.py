"""Decides at which hours of the week requests come in, by the clock of the reader."""

from __future__ import annotations

from django.db.models import Count
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from helpdesk.reports.figures import FIGURES, Figure, Tickets
from helpdesk.reports.period import Period


def by_hour(tickets: Tickets, period: Period) -> list[list[int]]:
    """Return seven rows from Monday on, of 24 hours each: how many of the requests of the period were registered then."""
    grid = [[0] * 24 for _day in range(7)]
    rows = (
        FIGURES["registered"].tickets(tickets, period).order_by()
        .annotate(weekday=ExtractIsoWeekDay("created_at"), hour=ExtractHour("created_at"))
        .values_list("weekday", "hour").annotate(count=Count("pk"))
    )  # fmt: skip
    for weekday, hour, count in rows:
        grid[weekday - 1][hour] = count
    return grid


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
