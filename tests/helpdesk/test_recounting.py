"""Open clocks follow a change of their calendar, in any number of sweeps; what is finished or late stays as it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from helpdesk import clocks, moment
from helpdesk.actions import deadlines, records, recounting
from helpdesk.models import (
    CalendarException,
    CalendarInterval,
    ClockKind,
    SupportLine,
    Ticket,
    TicketClock,
    WorkCalendar,
)
from tests.helpdesk.test_clocks import clock, later
from tests.people import Desk, state


def office(desk: Desk, **values: bool) -> WorkCalendar:
    calendar = WorkCalendar.objects.create(name="Office", **values)
    SupportLine.objects.filter(pk=desk.first.pk).update(calendar=calendar)
    return calendar


def test_open_clocks_follow_their_calendar(desk: Desk) -> None:
    calendar = office(desk)
    for day in range(5):
        CalendarInterval.objects.create(calendar=calendar, weekday=day, start=540, end=1080)
    late, done, running, paused = desk.file(), desk.ticket("done"), desk.ticket("in_work"), desk.ticket("waiting")
    TicketClock.objects.filter(ticket=late).update(due_at=later(hours=-1), remind_at=None)
    deadlines.sweep()
    before = {ticket.pk: state(ticket) for ticket in (late, done)}

    # From ten in the morning four hours and a half; today turns out to have ended at eleven, tomorrow to be a holiday.
    closed = CalendarException(calendar=calendar, date=date(2026, 3, 11))
    with moment.at(later(minutes=1)):
        short = CalendarException(calendar=calendar, date=date(2026, 3, 10), start=540, end=660)
        records.save(actor=desk.roman, record=short)
        records.save(actor=desk.roman, record=closed)
    with moment.at(later(hours=2)):
        assert deadlines.sweep().recounted == 2
        assert deadlines.sweep().recounted == 0

    # An hour today; three and a half from nine on Thursday.
    running.refresh_from_db()
    due = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)
    assert (running.due_at, clock(running, ClockKind.EXECUTION).due_at) == (due, due)
    assert {ticket.pk: state(ticket) for ticket in (late, done)} == before
    explained = next(each for each in clocks.explain(running) if each.clock.kind == ClockKind.EXECUTION)
    assert explained.counted == timedelta(hours=4, minutes=30)
    assert explained.steps[-1].event.detail["calendar"] == "Office"
    assert "“Office” was changed" in desk.client("alla").get(f"/admin/tickets/{running.pk}/deadline/").content.decode()

    # A paused clock used nothing: it was paused the moment it began.
    with moment.at(later(hours=2)):
        desk.act("resume", "alla", paused)
    assert clock(paused, ClockKind.EXECUTION).due_at == datetime(2026, 3, 12, 10, 30, tzinfo=UTC)
    # Taken back, everything is as it was.
    with moment.at(later(minutes=150)):
        records.delete(actor=desk.roman, record=closed)
    with moment.at(later(hours=3)):
        deadlines.sweep()
    assert clock(running, ClockKind.EXECUTION).due_at == datetime(2026, 3, 11, 9, 30, tzinfo=UTC)


def test_clocks_of_a_changed_calendar_follow_some_at_a_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    calendar = office(desk, always_open=True)
    for _number in range(3):
        desk.file()
    for day in range(7):
        CalendarInterval.objects.create(calendar=calendar, weekday=day, start=660, end=1080)
    calendar.always_open = False
    with moment.at(later(minutes=1)):
        records.save(actor=desk.roman, record=calendar)
    monkeypatch.setattr(recounting, "AT_ONCE", 4)

    assert [deadlines.sweep().recounted for _time in range(4)] == [2, 1, 0, 0]
    assert not WorkCalendar.objects.exclude(recount_after=None).exists()
    assert set(Ticket.objects.values_list("due_at", flat=True)) == {later(hours=1, minutes=30)}


def test_a_due_time_promised_elsewhere_is_not_moved(desk: Desk) -> None:
    calendar = office(desk, always_open=True)
    ticket = desk.file()
    promised = later(days=2)
    left = [{"wall": 2 * 86400.0}]
    TicketClock.objects.filter(ticket=ticket).update(limits=[], left=left, due_at=promised, remind_at=None)
    with moment.at(later(minutes=1)):
        records.save(actor=desk.roman, record=calendar)

        assert deadlines.sweep().recounted == 0

    assert set(TicketClock.objects.filter(ticket=ticket).values_list("due_at", flat=True)) == {promised}
