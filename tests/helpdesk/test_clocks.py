"""Clocks: paused is never late, what was left goes on, a breach is dated by its due time, the ledger adds up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpdesk import clocks, moment
from helpdesk.actions import conversation, deadlines
from helpdesk.models import ClockEvent, ClockKind, ClockState, Event, Ticket, TicketClock
from tests.people import NOON, Desk


def clock(ticket: Ticket, kind: str) -> TicketClock:
    return TicketClock.objects.get(ticket=ticket, kind=kind)


def later(**amount: float) -> moment.datetime:  # type: ignore[name-defined]
    return NOON + timedelta(**amount)


def test_both_clocks_start_with_the_request(desk: Desk) -> None:
    ticket = desk.file()

    assert clock(ticket, ClockKind.REACTION).due_at == later(minutes=30)
    assert clock(ticket, ClockKind.EXECUTION).due_at == later(hours=4, minutes=30)
    assert Ticket.objects.get(pk=ticket.pk).due_at == later(minutes=30)


def test_while_the_requester_is_asked_nothing_becomes_late(desk: Desk) -> None:
    ticket = desk.ticket("waiting")
    with moment.at(later(days=3)):
        assert Ticket.objects.get(pk=ticket.pk).due_at is None
        deadlines.sweep()
        conversation.post(actor=desk.anna, ticket_id=ticket.pk, text="Here you are")

    execution = clock(ticket, ClockKind.EXECUTION)
    assert execution.due_at == later(days=3, hours=4, minutes=30)
    assert execution.breached_at is None


def test_a_reaction_in_time_is_met_and_a_late_one_missed_at_its_due_time(desk: Desk) -> None:
    punctual, late = desk.file(), desk.file()
    with moment.at(later(minutes=29)):
        desk.act("take", "alla", punctual)
    with moment.at(later(minutes=50)):
        desk.act("take", "alla", late)

    assert clock(punctual, ClockKind.REACTION).met_at == later(minutes=29)
    missed = clock(late, ClockKind.REACTION)
    assert (missed.met_at, missed.breached_at) == (None, later(minutes=30))


def test_the_sweep_stores_a_breach_once_however_often_it_runs(desk: Desk) -> None:
    ticket = desk.file()
    with moment.at(later(hours=2)):
        swept = [deadlines.sweep().breached for _time in range(3)]

    assert swept == [1, 0, 0]
    assert clock(ticket, ClockKind.REACTION).breached_at == later(minutes=30)
    assert ClockEvent.objects.filter(kind="breach").count() == 1


def test_people_are_reminded_before_the_deadline(desk: Desk) -> None:
    desk.file()
    for minutes in (14, 16, 23, 25, 29):
        with moment.at(later(minutes=minutes)):
            deadlines.sweep()

    assert list(Event.objects.filter(kind="due_soon").values_list("at", flat=True)) == [
        later(minutes=16),
        later(minutes=25),
    ]


def test_silence_accepts_after_a_reminder_and_the_review_limit(desk: Desk) -> None:
    ticket = desk.ticket("on_review")
    for hours in range(6, 24 * 5, 6):
        with moment.at(later(hours=hours)):
            deadlines.sweep()

    done = Ticket.objects.get(pk=ticket.pk)
    assert (done.status, done.silently_accepted, done.ratings.count()) == ("done", True, 0)
    assert Event.objects.filter(kind="requester_reminder").exists()


def test_a_ticket_that_cannot_be_reckoned_is_set_aside_and_the_others_go_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = desk.file(), desk.file()
    real = deadlines._breach

    def failing(found: TicketClock, at: object) -> bool:
        if found.ticket_id == broken.pk:
            raise RuntimeError("no")
        return real(found, at)

    monkeypatch.setattr(deadlines, "_breach", failing)
    with moment.at(later(hours=1)):
        swept = deadlines.sweep()

    assert swept.breached == 1
    assert clock(sound, ClockKind.REACTION).breached_at is not None
    assert clock(broken, ClockKind.REACTION).set_aside_at is not None


def test_the_explanation_adds_up_to_the_limit(desk: Desk) -> None:
    ticket = desk.ticket("in_work")
    with moment.at(later(hours=1)):
        desk.act("ask", "alla", ticket, comment="Which?")
    with moment.at(later(hours=30)):
        conversation.post(actor=desk.anna, ticket_id=ticket.pk, text="This")

    execution = next(found for found in clocks.explain(ticket) if found.clock.kind == ClockKind.EXECUTION)
    assert execution.counted == timedelta(hours=4, minutes=30)
    assert execution.clock.due_at == later(hours=33, minutes=30)
    assert [step.event.kind for step in execution.steps] == ["start", "pause", "resume"]


def test_cancelling_stops_every_clock(desk: Desk) -> None:
    ticket = desk.ticket("cancelled")

    assert set(TicketClock.objects.filter(ticket=ticket).values_list("state", flat=True)) == {ClockState.CANCELLED}
