"""Decides when a ticket is late: every clock of a ticket is started, paused, resumed and stopped here.

Actions call `apply` inside their transaction; it writes the clocks and their ledger, and sets `ticket.due_at`. For a ticket
that is not stored yet `reckon` sets it, and `write` stores the clocks once it is.
"""

from helpdesk.clocks.calendars import calendar_of, read_calendar, reopen_deadline, touch
from helpdesk.clocks.effects import COUNTED, apply, catch_up, follow_calendar, late, promised, reckon, write
from helpdesk.clocks.explain import Explanation, explain
from helpdesk.clocks.reminders import next_reminder
from helpdesk.clocks.wording import duration_words, left_words, limit_words

__all__ = [
    "COUNTED",
    "Explanation",
    "apply",
    "calendar_of",
    "catch_up",
    "duration_words",
    "explain",
    "follow_calendar",
    "late",
    "left_words",
    "limit_words",
    "next_reminder",
    "promised",
    "read_calendar",
    "reckon",
    "reopen_deadline",
    "touch",
    "write",
]
