"""Clocks: paused is never late, what was left goes on, a breach is dated by its due time, the ledger adds up."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from helpdesk import clocks, moment
from helpdesk.actions import conversation, deadlines
from helpdesk.models import ClockEvent, ClockKind, ClockState, Event, Ticket, TicketClock
from tests.people import NOON, Desk

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper


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


@pytest.mark.parametrize("is_on", [True, False])
def test_a_request_whose_requester_does_not_answer_is_cancelled_unless_switched_off(
    desk: Desk, settings: SettingsWrapper, is_on: bool
) -> None:
    settings.SILENCE_CANCELS = is_on
    ticket = desk.ticket("waiting")
    for hours in range(6, 24 * 8, 6):
        with moment.at(later(hours=hours)):
            deadlines.sweep()

    found = Ticket.objects.get(pk=ticket.pk)
    assert (found.status, found.last_action) == (("cancelled", "cancel_silently") if is_on else ("waiting", "ask"))
    assert Event.objects.filter(kind="requester_reminder").exists()
    assert (found.reopen_until is not None) == is_on


def test_an_answer_in_time_keeps_the_request(desk: Desk) -> None:
    ticket = desk.ticket("waiting")
    for hours in range(6, 24 * 8, 6):
        with moment.at(later(hours=hours)):
            deadlines.sweep()
            if hours == 24 * 4:
                conversation.post(actor=desk.anna, ticket_id=ticket.pk, text="Here you are")

    assert Ticket.objects.get(pk=ticket.pk).status == "in_work"


def test_what_nobody_touches_goes_back_to_its_line(desk: Desk, settings: SettingsWrapper) -> None:
    forgotten, written = desk.ticket("in_work"), desk.ticket("in_work")
    with moment.at(later(hours=7)):
        conversation.post(actor=desk.alla, ticket_id=written.pk, text="I am on it")
        conversation.post(actor=desk.anna, ticket_id=forgotten.pk, text="Is anybody there?")
    with moment.at(later(hours=9)):
        off = deadlines.sweep().released
        settings.UNTOUCHED_RETURNS_AFTER = "8h"
        swept = [deadlines.sweep().released for _time in range(2)]

    found = Ticket.objects.get(pk=forgotten.pk)
    assert (off, swept) == (0, [1, 0])
    assert (found.status, found.assignee, found.last_action) == ("new", None, "release")
    assert clock(forgotten, ClockKind.EXECUTION).state == ClockState.RUNNING
    assert Ticket.objects.get(pk=written.pk).assignee == desk.alla


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
    failed = clock(broken, ClockKind.REACTION)
    assert (failed.set_aside_at, failed.trouble) == (later(hours=1), "RuntimeError: no")


def test_an_administrator_sees_what_was_set_aside_and_hands_it_back(desk: Desk) -> None:
    ticket = desk.file()
    TicketClock.objects.filter(ticket=ticket, kind="reaction").update(set_aside_at=NOON, trouble="ValueError: no hours")
    again = reverse("admin:set_aside_again", args=[clock(ticket, ClockKind.REACTION).pk])
    page = desk.client("roman").get(reverse("admin:set_aside")).content.decode()

    assert desk.client("alla").post(again).status_code == 403
    assert clock(ticket, ClockKind.REACTION).set_aside_at == NOON
    assert f"#{ticket.pk}" in page
    assert "ValueError: no hours" in page
    desk.client("roman").post(again)
    with moment.at(later(hours=1)):
        assert deadlines.sweep().breached == 1


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


def test_around_the_clock_days_end_at_midnight_of_the_desk(desk: Desk) -> None:
    with moment.at(later(hours=13)):
        ticket = desk.file()

    explained = clocks.explain(ticket)[-1]

    # Registered at 23:00 in Moscow: an hour of that day, the rest of the next.
    assert explained.zone == "Europe/Moscow"
    assert [day.counted for day in explained.steps[0].days] == [timedelta(hours=1), timedelta(hours=3, minutes=30)]


def test_cancelling_stops_every_clock(desk: Desk) -> None:
    ticket = desk.ticket("cancelled")

    assert set(TicketClock.objects.filter(ticket=ticket).values_list("state", flat=True)) == {ClockState.CANCELLED}
