"""Decides the table of what came in and went out: day by day, or by the weeks and months that people can read of a long period."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from helpdesk.moment import now
from helpdesk.reports import breakdown
from helpdesk.reports.memory import Tickets
from helpdesk.reports.period import Period, day_of, month_of
from helpdesk.reports.shapes import Behind, Block, Linked, linked


def by_day(tickets: Tickets, period: Period) -> Block:
    """Return what came in and went out on each day, and what was open when it ended."""
    definition = _(
        "Requests registered on the day, requests done in the period for the last time on it, and those open when it ended."
    )
    firsts = [((day, None), day_of(day)) for day in period.days()]
    return _table(tickets, period, firsts, _("By day"), definition, (_("Date"), _("Open at the end of the day")))


def by_stretch(tickets: Tickets, period: Period) -> Block:
    """Return the same by week or by month where the period has too many days for a reader; each leads to its own report."""
    if period.grain == "day":
        return by_day(tickets, period)
    if period.grain == "week":
        title, head, stretches = _("By week"), _("Week"), period.weeks()
        definition = _(
            "Requests registered in the week, requests done in the period for the last time in it, and those open when it ended."
        )
    else:
        title, head, stretches = _("By month"), _("Month"), period.months()
        definition = _(
            "Requests registered in the month, requests done in the period for the last time in it, and those open when it ended."
        )
    firsts = [((stretch, Behind("", period=_named(stretch))), stretch) for stretch in stretches]
    return _table(tickets, period, firsts, title, definition, (head, _("Open at the end")))


def _named(stretch: Period) -> Period:
    month = month_of(stretch.first)
    return month if (month.first, month.last) == (stretch.first, stretch.last) else stretch


def _table(tickets: Tickets, period: Period, firsts: Sequence[tuple[Linked, Period]], title: str, definition: str,
           heads: tuple[str, str]) -> Block:  # fmt: skip
    first_head, last_head = heads
    columns = [(first_head, ""), (pgettext("figure", "Registered"), "requests"), (pgettext("figure", "Done"), "requests"),
               (last_head, "requests")]  # fmt: skip
    days = {day.day: day for day in breakdown.by_day(tickets, period)}
    today = localtime(now()).date()
    rows: list[list[Linked]] = []
    for first, stretch in firsts:
        own = [days[day] for day in stretch.days()]
        # What will be open on a day to come is not known; of a week that is running it is what is open today.
        known = [day.backlog for day in own if day.day <= today]
        rows.append([first, (sum(day.registered for day in own), Behind("registered", period=stretch)),
                     (sum(day.done for day in own), Behind(f"done_on_{_dates(stretch)}")),
                     (known[-1] if known else None, Behind("open", period=stretch))])  # fmt: skip
    sums = [sum(row[at][0] for row in rows) for at in (1, 2)]
    rows.append([(_("Total"), None), (sums[0], Behind("registered")), (sums[1], Behind("done")), (None, None)])
    return linked("by_day", title, definition, columns, rows, has_total=True)


def _dates(stretch: Period) -> str:
    first = f"{stretch.first:%Y%m%d}"
    return first if stretch.first == stretch.last else f"{first}_{stretch.last:%Y%m%d}"
