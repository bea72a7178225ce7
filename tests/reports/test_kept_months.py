"""What is kept of finished months and what the rows say never differ; a month that has changed is counted from the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from helpdesk import jobs, moment
from helpdesk.actions import deadlines, month_figures, stays
from helpdesk.models import MonthFigures, MonthPart, Ticket, TicketClock
from helpdesk.moment import now
from helpdesk.reports import (
    blocks,
    breakdown,
    facts,
    keeping,
    kept_months,
    limits,
    load,
    paths,
    period,
    scope,
    split,
    standing,
)
from helpdesk.reports.durations import middle
from helpdesk.reports.figures import FIGURES
from helpdesk.reports.period import Period
from tests.people import NOON, Desk
from tests.reports.test_figures import LIFE, MARCH, live

FEBRUARY = period.month_of(date(2026, 2, 1))
PERIODS = (
    FEBRUARY, MARCH, period.quarter_of(date(2026, 1, 1)), period.year_of(date(2026, 1, 1)),
    period.between(date(2026, 2, 14), date(2026, 3, 20)), period.between(date(2026, 1, 20), date(2026, 4, 5)),
)  # fmt: skip


def keep_all() -> int:
    """Let the job run until nothing is left to add up, and return how many months it added up."""
    return sum(iter(keeping.keep_next, 0))


def asked_by(desk: Desk) -> list[tuple[Any, dict[str, str]]]:
    """Return whose reports are told with the help of kept months: of the whole desk, of one line, of the lines of a lead."""
    line = str(desk.second.pk)
    return [(desk.roman, {}), (desk.roman, {"line": line}), (desk.lev, {}), (desk.lev, {"line": line})]


def told(person: Any, values: dict[str, str], asked: Period) -> dict[str, Any]:
    """Return everything a report adds up; times in order."""
    tickets = scope.read(person, values).tickets

    def ordered(tally: facts.Tally) -> dict[str, Any]:
        return {name: sorted(value) if isinstance(value, list) else value for name, value in vars(tally).items()}

    groups = {key: ordered(tally) for key, tally in facts.groups(tickets, asked).items()}
    return {
        # A group of which only closings that do not count are left is as good as none.
        "groups": {key: tally for key, tally in groups.items() if any(tally.values())},
        "whole": ordered(facts.whole(tickets, asked)),
        "alone": ordered(facts.whole(tickets.all(), asked, by_group=False)),
        "days": breakdown.by_day(tickets, asked), "hours": load.by_hour(tickets, asked),
        "limits": limits.kept(tickets, asked), "paths": paths.variants(tickets, asked), "steps": paths.arrows(tickets, asked),
        "months": breakdown.months(tickets), "turns": split.by_line(tickets, asked), "status": breakdown.by_status(tickets, asked),
        "tables": breakdown.tables(tickets, asked), "standing": +standing.at_end(tickets, asked),
    }  # fmt: skip


def check(desk: Desk, periods: Sequence[Period], whose: slice = slice(0, 4, 2)) -> None:
    """Compare what is told with the help of kept months with what the rows tell alone."""
    questions = [(*who, asked) for who in asked_by(desk)[whose] for asked in periods]
    with_kept = [told(*question) for question in questions]
    month_figures.forget_all()
    for question, found in zip(questions, with_kept, strict=True):
        assert found == told(*question), question


@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(lives=[("handed", 700, [9] * 7), ("moved", 750, [9] * 7)], periods=[MARCH, FEBRUARY], first=0)
@given(
    lives=st.lists(LIFE, min_size=1, max_size=6),
    periods=st.lists(st.sampled_from(PERIODS), min_size=2, max_size=2, unique=True),
    first=st.integers(0, 1),
)
def test_kept_months_and_rows_never_differ(desk: Desk, lives: list[Any], periods: list[Period], first: int) -> None:
    Ticket.objects.all().delete()
    month_figures.forget_all()
    # The lives may all begin in April; months before the first request are not kept.
    with moment.at(NOON):
        desk.file()
    with moment.at(live(desk, lives) + timedelta(days=1)):
        assert keep_all() >= 1
        for who in asked_by(desk):
            tickets = scope.read(*who).tickets
            assert MARCH.first in kept_months.registered(tickets)
            assert kept_months.divided(tickets, MARCH) == ([MARCH.first], [])
            for month, count in kept_months.registered(tickets).items():
                end = period.month_of(month).end
                assert count == FIGURES["registered"].tickets(tickets, period.month_of(month)).count()
                assert kept_months.open_at(tickets, end) == standing.count_at(tickets, end)
        check(desk, periods, whose=slice(first, 4, 2))


def test_the_days_around_a_kept_month_are_counted_from_the_rows(desk: Desk) -> None:
    for day in (
        datetime(2026, 2, 25, 9, tzinfo=UTC),
        datetime(2026, 3, 10, 9, tzinfo=UTC),
        datetime(2026, 4, 1, 9, tzinfo=UTC),
    ):
        with moment.at(day):
            desk.file()
    with moment.at(datetime(2026, 4, 9, 9, tzinfo=UTC)):
        deadlines.sweep()
    with moment.at(datetime(2026, 4, 9, 10, tzinfo=UTC)):
        assert keep_all() == 2
        asked = period.between(date(2026, 2, 14), date(2026, 4, 5))
        tickets = scope.read(desk.roman, {}).tickets
        assert kept_months.divided(tickets, asked) == (
            [MARCH.first], [kept_months.Stretch(asked.start, MARCH.start), kept_months.Stretch(MARCH.end, asked.end)],
        )  # fmt: skip
        assert facts.whole(tickets, asked).registered == 3
        check(desk, [asked])


@given(st.lists(st.lists(st.integers(0, 50), min_size=1).map(sorted), min_size=1))
def test_the_middle_of_several_runs_is_that_of_all_numbers(runs: list[list[int]]) -> None:
    assert middle(runs) == median(number for run in runs for number in run)


def closed_in_march(desk: Desk) -> Ticket:
    with moment.at(NOON + timedelta(days=20)):
        ticket = desk.file()
        desk.act("take", "alla", ticket)
        desk.act("submit", "alla", ticket, comment="Mended.")
        desk.act("accept", "anna", ticket, rating="4")
    return ticket


def test_a_report_asks_for_all_that_is_kept_of_its_month_at_once(desk: Desk) -> None:
    closed_in_march(desk)
    with moment.at(datetime(2026, 4, 9, 10, tzinfo=UTC)):
        deadlines.sweep()
        keep_all()
        with CaptureQueriesContext(connection) as asked:
            report = blocks.report(scope.read(desk.roman, {}), MARCH)

    assert {tile.name: tile.value for tile in report.tiles}["done"] == 1
    read = [query["sql"] for query in asked if '"data"' in query["sql"]]
    assert len(read) == 1, "February is not kept; what is kept of March was asked for more than once"


def test_a_month_that_has_changed_is_counted_from_the_rows_until_it_is_added_up_again(desk: Desk) -> None:
    ticket = closed_in_march(desk)
    with moment.at(datetime(2026, 4, 2, 9, tzinfo=UTC)):
        assert keep_all() == 1
        assert kept_months.believed_months(now()) == {MARCH.first: (1, 0)}
    with moment.at(datetime(2026, 4, 2, 12, tzinfo=UTC)):
        desk.act("reopen", "anna", ticket, comment="Again.")
        assert kept_months.believed_months(now()) == {}
        check(desk, PERIODS[1:4])
    with moment.at(datetime(2026, 4, 2, 15, tzinfo=UTC)):
        assert keep_all() == 1
        assert kept_months.believed_months(now()) == {MARCH.first: (1, 0)}
        assert breakdown.by_day(scope.read(desk.roman, {}).tickets, MARCH)[29].done == 1
        check(desk, PERIODS[1:4])


def test_a_deadline_missed_later_lets_go_of_the_month_the_request_came_in(desk: Desk) -> None:
    with moment.at(datetime(2026, 3, 31, 12, tzinfo=UTC)):
        ticket = desk.file()
    due = datetime(2026, 4, 2, 12, tzinfo=UTC)
    TicketClock.objects.filter(ticket=ticket, kind="execution").update(due_at=due)
    TicketClock.objects.filter(ticket=ticket).exclude(kind="execution").update(
        state="cancelled", due_at=None, remind_at=None
    )
    with moment.at(datetime(2026, 4, 2, 9, tzinfo=UTC)):
        assert keep_all() == 1
        assert facts.whole(scope.read(desk.roman, {}).tickets, PERIODS[3]).overdue == 0
    with moment.at(due + timedelta(hours=1)):
        deadlines.sweep()
        assert facts.whole(scope.read(desk.roman, {}).tickets, PERIODS[3]).overdue == 1
        assert facts.whole(scope.read(desk.roman, {}).tickets, MARCH).overdue == 0
        assert keep_all() == 1
        assert facts.whole(scope.read(desk.roman, {}).tickets, PERIODS[3]).overdue == 1
        assert facts.whole(scope.read(desk.roman, {}).tickets, MARCH).overdue == 0


@pytest.mark.parametrize(
    ("name", "who", "raw"),
    [
        ("transfer", "alla", {"line": "second", "comment": "Over to you."}),
        ("reclassify", "alla", {"work_type": "server", "comment": "The server."}),
        ("correct", "roman", {"status": "rework", "comment": "A mistake."}),
    ],
)
def test_a_month_that_a_request_merely_stood_through_changes_with_what_the_request_is_counted_by(
    desk: Desk, name: str, who: str, raw: dict[str, str]
) -> None:
    january, april = datetime(2026, 1, 10, 9, tzinfo=UTC), datetime(2026, 4, 10, 9, tzinfo=UTC)
    with moment.at(january):
        ticket = desk.file()
        desk.act("take", "alla", ticket)
    with moment.at(april):
        deadlines.sweep()
        assert keep_all() == 3
        # In February and March nothing happens to it: it is open, and counted by what it is now.
        assert kept_months.open_at(scope.read(desk.lev, {}).tickets, FEBRUARY.end) == 1
    with moment.at(april + timedelta(hours=1)):
        desk.act(
            name,
            who,
            ticket,
            **{key: getattr(desk, text).pk if hasattr(desk, text) else text for key, text in raw.items()},
        )
        check(desk, (FEBRUARY, PERIODS[2]), whose=slice(0, 4))
    with moment.at(april + timedelta(hours=2)):
        keep_all()
        check(desk, (FEBRUARY, PERIODS[2]), whose=slice(0, 4))


def test_a_month_kept_before_its_standing_was_is_counted(desk: Desk) -> None:
    with moment.at(datetime(2026, 3, 10, 9, tzinfo=UTC)):
        desk.file()
    with moment.at(datetime(2026, 4, 10, 9, tzinfo=UTC)):
        deadlines.sweep()
        keep_all()
        MonthFigures.objects.filter(part=MonthPart.STANDING).delete()
        assert standing.at_end(scope.read(desk.roman, {}).tickets, MARCH).total() == 1
        check(desk, [MARCH])


def test_a_month_is_added_up_when_it_is_over_and_its_missed_deadlines_are_stored(desk: Desk) -> None:
    with moment.at(NOON):
        desk.file()
    with moment.at(MARCH.end + timedelta(minutes=30)):
        assert keep_all() == 0
    with moment.at(MARCH.end + timedelta(hours=2)):
        assert keep_all() == 0
        deadlines.sweep()
        assert keep_all() == 1
    with moment.at(MARCH.end + timedelta(hours=20)):
        assert keep_all() == 0
    with moment.at(MARCH.end + timedelta(hours=30)):
        assert keep_all() == 1


def test_figures_nobody_has_looked_after_for_days_are_not_believed(desk: Desk) -> None:
    closed_in_march(desk)
    with moment.at(MARCH.end + timedelta(days=1)):
        keep_all()
    with moment.at(MARCH.end + timedelta(days=4)):
        assert kept_months.believed_months(now()) == {}


def test_a_lead_is_told_of_no_other_line_and_what_is_narrowed_further_is_counted_from_the_rows(desk: Desk) -> None:
    first, second = closed_in_march(desk).line, desk.second
    with moment.at(MARCH.end + timedelta(days=1)):
        keep_all()
        for values, registered in (({}, 1), ({"line": str(first.pk)}, 1), ({"line": str(second.pk)}, 0)):
            tickets = scope.read(desk.lev, values).tickets
            assert kept_months.divided(tickets, MARCH)[0] == [MARCH.first]
            assert facts.whole(tickets, MARCH).registered == registered
        with moment.at(NOON):
            desk.act("transfer", "lev", desk.file(), line=str(second.pk), comment="Yours.")
        keep_all()
        assert facts.whole(scope.read(desk.lev, {"line": str(second.pk)}).tickets, MARCH).registered == 0
        for person, values in (
            (desk.lev, {"assignee": "none"}),
            (desk.roman, {"line": str(first.pk), "priority": "2"}),
        ):
            assert kept_months.divided(scope.read(person, values).tickets, MARCH)[0] == []


def test_another_time_zone_and_stays_told_anew_let_go_of_everything(desk: Desk, settings: Any) -> None:
    closed_in_march(desk)
    with moment.at(MARCH.end + timedelta(days=1)):
        keep_all()
        settings.TIME_ZONE = "Asia/Vladivostok"
        assert kept_months.believed_months(now()) == {}
        settings.TIME_ZONE = "Europe/Moscow"
        assert kept_months.believed_months(now()) == {MARCH.first: (1, 0)}
        stays.rebuild()
    assert not MonthFigures.objects.exists()


@pytest.mark.parametrize(
    ("zone", "is_kept", "counts"),
    [("Europe/Moscow", True, (1, 0)), ("Europe/Simferopol", True, (1, 0)), ("Asia/Vladivostok", False, (0, 1)),
     ("Europe/Helsinki", False, (1, 0))],
)  # fmt: skip
def test_a_reader_with_another_clock_has_his_own_months_counted(
    desk: Desk, zone: str, is_kept: bool, counts: tuple[int, int]
) -> None:
    # In Moscow it is the last evening of February.
    with moment.at(datetime(2026, 2, 28, 20, 30, tzinfo=UTC)):
        desk.ticket("done")
    with moment.at(datetime(2026, 4, 2, 9, tzinfo=UTC)):
        assert keep_all() == 2
        with timezone.override(zone):
            tickets = scope.read(desk.roman, {}).tickets
            months = [period.month_of(date(2026, number, 1)) for number in (2, 3)]
            assert [len(kept_months.divided(tickets, month)[0]) for month in months] == [int(is_kept)] * 2
            assert tuple(facts.whole(tickets, month).registered for month in months) == counts
            assert dict(breakdown.months(tickets)) == {
                month.first: 1 for month, count in zip(months, counts, strict=True) if count
            }
            check(desk, months)


@pytest.mark.parametrize("job", [job for job in jobs.JOBS if job.name == "month-figures"])
def test_the_worker_adds_months_up(desk: Desk, job: jobs.Job) -> None:
    closed_in_march(desk)
    with moment.at(MARCH.end + timedelta(days=1)):
        job.run()
    assert Counter(MonthFigures.objects.values_list("month", flat=True)) == {MARCH.first: 2 * len(MonthPart)}
