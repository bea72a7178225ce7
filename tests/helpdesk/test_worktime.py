"""Working time: the examples of the design, and laws that hold for any calendar."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk import worktime
from helpdesk.worktime import Calendar, Limit, NoWorkingTime

MOSCOW = ZoneInfo("Europe/Moscow")
OFFICE = Calendar(zone=MOSCOW, week=(((9 * 60, 13 * 60), (14 * 60, 17 * 60)),) * 5 + ((),) * 2)
NIGHT = Calendar(zone=ZoneInfo("America/New_York"), week=(((0, 6 * 60), (22 * 60, 1440)),) * 7)
DATA = Path(__file__).resolve().parents[1] / "data"


def at(text: str, zone: ZoneInfo = MOSCOW) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        ("2026-03-07 12:00", "1bd", "2026-03-10 09:00"),  # Saturday: Monday's opening is the start, Tuesday's the end
        ("2026-03-09 16:20", "1bd", "2026-03-10 16:20"),
        ("2026-03-09 17:02", "1bd", "2026-03-11 09:00"),
        ("2026-03-09 16:20", "2bd", "2026-03-11 16:20"),
        ("2026-03-09 12:30", "1h", "2026-03-09 14:30"),  # lunch in between
        ("2026-03-06 16:30", "4h", "2026-03-09 12:30"),
        ("2026-03-06 16:30", "3d", "2026-03-09 16:30"),
        ("2026-03-09 09:00", "30m", "2026-03-09 09:30"),
    ],
)
def test_the_examples_of_the_design(start: str, limit: str, due: str) -> None:
    assert worktime.add(OFFICE, at(start), Limit.parse(limit)) == at(due)


def test_a_dated_exception_replaces_its_day() -> None:
    closed = Calendar(zone=MOSCOW, week=OFFICE.week, exceptions={date(2026, 3, 9): (), date(2026, 3, 7): ((600, 660),)})

    assert worktime.add(closed, at("2026-03-06 16:30"), Limit.parse("2h")) == at("2026-03-10 09:30")


def test_a_calendar_without_hours_is_refused() -> None:
    with pytest.raises(NoWorkingTime):
        Calendar(zone=MOSCOW, week=((),) * 7)


moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)).map(lambda naive: naive.replace(tzinfo=UTC))  # noqa: DTZ001
amounts = st.integers(0, 60 * 24 * 20).map(lambda minutes: timedelta(minutes=minutes))
calendars = st.sampled_from([OFFICE, NIGHT, worktime.ALWAYS_OPEN])


@settings(max_examples=60, deadline=None)
@given(calendars, moments, amounts)
def test_what_is_added_is_what_lies_between(calendar: Calendar, start: datetime, amount: timedelta) -> None:
    assert worktime.between(calendar, start, worktime.add_working(calendar, start, amount)) == amount


@settings(max_examples=60, deadline=None)
@given(calendars, moments, amounts)
def test_subtracting_undoes_adding(calendar: Calendar, start: datetime, amount: timedelta) -> None:
    end = worktime.add_working(calendar, start, amount)
    back = worktime.subtract_working(calendar, end, amount)

    assert worktime.between(calendar, back, end) == amount
    assert worktime.add_working(calendar, back, amount) == end or amount == timedelta(0)


@settings(max_examples=60, deadline=None)
@given(calendars, moments, amounts, amounts)
def test_adding_twice_is_adding_the_sum(calendar: Calendar, start: datetime, one: timedelta, two: timedelta) -> None:
    step = worktime.add_working(calendar, worktime.add_working(calendar, start, one), two)
    assert step == worktime.add_working(calendar, start, one + two) or two == timedelta(0) or one == timedelta(0)


@settings(max_examples=60, deadline=None)
@given(calendars, moments, moments, st.sampled_from(["30m", "4h", "2bd", "3d"]))
def test_who_comes_later_is_not_due_earlier(calendar: Calendar, one: datetime, two: datetime, limit: str) -> None:
    first, second = sorted((one, two))
    # In the hour that DST repeats, the wall shows the later moment an earlier time.
    repeated = timedelta(hours=1) if limit.endswith("d") else timedelta(0)
    assert (
        worktime.add(calendar, first, Limit.parse(limit))
        <= worktime.add(calendar, second, Limit.parse(limit)) + repeated
    )


def test_the_due_times_of_real_cases_come_out() -> None:
    rule = json.loads((DATA / "city_cases_100_calendar.json").read_text())
    zone = ZoneInfo("America/New_York")
    city = Calendar(zone=zone, week=(((510, 1020),),) * 5 + ((),) * 2)
    matched = 0
    with (DATA.parents[1] / "fixtures" / "city_cases_100.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if not row["target_dt"]:
                continue
            terms = rule["per_type"][row["type"]]
            limit = Limit(
                terms["n"], worktime.Unit.BUSINESS_DAYS if terms["unit"] == "business_days" else worktime.Unit.DAYS
            )
            due = worktime.add(city, at(row["open_dt"], zone), limit)
            matched += abs((due - at(row["target_dt"], zone)).total_seconds()) <= 60
    assert matched == 89
