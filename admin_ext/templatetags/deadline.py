"""Decides how templates say amounts of time of a clock; the words are those of `helpdesk.clocks`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django import template

from helpdesk import clocks
from helpdesk.clocks import Explanation
from helpdesk.models import TicketClock
from helpdesk.worktime import Limit

register = template.Library()


@register.filter
def limits_in_words(explanation: Explanation) -> str:
    """Return the limits of a clock, joined by a plus."""
    return _joined(explanation.limits)


@register.filter
def limits_written(limits: list[str]) -> str:
    """Return limits as the ledger keeps them (`["30m", "4h"]`), joined by a plus."""
    return _joined(Limit.parse(text) for text in limits)


def _joined(limits: Iterable[Limit]) -> str:
    return " + ".join(clocks.limit_words(limit) for limit in limits)


@register.filter
def duration_in_words(amount: timedelta) -> str:
    """Return hours and minutes."""
    return clocks.duration_words(amount)


@register.filter
def left_in_words(clock: TicketClock) -> str:
    """Return what is left of a paused clock."""
    return clocks.left_words(clock.left)
