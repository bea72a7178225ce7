"""Decides how open clocks follow a change of their calendar: some at a time, finished and late ones never."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from helpdesk import clocks
from helpdesk.actions import month_figures
from helpdesk.models import ClockState, Ticket, TicketClock, WorkCalendar

OPEN = (ClockState.RUNNING, ClockState.PAUSED)
AT_ONCE = 2000


def recount(at: datetime, safely: Callable[[Callable[[TicketClock, datetime], bool], TicketClock], int]) -> int:
    """Let at most `AT_ONCE` clocks of changed calendars follow, each by `safely(step, clock)`; return in how many tickets
    any has moved.

    The rest is left to the next sweep. Sweeps at once may both do it: a clock that has followed does not move again.
    """
    moved, room = 0, AT_ONCE
    for calendar in WorkCalendar.objects.filter(recount_after__isnull=False).order_by("pk"):
        open_clocks = TicketClock.objects.filter(calendar=calendar, state__in=OPEN, set_aside_at=None)
        rows = list(open_clocks.filter(pk__gt=calendar.recount_after).select_related("calendar").order_by("pk")[:room])
        firsts: dict[int, TicketClock] = {}
        for clock in rows:
            firsts.setdefault(clock.ticket_id, clock)
        # The clocks of a ticket follow together.
        for clock in firsts.values():
            moved += safely(_follow, clock)
        # A calendar that has changed meanwhile begins anew.
        seen = WorkCalendar.objects.filter(
            pk=calendar.pk, changed_at=calendar.changed_at, recount_after=calendar.recount_after
        )
        seen.update(recount_after=rows[-1].pk if len(rows) == room else None)
        room -= len(rows)
        if room <= 0:
            break
    return moved


def _follow(clock: TicketClock, at: datetime) -> bool:
    """Let the clocks of a ticket follow their calendar, and its deadline with them."""
    ticket = Ticket.objects.select_for_update().get(pk=clock.ticket_id)
    if clock.calendar is None or not clocks.follow_calendar(ticket, clock.calendar, at=at):
        return False
    Ticket.objects.filter(pk=ticket.pk).update(due_at=ticket.due_at)
    month_figures.forget_past(ticket.created_at, at)
    return True
