"""Decides which finished month is added up next for the reports: one at a time, the newest first, each anew once a day.

That each is added up anew heals what changed the past without a trace in the moment of a request's last change.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.timezone import localtime

from helpdesk.actions import month_figures
from helpdesk.actions.month_figures import Added
from helpdesk.models import ClockState, MonthFigures, MonthPart, Ticket, TicketClock
from helpdesk.moment import now
from helpdesk.reports import adding_up, kept_months
from helpdesk.reports.period import Period
from helpdesk.reports.period import month_of as period_of

MONTHS = 36
# What was written in the last moments of a month is stored by then.
OVER = timedelta(hours=1)
ANEW = timedelta(days=1)


def keep_next() -> int:
    """Add up a finished month for the reports; one at a time, the newest that has changed first; return how many."""
    at = now()
    believed = kept_months.believed_months(at)
    month_figures.seen(believed.keys(), at)
    kept = MonthFigures.objects.filter(line=None, part=MonthPart.REGISTERED, zone=settings.TIME_ZONE)
    added = dict(kept.values_list("month", "added_at"))
    months = [month for month in _finished(at) if not _missed_unnoticed(month)]
    missing = [month for month in months if month.first not in believed]
    old = sorted(
        (added[month.first], month) for month in months if month.first in believed and added[month.first] <= at - ANEW
    )
    for month in [*missing, *(month for _at, month in old)][:1]:
        keep(month, at)
        return 1
    return 0


def keep(month: Period, at: datetime) -> None:
    """Add up a month and keep what it came to, as read from the aware moment `at` on."""
    month_figures.keep(month.first, {
        line: Added(sums.parts(), sums.registered, sums.standing.total())
        for line, sums in adding_up.add_up(month).items()
    }, at=at)  # fmt: skip


def _finished(at: datetime) -> Iterator[Period]:
    """Yield the months that are over at `at`, newest first, down to that of the first request."""
    oldest = Ticket.objects.order_by("created_at").values_list("created_at", flat=True).first()
    month = period_of(localtime(at - OVER).date()).before()
    for _number in range(MONTHS):
        if oldest is None or month.end <= oldest:
            return
        yield month
        month = month.before()


def _missed_unnoticed(month: Period) -> bool:
    """Answer whether the sweep has yet to store that a deadline of the month was missed."""
    due = TicketClock.objects.filter(
        state=ClockState.RUNNING, due_at__lt=month.end, breached_at=None, set_aside_at=None
    )
    return due.exists()
