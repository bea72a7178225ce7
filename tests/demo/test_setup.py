"""`manage.py setup` gives a new desk what every desk needs, once; what is there already stays as it is."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import Group

from helpdesk import moment
from helpdesk.actions import setup
from helpdesk.clocks import calendar_of
from helpdesk.models import CalendarException, CalendarInterval, Role, SupportLine, WorkCalendar
from helpdesk.worktime import Limit, add

pytestmark = pytest.mark.django_db
IN_2027 = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)


def state() -> list[list[tuple[object, ...]]]:
    """Return all rows that setup may write."""
    models = (Group, SupportLine, WorkCalendar, CalendarInterval, CalendarException)
    return [list(model.objects.order_by("pk").values_list()) for model in models]


def test_a_new_desk_gets_roles_a_calendar_and_a_default_line() -> None:
    setup.set_up()

    assert set(Group.objects.values_list("name", flat=True)) == set(Role.values)
    line = SupportLine.objects.get(is_default=True)
    assert line.calendar is not None
    hours = line.calendar.intervals.values_list("weekday", "start", "end")
    assert set(hours) == {(day, *part) for day in range(5) for part in ((540, 780), (840, 1080))}
    assert line.calendar.time_zone == "Europe/Moscow"


def test_doing_it_again_changes_nothing() -> None:
    setup.set_up()
    before = state()

    setup.set_up()

    assert state() == before


def test_what_an_administrator_has_changed_stays() -> None:
    setup.set_up()
    SupportLine.objects.update(name="Диспетчерская", calendar=None)
    WorkCalendar.objects.all().delete()
    own = WorkCalendar.objects.create(name="Наш календарь")

    setup.set_up()

    line = SupportLine.objects.get()
    assert (line.name, line.calendar) == ("Диспетчерская", None)
    assert list(WorkCalendar.objects.all()) == [own]


def test_a_missing_default_line_is_made_beside_others() -> None:
    SupportLine.objects.create(name="Первая линия")

    setup.set_up()

    assert SupportLine.objects.filter(is_default=True).count() == 1
    assert SupportLine.objects.count() == 2


def test_holidays_and_moved_days_are_those_of_the_country() -> None:
    with moment.at(IN_2027):
        setup.set_up()

    calendar = WorkCalendar.objects.get()
    days = {row.date: row for row in calendar.exceptions.filter(start=None)}
    assert {date(2027, 1, 1), date(2027, 2, 23), date(2028, 1, 1)} <= set(days)
    assert days[date(2027, 2, 22)].note == "Выходной (перенесено с 20.02.2027)"
    # The Saturday the day off was taken from is worked, at the hours of a Monday.
    worked = calendar.exceptions.filter(date=date(2027, 2, 20)).order_by("start")
    assert [(row.start, row.end) for row in worked] == [(540, 780), (840, 1080)]


def test_a_deadline_steps_over_the_moved_day() -> None:
    with moment.at(IN_2027):
        setup.set_up()
    calendar = calendar_of(WorkCalendar.objects.get())

    # Friday 19 February 12:00 in Moscow: Saturday is worked, then three days off.
    friday = datetime(2027, 2, 19, 9, 0, tzinfo=UTC)
    assert add(calendar, friday, Limit.parse("2bd")) == datetime(2027, 2, 24, 9, 0, tzinfo=UTC)


def test_the_calendar_has_its_history() -> None:
    setup.set_up()
    row = CalendarException.objects.first()

    assert row is not None
    assert row.history.count() == 1
