"""When a report goes out and what it tells of: whole weeks and months before, at an hour of the desk's wall clock."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from helpdesk.actions import report_times
from helpdesk.models import ReportSchedule, User


def schedule(**values: Any) -> ReportSchedule:
    return ReportSchedule(**{"every": "week", "weekday": 0, "day": 1, "hour": 8, **values})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("now", "values", "expected"), [
    # eight in Moscow is five in UTC
    ("2026-03-09T05:00", {}, ("2026-03-09T05:00", date(2026, 3, 2), date(2026, 3, 8))),
    ("2026-03-09T04:59", {}, ("2026-03-02T05:00", date(2026, 2, 23), date(2026, 3, 1))),
    ("2026-03-10T07:00", {"weekday": 4}, ("2026-03-06T05:00", date(2026, 2, 23), date(2026, 3, 1))),
    ("2026-03-08T20:59", {"weekday": 6, "hour": 23}, ("2026-03-08T20:00", date(2026, 2, 23), date(2026, 3, 1))),
    ("2026-03-10T07:00", {"every": "month"}, ("2026-03-01T05:00", date(2026, 2, 1), date(2026, 2, 28))),
    ("2026-03-10T07:00", {"every": "month", "day": 31}, ("2026-02-28T05:00", date(2026, 1, 1), date(2026, 1, 31))),
    ("2026-01-01T00:00", {"every": "month", "day": 31}, ("2025-12-31T05:00", date(2025, 11, 1), date(2025, 11, 30))),
    ("2024-03-30T00:00", {"every": "month", "day": 31}, ("2024-02-29T05:00", date(2024, 1, 1), date(2024, 1, 31))),
])  # fmt: skip
def test_the_newest_turn_and_its_days(now: str, values: dict[str, Any], expected: tuple[str, date, date]) -> None:
    turn = report_times.newest(schedule(**values), at(now))
    assert (turn.at, turn.first, turn.last) == (at(expected[0]), *expected[1:])


def test_the_last_day_of_each_month_in_turn() -> None:
    monthly, moment, found = schedule(every="month", day=31), at("2026-01-05T00:00"), []
    for _month in range(5):
        turn = report_times.upcoming(monthly, moment)
        moment = turn.at
        found.append((turn.at.date(), turn.first))
    assert found == [
        (date(2026, 1, 31), date(2025, 12, 1)), (date(2026, 2, 28), date(2026, 1, 1)), (date(2026, 3, 31), date(2026, 2, 1)),
        (date(2026, 4, 30), date(2026, 3, 1)), (date(2026, 5, 31), date(2026, 4, 1)),
    ]  # fmt: skip


@pytest.mark.parametrize(("hour", "expected"), [
    # New York, where 8 March 2026 has no half past two in the night and 1 November has two
    (2, ["2026-03-01T07:00", "2026-03-08T07:00", "2026-03-15T06:00"]),
    (8, ["2026-03-01T13:00", "2026-03-08T12:00", "2026-03-15T12:00"]),
])  # fmt: skip
def test_the_hour_is_one_on_the_wall_when_the_clock_jumps(settings: Any, hour: int, expected: list[str]) -> None:
    settings.TIME_ZONE = "America/New_York"
    sunday, moment, found = schedule(weekday=6, hour=hour), at("2026-02-27T00:00"), []
    for _week in expected:
        moment = report_times.upcoming(sunday, moment).at
        found.append(moment)
    assert found == [at(text) for text in expected]


def test_an_hour_that_comes_twice_is_taken_the_first_time(settings: Any) -> None:
    settings.TIME_ZONE = "America/New_York"
    sunday = schedule(weekday=6, hour=1)
    assert report_times.upcoming(sunday, at("2026-11-01T04:00")).at == at("2026-11-01T05:00")
    assert report_times.upcoming(sunday, at("2026-11-01T05:00")).at == at("2026-11-08T06:00")


def test_days_are_over_by_the_clock_of_the_reader() -> None:
    turn = report_times.newest(schedule(hour=0), at("2026-03-09T00:00"))
    assert turn.at == at("2026-03-08T21:00")
    assert report_times.ended_for(User(time_zone="Europe/London"), turn) == at("2026-03-09T00:00")
    assert report_times.ended_for(User(time_zone="America/Los_Angeles"), turn) == at("2026-03-09T07:00")
    assert report_times.ended_for(User(), turn) == at("2026-03-08T21:00")
