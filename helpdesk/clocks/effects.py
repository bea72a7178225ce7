"""Decides what each action does to the clocks of a ticket, and writes it: the rows, their ledger, the ticket's due time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from helpdesk.clocks import reckoning, reminders
from helpdesk.clocks.calendars import ANSWER_LIMIT, REVIEW_LIMIT, calendar_of
from helpdesk.lifecycle import Status
from helpdesk.models import (
    ClockEvent,
    ClockEventKind,
    ClockKind,
    ClockState,
    SupportLine,
    Ticket,
    TicketClock,
    User,
    WorkCalendar,
)
from helpdesk.worktime import Limit

Kind = ClockKind
# The clocks by which a ticket is late; the others remind.
COUNTED = (Kind.REACTION, Kind.EXECUTION)
Step = tuple[str, ClockKind]
Line = tuple[TicketClock, ClockEvent]

_EFFECTS: dict[str, tuple[Step, ...]] = {
    "register": (("start", Kind.REACTION), ("start", Kind.EXECUTION)),
    "take": (("stop", Kind.REACTION), ("stop", Kind.LINE_REACTION)),
    "assign": (),
    "transfer": (("resume", Kind.EXECUTION), ("cancel", Kind.ANSWER), ("start", Kind.LINE_REACTION)),
    "reclassify": (("retarget", Kind.REACTION), ("retarget", Kind.EXECUTION), ("retarget", Kind.LINE_REACTION)),
    "release": (("resume", Kind.EXECUTION), ("cancel", Kind.ANSWER)),
    "ask": (("pause", Kind.EXECUTION), ("start", Kind.ANSWER)),
    "resume": (("resume", Kind.EXECUTION), ("stop", Kind.ANSWER)),
    "submit": (("stop", Kind.EXECUTION), ("start", Kind.REVIEW)),
    "recall": (("reopen", Kind.EXECUTION), ("cancel", Kind.REVIEW)),
    "accept": (("stop", Kind.REVIEW),),
    "accept_silently": (("stop", Kind.REVIEW),),
    "return": (("stop", Kind.REVIEW), ("reopen", Kind.EXECUTION)),
    "cancel": tuple(("cancel", kind) for kind in Kind),
    "cancel_silently": tuple(("cancel", kind) for kind in Kind),
    "reopen": (("reopen", Kind.EXECUTION),),
}
_CORRECTIONS: dict[str, tuple[Step, ...]] = {
    Status.NEW: (("cancel", Kind.ANSWER), ("cancel", Kind.REVIEW), ("reopen", Kind.EXECUTION)),
    Status.IN_WORK: (
        ("stop", Kind.REACTION), ("stop", Kind.LINE_REACTION), ("cancel", Kind.ANSWER), ("cancel", Kind.REVIEW),
        ("reopen", Kind.EXECUTION),
    ),
    Status.WAITING: (
        ("stop", Kind.REACTION), ("stop", Kind.LINE_REACTION), ("cancel", Kind.REVIEW), ("reopen", Kind.EXECUTION),
        ("pause", Kind.EXECUTION), ("start", Kind.ANSWER),
    ),
    Status.ON_REVIEW: (
        ("stop", Kind.REACTION), ("stop", Kind.LINE_REACTION), ("cancel", Kind.ANSWER), ("stop", Kind.EXECUTION),
        ("start", Kind.REVIEW),
    ),
    Status.REWORK: (("cancel", Kind.ANSWER), ("cancel", Kind.REVIEW), ("reopen", Kind.EXECUTION)),
    Status.DONE: tuple(("stop", kind) for kind in Kind),
    Status.CANCELLED: tuple(("cancel", kind) for kind in Kind),
}  # fmt: skip


def apply(ticket: Ticket, action: str, *, at: datetime, actor: User | None, reason: str = "") -> None:
    """Do to the clocks what `action` does, at the aware moment `at`, and set (not save) `ticket.due_at`.

    Call it after the transition, inside its transaction. Raises worktime.NoWorkingTime when a calendar has no hours.
    """
    steps = _CORRECTIONS[ticket.status] if action == "correct" else _EFFECTS[action]
    if not steps:
        return
    clocks = {clock.kind: clock for clock in _rows(ticket)}
    work = _worked(steps, _Work(ticket, clocks, at, actor, reason))
    work.write()


def reckon(
    ticket: Ticket, action: str, clocks: dict[str, TicketClock], *, at: datetime, actor: User | None, reason: str = "",
    told: Sequence[Line] = (),
) -> list[Line]:  # fmt: skip
    """Do the same to `clocks`, which are in memory only, as `ticket` may be, and return the lines for the ledger, of which
    `told` are those before; nothing is written before `write`."""
    steps = _CORRECTIONS[ticket.status] if action == "correct" else _EFFECTS[action]
    if not steps:
        return []
    return _worked(steps, _Work(ticket, clocks, at, actor, reason, told=told)).ledger


def write(ledger: Sequence[Line]) -> None:
    """Store the clocks of a ticket that is stored by now, and the lines of the ledger that `reckon` returned."""
    _write({clock.kind: clock for clock, _line in ledger}, ledger)


def _write(changed: Mapping[str, TicketClock], ledger: Sequence[Line]) -> None:
    started = [clock for clock in changed.values() if not clock.pk]
    for clock in changed.values():
        if clock not in started:
            clock.save()
    TicketClock.objects.bulk_create(started)
    for clock, line in ledger:
        line.clock = clock
    ClockEvent.objects.bulk_create(line for _clock, line in ledger)


def promised(ticket: Ticket, due: datetime, *, at: datetime, actor: User | None) -> Line:
    """Return the execution clock of a ticket whose due time was promised elsewhere, started at `at`, with its line."""
    clock = TicketClock(ticket=ticket, kind=Kind.EXECUTION, calendar=ticket.calendar, started_at=at)
    clock.left = [{"wall": max(0.0, (due - at).total_seconds())}]
    _run(clock, at, first=True)
    work = _Work(ticket, {Kind.EXECUTION: clock}, at, actor, "")
    work.note(clock, ClockEventKind.START)
    ticket.due_at = clock.due_at
    return work.ledger[0]


def catch_up(clock: TicketClock, at: datetime) -> ClockEvent | None:
    """Bring a running clock of the past to the present `at`: note a breach, returning its line, and what is to remind."""
    if clock.state != ClockState.RUNNING or clock.due_at is None:
        return None
    if clock.kind in (Kind.REVIEW, Kind.ANSWER) or clock.due_at > at:
        clock.remind_at = reminders.next_reminder(clock, at)
    if clock.due_at > at or clock.breached_at is not None:
        return None
    if clock.kind not in (Kind.REVIEW, Kind.ANSWER):
        # Long since late elsewhere: nobody is told of it now.
        clock.remind_at = None
    clock.breached_at = clock.due_at
    return ClockEvent(
        clock=clock, kind=ClockEventKind.BREACH, at=clock.due_at, due_at=clock.due_at, left=clock.left,
        detail={"limits": clock.limits},
    )  # fmt: skip


def _worked(steps: tuple[Step, ...], work: _Work) -> _Work:
    for step, kind in steps:
        _STEPS[step](work, kind)
    work.ticket.due_at = nearest_due(work.clocks.values())
    return work


def follow_calendar(ticket: Ticket, calendar: WorkCalendar, *, at: datetime) -> bool:
    """Reckon the open clocks of `ticket` anew by its changed calendar; set (not save) `ticket.due_at`. Say if any changed.

    What is finished or late by `at` stays as it is. Call it with the ticket locked.
    """
    clocks = {clock.kind: clock for clock in _rows(ticket)}
    work = _Work(ticket, clocks, at, None, "")
    for kind, clock in clocks.items():
        # A due time that was promised elsewhere has no limits, and no calendar moves it.
        promised_or_late = not clock.limits or (clock.due_at is not None and clock.due_at <= at)
        if clock.calendar_id != calendar.pk or promised_or_late:
            continue
        before = (clock.due_at, clock.left if clock.state == ClockState.PAUSED else None)
        trial = _Work(ticket, clocks, at, None, "", detail={"calendar": calendar.name})
        _reckon_anew(trial, ClockKind(kind), [Limit.parse(text) for text in clock.limits])
        if before != (clock.due_at, clock.left if clock.state == ClockState.PAUSED else None):
            work.changed |= trial.changed
            work.ledger += trial.ledger
    work.write()
    ticket.due_at = nearest_due(clocks.values())
    return bool(work.changed)


def nearest_due(clocks: object) -> datetime | None:
    """Return the earliest due time of the reaction and execution clocks that run, else None."""
    rows: Sequence[TicketClock] = list(clocks)  # type: ignore[call-overload]  # any iterable of clocks
    counted = [clock.due_at for clock in rows if clock.due_at and clock.kind in COUNTED]
    return min(counted, default=None)


def late(ticket: Ticket, clock: TicketClock) -> None:
    """Set (not save) when `ticket` was first late, now that `clock` is known to be breached."""
    if clock.kind in COUNTED and clock.breached_at is not None:
        ticket.late_at = min(ticket.late_at or clock.breached_at, clock.breached_at)


def _rows(ticket: Ticket) -> list[TicketClock]:
    return list(TicketClock.objects.filter(ticket=ticket).select_related("calendar"))


@dataclass
class _Work:
    """The clocks of one ticket while an action changes them, and the ledger lines to write."""

    ticket: Ticket
    clocks: dict[str, TicketClock]
    at: datetime
    actor: User | None
    reason: str
    changed: dict[str, TicketClock] = field(default_factory=dict)
    ledger: list[Line] = field(default_factory=list)
    detail: dict[str, Any] = field(default_factory=dict)
    told: Sequence[Line] = ()

    def told_of(self, clock: TicketClock) -> Iterable[ClockEvent]:
        """Return what the ledger says of `clock` so far; of one that is in memory only, what has been told of it there."""
        if clock.pk:
            return ClockEvent.objects.filter(clock=clock).order_by("pk")
        return [line for known, line in self.told if known is clock]

    def note(
        self, clock: TicketClock, kind: ClockEventKind, at: datetime | None = None, was: list[str] | None = None
    ) -> None:
        self.changed[clock.kind] = clock
        line = ClockEvent(
            kind=kind,
            at=at or self.at,
            actor=self.actor,
            reason=self.reason,
            due_at=clock.due_at,
            left=clock.left,
            detail={"limits": clock.limits, **self.detail, **({} if was is None else {"before": was})},
        )
        self.ledger.append((clock, line))

    def write(self) -> None:
        _write(self.changed, self.ledger)


def _start(work: _Work, kind: ClockKind) -> None:
    limits, calendar = _terms(work.ticket, kind)
    clock = work.clocks.get(kind) or TicketClock(ticket=work.ticket, kind=kind)
    work.clocks[kind] = clock
    clock.calendar, clock.limits = calendar, [str(limit) for limit in limits]
    clock.started_at, clock.left = work.at, reckoning.untouched(limits)
    clock.met_at = None
    clock.reminded = 0
    _run(clock, work.at, first=True)
    work.note(clock, ClockEventKind.START)


def _terms(ticket: Ticket, kind: ClockKind) -> tuple[list[Limit], WorkCalendar | None]:
    line: SupportLine = ticket.line
    if kind is Kind.REACTION:
        return [ticket.reaction_limit], ticket.calendar
    if kind is Kind.EXECUTION:
        return [ticket.reaction_limit, ticket.execution_limit], ticket.calendar
    if kind is Kind.LINE_REACTION:
        return [ticket.reaction_limit], line.calendar
    return [REVIEW_LIMIT if kind is Kind.REVIEW else ANSWER_LIMIT], line.calendar


def _run(clock: TicketClock, at: datetime, *, first: bool = False) -> None:
    calendar = calendar_of(clock.calendar)
    clock.state = ClockState.RUNNING
    clock.running_since = at
    clock.due_at = reckoning.due(calendar, at, clock.left)
    if first:
        clock.length = reminders.length(calendar, at, clock.due_at)
    clock.remind_at = reminders.next_reminder(clock, at)


def _halt(work: _Work, clock: TicketClock, state: ClockState) -> None:
    """Take the clock out of running: keep what is left, and a breach if it came before this moment."""
    if clock.running_since is None or clock.due_at is None:
        raise ValueError(f"clock {clock.pk} runs without a due time")
    due = clock.due_at
    clock.left = reckoning.left_at(calendar_of(clock.calendar), clock.running_since, clock.left, work.at)
    clock.state, clock.running_since, clock.due_at, clock.remind_at = state, None, None, None
    if state is not ClockState.CANCELLED:
        _note_late(work, clock, due)


def _note_late(work: _Work, clock: TicketClock, due: datetime) -> None:
    """Keep that the clock was late, if it was and nobody has noted it: no sweep goes over the past."""
    if due < work.at and clock.breached_at is None:
        clock.breached_at = due
        late(work.ticket, clock)
        work.note(clock, ClockEventKind.BREACH, due)


def _pause(work: _Work, kind: ClockKind) -> None:
    clock = work.clocks.get(kind)
    if clock is not None and clock.state == ClockState.RUNNING:
        _halt(work, clock, ClockState.PAUSED)
        work.note(clock, ClockEventKind.PAUSE)


def _resume(work: _Work, kind: ClockKind) -> None:
    clock = work.clocks.get(kind)
    if clock is not None and clock.state == ClockState.PAUSED:
        _run(clock, work.at)
        work.note(clock, ClockEventKind.RESUME)


def _reopen(work: _Work, kind: ClockKind) -> None:
    clock = work.clocks.get(kind)
    if clock is not None and clock.state != ClockState.RUNNING:
        clock.met_at = None
        _run(clock, work.at)
        work.note(clock, ClockEventKind.REOPEN)


def _stop(work: _Work, kind: ClockKind) -> None:
    clock = work.clocks.get(kind)
    if clock is None or clock.state not in (ClockState.RUNNING, ClockState.PAUSED):
        return
    if clock.state == ClockState.RUNNING:
        _halt(work, clock, ClockState.STOPPED)
    clock.state = ClockState.STOPPED
    work.note(clock, ClockEventKind.STOP)
    if clock.breached_at is None:
        clock.met_at = work.at
        work.note(clock, ClockEventKind.MET)


def _cancel(work: _Work, kind: ClockKind) -> None:
    clock = work.clocks.get(kind)
    if clock is None or clock.state not in (ClockState.RUNNING, ClockState.PAUSED):
        return
    if clock.state == ClockState.RUNNING:
        _halt(work, clock, ClockState.STOPPED)
    clock.state = ClockState.CANCELLED
    work.note(clock, ClockEventKind.CANCEL)


def _retarget(work: _Work, kind: ClockKind) -> None:
    """Give a clock that is not finished the limits its ticket has now, less the time it has used."""
    clock = work.clocks.get(kind)
    if clock is not None:
        limits, _calendar = _terms(work.ticket, kind)
        if clock.state == ClockState.RUNNING and clock.due_at is not None:
            _note_late(work, clock, clock.due_at)
        _reckon_anew(work, kind, limits, was=clock.limits)


def _reckon_anew(work: _Work, kind: ClockKind, limits: list[Limit], was: list[str] | None = None) -> None:
    """Give an open clock `limits`, less the time it has used by the calendar as it is now."""
    clock = work.clocks[kind]
    if clock.state not in (ClockState.RUNNING, ClockState.PAUSED):
        return
    calendar = calendar_of(clock.calendar)
    left = reckoning.untouched(limits)
    for start, end in _runs(work.told_of(clock), work.at):
        left = reckoning.left_at(calendar, start, left, end)
    clock.limits, clock.left = [str(limit) for limit in limits], left
    clock.length = reminders.length(
        calendar, clock.started_at, reckoning.due(calendar, clock.started_at, reckoning.untouched(limits))
    )
    clock.reminded = 0
    if clock.state == ClockState.RUNNING:
        _run(clock, work.at)
    work.note(clock, ClockEventKind.RETARGET, was=was)


def _runs(ledger: Iterable[ClockEvent], at: datetime) -> list[tuple[datetime, datetime]]:
    """Return from when to when a clock has run until `at`, by its ledger before anything of now is written."""
    found: list[tuple[datetime, datetime]] = []
    since: datetime | None = None
    for event in ledger:
        if event.kind == ClockEventKind.START:
            found, since = [], event.at
        elif event.kind in (ClockEventKind.RESUME, ClockEventKind.REOPEN):
            since = event.at
        elif event.kind in _HALTS and since is not None:
            found.append((since, event.at))
            since = None
    return found if since is None else [*found, (since, at)]


_HALTS = (ClockEventKind.PAUSE, ClockEventKind.STOP, ClockEventKind.CANCEL)
_STEPS: dict[str, Callable[[_Work, ClockKind], None]] = {
    "start": _start,
    "pause": _pause,
    "resume": _resume,
    "reopen": _reopen,
    "stop": _stop,
    "cancel": _cancel,
    "retarget": _retarget,
}
