"""Decides how a ledger comes out under proposed terms, and when it cannot be said because it does not lead to what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from helpdesk import clocks
from helpdesk.actions.refusals import bad_input
from helpdesk.clocks.replay import Line, Outcome, replay
from helpdesk.models import WorkCalendar
from helpdesk.reports.ledgers import Ledger
from helpdesk.reports.proposal import ALWAYS, AS_IT_WAS, Terms
from helpdesk.whole_numbers import whole_number
from helpdesk.worktime import ALWAYS_OPEN, Calendar, Limit, NoWorkingTime

_NOTHING = Terms()


@dataclass(frozen=True, slots=True)
class Retold:
    """How a clock stands, and how it would. A ledger that is not telling leaves both as they are stored."""

    before: Outcome
    after: Outcome
    is_telling: bool = True


class Telling:
    """Tells ledgers again by the terms of kinds of work, as of one moment; each calendar is read once."""

    def __init__(self, terms: Mapping[int, Terms], at: datetime) -> None:
        """Raises ValidationError when a proposed calendar is not there or has no working hours."""
        self._terms, self._at = terms, at
        self._rows = {row.pk: row for row in WorkCalendar.objects.all()}
        self._calendars: dict[int | None, Calendar | None] = {None: ALWAYS_OPEN}
        for proposed in terms.values():
            if self._calendar(_calendar_id(proposed.calendar, None)) is None:
                raise bad_input({"calendar": _("This calendar is not there, or has no working hours.")})

    def tell(self, ledger: Ledger) -> Retold:
        """Return the outcome before and after. Raises worktime.NoWorkingTime for a limit that would never end."""
        lines, calendar = self._proposed(ledger)
        if lines == ledger.lines and calendar == ledger.calendar:
            return Retold(ledger.stored, ledger.stored, is_telling=bool(lines))
        other = self._calendar(calendar)
        if other is None or not self._leads_to_what_is_stored(ledger):
            return Retold(ledger.stored, ledger.stored, is_telling=False)
        return Retold(ledger.stored, replay(lines, other, self._at))

    def _leads_to_what_is_stored(self, ledger: Ledger) -> bool:
        own = self._calendar(ledger.calendar)
        try:
            return own is not None and replay(ledger.lines, own, self._at) is ledger.stored
        except NoWorkingTime:
            return False

    def _proposed(self, ledger: Ledger) -> tuple[list[Line], int | None]:
        """Return the lines with the proposed limits of the kinds they speak of, and the calendar of the first kind."""
        if not ledger.lines:
            return [], ledger.calendar
        terms = [self._terms.get(kind, _NOTHING) for kind in ledger.kinds]
        waiting = iter(terms)
        lines = [_with(line, next(waiting)) if line.limits else line for line in ledger.lines]
        return lines, _calendar_id(terms[0].calendar, ledger.calendar)

    def _calendar(self, pk: int | None) -> Calendar | None:
        """Return a calendar, None for one that is not there or has no hours."""
        if pk not in self._calendars:
            row = self._rows.get(pk or 0)
            try:
                self._calendars[pk] = None if row is None else clocks.calendar_of(row)
            except NoWorkingTime:
                self._calendars[pk] = None
        return self._calendars[pk]


def _calendar_id(chosen: str, own: int | None) -> int | None:
    """Return the id of a proposed calendar, None for around the clock; 0, which no calendar has, for nonsense."""
    if chosen == AS_IT_WAS:
        return own
    if chosen == ALWAYS:
        return None
    return whole_number(chosen) or 0


def _with(line: Line, terms: Terms) -> Line:
    """Return a line that brings limits with those that are proposed: the reaction limit, then the execution limit."""
    proposed: tuple[Limit | None, ...] = (terms.reaction, terms.execution)
    limits = tuple(new or old for new, old in zip(proposed, line.limits, strict=False))
    return line if limits == line.limits else Line(line.kind, line.at, limits)
