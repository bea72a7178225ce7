"""Decides what time itself does to tickets: breaches are stored, people reminded, unanswered results accepted.

Any number of sweeps may run at once, anywhere, twice: each change is conditional on what was read. A ticket whose
calculation raises is set aside and reported; the rest go on. The work depends on what is due, not on what exists.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import F, QuerySet

from helpdesk import access, notify, worktime
from helpdesk.actions import month_figures, notices, recounting, review, untouched, work
from helpdesk.actions.refusals import ActionRefused, NotFound, StalePage
from helpdesk.clocks import COUNTED, calendar_of, next_reminder
from helpdesk.models import ClockEvent, ClockEventKind, ClockKind, ClockState, Ticket, TicketClock, User
from helpdesk.moment import now

if TYPE_CHECKING:
    from datetime import datetime

BATCH = 500
_ONE_DAY = worktime.Limit.parse("1bd")
_log = logging.getLogger("helpdesk.deadlines")


@dataclass
class Swept:
    """What a sweep did: how many clocks of each sort, and the ids of those set aside."""

    breached: int = 0
    reminded: int = 0
    accepted: int = 0
    cancelled: int = 0
    released: int = 0
    recounted: int = 0
    set_aside: list[int] = field(default_factory=list)


def sweep(*, batch: int = BATCH) -> Swept:
    """Do everything that is due now, at most `batch` clocks of each sort, and return what was done."""
    at, done = now(), Swept()
    done.recounted = recounting.recount(at, lambda step, clock: _safely(step, clock, at, done))
    running = TicketClock.objects.filter(state=ClockState.RUNNING, set_aside_at=None)
    for clock in _of(running.filter(due_at__lte=at, breached_at=None).order_by("due_at"), batch):
        done.breached += _safely(_breach, clock, at, done)
    # Before the reminders: one that falls due with the end of the silence would put it off by another day.
    silent = running.filter(due_at__lte=at, reminded__gt=0).order_by("due_at")
    for clock in _of(silent.filter(kind=ClockKind.REVIEW), batch):
        done.accepted += _safely(_accept, clock, at, done)
    if settings.SILENCE_CANCELS:
        for clock in _of(silent.filter(kind=ClockKind.ANSWER), batch):
            done.cancelled += _safely(_cancel, clock, at, done)
    for clock in _of(running.filter(remind_at__lte=at).order_by("remind_at"), batch):
        done.reminded += _safely(_remind, clock, at, done)
    for ticket in list(untouched.candidates(at).select_related("line__calendar")[:batch]):
        done.released += _release(ticket, at)
    return done


def _of(clocks: QuerySet[TicketClock], batch: int) -> list[TicketClock]:
    # Mostly nothing is due, and to compose a statement with all columns of a ticket takes longer than to run it.
    numbers = list(clocks.values_list("pk", flat=True)[:batch])
    if not numbers:
        return []
    # What another sweep has done between the two statements is not due any more.
    return list(clocks.filter(pk__in=numbers).select_related("ticket", "calendar"))


def _safely(step: Callable[[TicketClock, datetime], bool], clock: TicketClock, at: datetime, done: Swept) -> int:
    try:
        with transaction.atomic():
            return int(step(clock, at))
    except (ActionRefused, NotFound):
        return 0
    except OperationalError:
        # The database is busy, nothing is wrong with the ticket: the next sweep does it.
        _log.warning("clock %s of ticket %s has to wait", clock.pk, clock.ticket_id, exc_info=True)
        return 0
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one ticket must not stop the others
        _log.exception("clock %s of ticket %s is set aside", clock.pk, clock.ticket_id)
        trouble = f"{type(error).__name__}: {error}"[:300]
        TicketClock.objects.filter(pk=clock.pk).update(set_aside_at=at, trouble=trouble)
        done.set_aside.append(clock.pk)
        return 0


def _breach(clock: TicketClock, at: datetime) -> bool:
    """Store that the due time has passed; the breach is dated by the due time, not by the sweep."""
    found = TicketClock.objects.filter(pk=clock.pk, due_at=clock.due_at, breached_at=None)
    if not found.update(breached_at=F("due_at")):
        return False
    due = clock.due_at or at
    if clock.kind in COUNTED:
        Ticket.objects.filter(pk=clock.ticket_id).exclude(late_at__lte=due).update(late_at=due)
        month_figures.forget_past(clock.ticket.created_at, at)
    ClockEvent.objects.create(
        clock=clock, kind=ClockEventKind.BREACH, at=due, due_at=due, left=clock.left, detail={"limits": clock.limits}
    )
    if clock.kind in (ClockKind.REACTION, ClockKind.EXECUTION, ClockKind.LINE_REACTION):
        notify.record(clock.ticket, "overdue", actor=None, at=at, internal=True, data={"clock": clock.kind})
    return True


def _remind(clock: TicketClock, at: datetime) -> bool:
    """Tell of a deadline that comes near or has passed, and set the next reminder."""
    seen, count = clock.remind_at, clock.reminded
    clock.reminded += 1
    following = next_reminder(clock, at)
    found = TicketClock.objects.filter(pk=clock.pk, remind_at=seen, reminded=count, state=ClockState.RUNNING)
    if not found.update(remind_at=following, reminded=clock.reminded):
        return False
    kind = "due_soon"
    if clock.kind in (ClockKind.REVIEW, ClockKind.ANSWER):
        kind = "requester_reminder"
    elif clock.due_at is not None and clock.due_at <= at:
        kind = "overdue"
    notify.record(
        clock.ticket, kind, actor=None, at=at, internal=kind != "requester_reminder",
        data={"clock": clock.kind, "due_at": clock.due_at.isoformat() if clock.due_at else ""},
    )  # fmt: skip
    return True


def _accept(clock: TicketClock, at: datetime) -> bool:
    """Accept a result its requester kept silent about."""
    if not _kept_silent(clock, at):
        return False
    review.accept_silently(ticket_id=clock.ticket_id)
    return True


def _cancel(clock: TicketClock, at: datetime) -> bool:
    """Cancel a request whose requester was asked something and kept silent."""
    if not _kept_silent(clock, at):
        return False
    review.cancel_silently(ticket_id=clock.ticket_id)
    return True


def _release(ticket: Ticket, at: datetime) -> bool:
    """Take a request back to its line whose assignee has left it alone; what happened to it meanwhile saves it."""
    try:
        if not untouched.is_due(ticket, at):
            return False
        work.release(ticket_id=ticket.pk, version=ticket.version)
    except (ActionRefused, NotFound, StalePage):
        return False
    except Exception:  # noqa: BLE001 - as above
        _log.exception("ticket %s could not go back to its line", ticket.pk)
        return False
    return True


def _kept_silent(clock: TicketClock, at: datetime) -> bool:
    """Say whether the requester was reminded and has had a business day since, when the reminder came after the limit."""
    last = clock.ticket.events.filter(kind="requester_reminder").order_by("-id").first()
    if last is None or last.at < (clock.running_since or at):
        return False
    return last.at <= (clock.due_at or at) or worktime.add(calendar_of(clock.calendar), last.at, _ONE_DAY) <= at


def set_aside(user: User) -> QuerySet[TicketClock]:
    """Return the clocks the sweep could not reckon, newest first. Raises ActionRefused for all but administrators."""
    notices.administrator(user)
    found = TicketClock.objects.filter(set_aside_at__isnull=False, ticket__in=access.visible_to(user).order_by())
    return found.select_related("ticket").order_by("-set_aside_at")


def return_to_sweep(*, actor: User, clock_id: int) -> None:
    """Let the sweep try a clock again after what failed was mended. Raises ActionRefused, NotFound."""
    if not set_aside(actor).filter(pk=clock_id).update(set_aside_at=None, trouble=""):
        raise NotFound(clock_id)
