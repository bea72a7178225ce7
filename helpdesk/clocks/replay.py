"""Decides how a clock would have come out with other limits or another calendar: its ledger is told once more.

The steps are those of `effects`, the arithmetic is that of `reckoning`; nothing is read here and nothing written. What the
sweep would have stored is taken as stored: a clock that is halted after its due moment was late.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from helpdesk.clocks import reckoning
from helpdesk.clocks.reckoning import Stretch
from helpdesk.models import ClockEventKind, ClockState
from helpdesk.worktime import Calendar, Limit

Kind = ClockEventKind
_RUNS = frozenset({Kind.RESUME, Kind.REOPEN})
_HALTS = {Kind.PAUSE: ClockState.PAUSED, Kind.STOP: ClockState.STOPPED, Kind.CANCEL: ClockState.CANCELLED}


class Outcome(StrEnum):
    """How a clock stands: kept, missed at some moment, neither of them yet, or cancelled before it was over."""

    MET = "met"
    MISSED = "missed"
    RUNNING = "running"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the ledger that moves a clock. `limits` are the new ones of a start or a retarget, else empty."""

    kind: str
    at: datetime
    limits: tuple[Limit, ...] = ()


def outcome_of(*, state: str, late: bool) -> Outcome:
    """Return how a clock in `state` stands that was late at some moment, or never."""
    if late:
        return Outcome.MISSED
    if state == ClockState.STOPPED:
        return Outcome.MET
    return Outcome.NONE if state == ClockState.CANCELLED else Outcome.RUNNING


def replay(lines: Iterable[Line], calendar: Calendar, at: datetime) -> Outcome:
    """Return how a clock with this ledger would stand at `at`. Raises worktime.NoWorkingTime for a limit that never ends."""
    clock = _Clock(calendar)
    for line in lines:
        clock.follow(line)
    return outcome_of(state=clock.state, late=clock.late or (clock.due is not None and clock.due <= at))


@dataclass(slots=True)
class _Clock:
    """A clock while its ledger is told. `began` is when the present run began, `since` from when `left` counts."""

    calendar: Calendar
    state: str = ClockState.PAUSED
    left: Sequence[Stretch] = ()
    runs: list[tuple[datetime, datetime]] = field(default_factory=list)
    began: datetime | None = None
    since: datetime | None = None
    due: datetime | None = None
    late: bool = False

    def follow(self, line: Line) -> None:
        if line.kind == Kind.START:
            self.left = reckoning.untouched(line.limits)
            self._run(line.at)
        elif line.kind in _RUNS:
            self._run(line.at)
        elif line.kind in _HALTS:
            self._halt(line.at)
            self.state = _HALTS[Kind(line.kind)]
        elif line.kind == Kind.RETARGET and line.limits:
            self._retarget(line.at, line.limits)

    def _run(self, at: datetime) -> None:
        self.state = ClockState.RUNNING
        self.began = self.since = at
        self.due = reckoning.due(self.calendar, at, self.left)

    def _halt(self, at: datetime) -> None:
        if self.began is None or self.since is None:
            return
        self._note_late(at)
        self.left = reckoning.left_at(self.calendar, self.since, self.left, at)
        self.runs.append((self.began, at))
        self.began = self.since = self.due = None

    def _retarget(self, at: datetime, limits: tuple[Limit, ...]) -> None:
        self._note_late(at)
        self.left = reckoning.untouched(limits)
        for start, end in [*self.runs, *([] if self.began is None else [(self.began, at)])]:
            self.left = reckoning.left_at(self.calendar, start, self.left, end)
        if self.began is not None:
            self.since, self.due = at, reckoning.due(self.calendar, at, self.left)

    def _note_late(self, at: datetime) -> None:
        self.late |= self.due is not None and self.due < at
