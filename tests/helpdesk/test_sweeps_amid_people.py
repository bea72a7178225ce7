"""A sweep does what is still due: what people or other sweeps did in the same moment stands, and what fails once is done later."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import OperationalError

from helpdesk import moment
from helpdesk.actions import deadlines, records
from helpdesk.models import (
    CalendarException,
    CalendarInterval,
    ClockEvent,
    ClockKind,
    Event,
    SupportLine,
    Ticket,
    WorkCalendar,
)
from tests.helpdesk.test_clocks import clock, later
from tests.meanwhile import meanwhile
from tests.people import Desk

WRITES = 'UPDATE "helpdesk_ticketclock" SET '
SILENT = {"on_review": ("done", ClockKind.REVIEW), "waiting": ("cancelled", ClockKind.ANSWER)}


def status(ticket: Ticket) -> str:
    return Ticket.objects.get(pk=ticket.pk).status


@pytest.mark.parametrize(("column", "sort"), [("breached_at", "breached"), ("remind_at", "reminded")])
def test_what_another_sweep_did_a_moment_before_is_not_done_twice(desk: Desk, column: str, sort: str) -> None:
    ticket = desk.file()
    others: list[deadlines.Swept] = []

    with moment.at(later(hours=1)), meanwhile(lambda: others.append(deadlines.sweep()), before=WRITES + f'"{column}"'):
        mine = deadlines.sweep()

    assert (getattr(mine, sort), mine.set_aside) == (0, [])
    assert getattr(others[0], sort) > 0
    assert ClockEvent.objects.filter(clock__ticket=ticket, kind="breach").count() == 1
    reminders = Event.objects.filter(ticket=ticket, kind="overdue", data__has_key="due_at", data__clock="reaction")
    assert reminders.count() == 1


def test_a_result_judged_in_the_same_moment_is_not_accepted_by_silence(desk: Desk) -> None:
    ticket = desk.ticket("on_review")
    with moment.at(later(hours=37)):
        assert deadlines.sweep().reminded == 1
    silent = '"kind" = %s AND "helpdesk_ticketclock"."id" IN ('
    with (
        moment.at(later(hours=73)),
        meanwhile(lambda: desk.act("accept", "anna", ticket, rating="4"), before="SAVEPOINT", after=silent),
    ):
        swept = deadlines.sweep()

    found = Ticket.objects.get(pk=ticket.pk)
    assert (swept.accepted, swept.set_aside) == (0, [])
    assert (found.status, found.silently_accepted, found.ratings.get().value) == ("done", False, 4)


def test_a_database_that_is_busy_is_asked_again_by_the_next_sweep(desk: Desk, caplog: Any) -> None:
    ticket = desk.file()

    def busy() -> None:
        raise OperationalError("database is locked")

    with moment.at(later(hours=1)):
        with meanwhile(busy, before=WRITES + '"breached_at"'):
            first = deadlines.sweep()
        second = deadlines.sweep()

    assert (first.breached, first.set_aside, second.breached) == (0, [], 1)
    assert "has to wait" in caplog.text
    assert clock(ticket, ClockKind.REACTION).breached_at == later(minutes=30)


@pytest.mark.parametrize("waits", SILENT)
def test_who_was_reminded_only_after_the_limit_has_a_business_day_more(desk: Desk, waits: str) -> None:
    ticket, (end, kind) = desk.ticket(waits), SILENT[waits]
    days = 6 if waits == "waiting" else 4
    # No sweep ran until now.
    for hours in (0, 23):
        with moment.at(later(days=days, hours=hours)):
            deadlines.sweep()
            assert (status(ticket), clock(ticket, kind).reminded > 0) == (waits, True)

    with moment.at(later(days=days + 1)):
        deadlines.sweep()
    assert status(ticket) == end
    assert Event.objects.filter(ticket=ticket, kind="requester_reminder").count() == 1


def test_marks_that_passed_unseen_are_no_reminder(desk: Desk) -> None:
    """A calendar that changes late skips the marks behind it: they count as used up, and nobody was told."""
    calendar = WorkCalendar.objects.create(name="Office", time_zone="Europe/Moscow")
    for day in range(7):
        CalendarInterval.objects.create(calendar=calendar, weekday=day, start=0, end=1440)
    SupportLine.objects.filter(pk=desk.first.pk).update(calendar=calendar)
    ticket = desk.ticket("on_review")
    # Friday turns out to be a holiday as it begins; no sweep ran until now, and the end comes a day later.
    with moment.at(later(hours=24 * 3 - 10)):
        records.save(actor=desk.roman, record=CalendarException(calendar=calendar, date=date(2026, 3, 13)))
        assert deadlines.sweep().recounted == 1
    review = clock(ticket, ClockKind.REVIEW)
    assert (review.due_at, review.reminded > 0) == (later(days=4), True)

    seen = []
    for days in (4, 5, 6):
        with moment.at(later(days=days, minutes=1)):
            deadlines.sweep()
            seen.append((status(ticket), Event.objects.filter(ticket=ticket, kind="requester_reminder").count()))
    assert seen == [("on_review", 0), ("on_review", 1), ("done", 1)]


@pytest.fixture
def untouched(desk: Desk, settings: Any) -> tuple[Ticket, Ticket]:
    """Return two requests in work that go back by now: Alla's, and one of the second line, of which Egor thinks no more."""
    settings.UNTOUCHED_RETURNS_AFTER = "8h"
    other = desk.file(kind=desk.server)
    desk.act("take", "egor", other)
    return desk.ticket("in_work"), other


def test_an_answer_in_the_same_moment_keeps_the_request(desk: Desk, untouched: tuple[Ticket, Ticket]) -> None:
    first, second = untouched
    with (
        moment.at(later(hours=9)),
        meanwhile(
            lambda: desk.act("submit", "egor", second, comment="Mended."), before="SAVEPOINT", after='AS "said_at"'
        ),
    ):
        swept = deadlines.sweep()

    assert swept.released == 1
    assert (status(first), status(second)) == ("new", "on_review")


def test_a_line_whose_hours_are_gone_keeps_its_requests_and_no_others(
    desk: Desk, untouched: tuple[Ticket, Ticket], caplog: Any
) -> None:
    first, second = untouched
    SupportLine.objects.filter(pk=desk.second.pk).update(calendar=WorkCalendar.objects.create(name="Never"))

    with moment.at(later(hours=9)):
        swept = deadlines.sweep()

    assert swept.released == 1
    assert (status(first), status(second)) == ("new", "in_work")
    assert f"ticket {second.pk} could not go back to its line" in caplog.text
