"""Figures equal a second calculation in plain Python over random lives of tickets; sums equal totals; lists have their rows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from statistics import fmean, median
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpdesk import moment
from helpdesk.actions import deadlines
from helpdesk.actions.refusals import ActionRefused
from helpdesk.lifecycle import OPEN
from helpdesk.models import Rating, Ticket, TicketClock
from helpdesk.reports import breakdown, figures, handovers, limits, load, named, parts, period, scope
from tests.people import NOON, Desk

MOSCOW = ZoneInfo("Europe/Moscow")
MARCH = period.month_of(date(2026, 3, 15))
LIVES = {
    "untouched": (),
    "taken": (("take", "alla", {}),),
    "done": (("take", "alla", {}), ("submit", "alla", {"comment": "Mended."}), ("accept", "anna", {"rating": "4"})),
    "returned": (("take", "artem", {}), ("submit", "artem", {"comment": "Done."}), ("return", "anna", {"comment": "No."}),
                 ("take", "artem", {}), ("submit", "artem", {"comment": "Now."}),
                 ("accept", "anna", {"rating": "2", "comment": "Slow."})),
    "cancelled": (("cancel", "anna", {"comment": "Not needed."}),),
    "reopened": (("take", "alla", {}), ("submit", "alla", {"comment": "Mended."}), ("accept", "anna", {"rating": "5"}),
                 ("reopen", "anna", {"comment": "Again."}), ("take", "alla", {}), ("submit", "alla", {"comment": "Now."}),
                 ("accept", "anna", {"rating": "1", "comment": "Twice."})),
    "handed": (("take", "alla", {}), ("transfer", "alla", {"line": "second", "comment": "Yours."}), ("take", "egor", {}),
               ("transfer", "egor", {"line": "first", "comment": "No, yours."}), ("take", "alla", {}),
               ("transfer", "alla", {"line": "second", "comment": "Please."})),
    "review": (("take", "lev", {}), ("submit", "lev", {"comment": "Look."})),
}  # fmt: skip
STEP = st.integers(min_value=1, max_value=90)
LIFE = st.tuples(st.sampled_from(sorted(LIVES)), st.integers(0, 60 * 24), st.lists(STEP, min_size=7, max_size=7))


def live(desk: Desk, lives: list[tuple[str, int, list[int]]]) -> datetime:
    """Let tickets live through `lives`: name, hours after the 1st of February, hours between steps. Return the last moment."""
    last = NOON
    for name, start, pauses in lives:
        at = datetime(2026, 2, 1, 9, tzinfo=MOSCOW) + timedelta(hours=start)
        with moment.at(at):
            ticket = desk.file()
        for (action, actor, raw), pause in zip(LIVES[name], pauses, strict=False):
            at += timedelta(hours=pause)
            lines = {"line": str(getattr(desk, raw["line"]).pk)} if "line" in raw else {}
            with moment.at(at):
                desk.act(action, actor, ticket, **{**raw, **lines})
        last = max(last, at)
    end = last + timedelta(days=40)
    with moment.at(end):
        deadlines.sweep()
    return end


def within(moment_: datetime | None) -> bool:
    return moment_ is not None and MARCH.start <= moment_ < MARCH.end


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lives=st.lists(LIFE, min_size=1, max_size=6))
def test_figures_equal_a_second_calculation(desk: Desk, lives: list[Any]) -> None:
    Ticket.objects.all().delete()
    with moment.at(live(desk, lives)):
        asked = scope.read(desk.roman, {})
        counts = figures.counts(asked.tickets, MARCH)
        all_ = list(Ticket.objects.all())
        late = set(TicketClock.objects.filter(kind__in=["reaction", "execution"], breached_at__lt=MARCH.end)
                   .values_list("ticket", flat=True))  # fmt: skip
        registered = [ticket for ticket in all_ if within(ticket.created_at)]
        done = [ticket for ticket in all_ if ticket.status == "done" and within(ticket.closed_at)]
        ratings = [given for given in Rating.objects.all() if within(given.created_at)]
        assert counts == {
            "registered": len(registered),
            "done": len(done),
            "cancelled": len([ticket for ticket in all_ if ticket.status == "cancelled" and within(ticket.closed_at)]),
            "open": len([ticket for ticket in all_ if open_at(ticket, MARCH.end)]),
            "overdue": len([ticket for ticket in registered if ticket.pk in late]),
            "returned": len([ticket for ticket in done if ticket.returns]),
            "rated": len({given.ticket_id for given in ratings}),
        }  # fmt: skip
        took = [(ticket.submitted_at - ticket.created_at).total_seconds() for ticket in done if ticket.submitted_at]
        found = figures.execution(asked.tickets, MARCH)
        assert (found.median, found.mean, found.count) == (
            (median(took), fmean(took), len(took)) if took else (None, None, 0)
        )  # fmt: skip
        mean, count = figures.rating(asked.tickets, MARCH)
        assert count == len(ratings)
        assert mean == (pytest.approx(fmean(given.value for given in ratings)) if ratings else None)
        check_days(asked, all_)
        check_rows(asked, counts, all_)
        check_limits(asked, registered)
        check_hours(asked, registered)
        check_flows(asked, all_)


def open_at(ticket: Ticket, at: datetime) -> bool:
    """Replay the history: a closing that was taken back later still was one."""
    was = [row for row in ticket.history.order_by("history_id") if row.history_date < at]
    return bool(was) and was[-1].status in OPEN


def check_limits(asked: scope.Scope, registered: list[Ticket]) -> None:
    for row in limits.kept(asked.tickets, MARCH):
        found: dict[str, set[int]] = {name: set() for name in limits.OUTCOMES}
        for ticket in registered:
            clock = ticket.clocks.filter(kind=row.kind).first()
            if clock is None:
                outcome = "none"
            elif clock.breached_at and clock.breached_at < MARCH.end:
                outcome = "missed"
            elif clock.met_at and clock.met_at < MARCH.end:
                outcome = "met"
            else:
                outcome = "none" if clock.state == "cancelled" else "running"
            found[outcome].add(ticket.pk)
        assert {name: getattr(row, name) for name in found} == {name: len(ids) for name, ids in found.items()}
        for name, ids in found.items():
            behind = named.find(f"{row.kind.value}_{name}")
            assert behind is not None
            assert set(behind.tickets(asked.tickets, MARCH).values_list("pk", flat=True)) == ids


def check_hours(asked: scope.Scope, registered: list[Ticket]) -> None:
    local = [(ticket, ticket.created_at.astimezone(MOSCOW)) for ticket in registered]
    for weekday, row in enumerate(load.by_hour(asked.tickets, MARCH)):
        for hour, count in enumerate(row):
            ids = {ticket.pk for ticket, at in local if (at.weekday(), at.hour) == (weekday, hour)}
            assert count == len(ids)
            if ids:
                behind = named.find(f"hour_{weekday}_{hour}")
                assert behind is not None
                assert set(behind.tickets(asked.tickets, MARCH).values_list("pk", flat=True)) == ids


def check_flows(asked: scope.Scope, all_: list[Ticket]) -> None:
    moves: dict[tuple[int, int], list[tuple[int, bool]]] = {}
    for ticket in all_:
        seen: list[int] = []
        for row in ticket.history.order_by("history_id"):
            if seen and row.line_id != seen[-1] and within(row.history_date):
                moves.setdefault((seen[-1], row.line_id), []).append((ticket.pk, row.line_id in seen))
            seen.append(row.line_id)
    found = {(flow.source, flow.target): flow for flow in handovers.flows(asked.tickets, MARCH)}
    assert found.keys() == moves.keys()
    for pair, flow in found.items():
        behind = named.find(f"flow_{pair[0]}_{pair[1]}")
        assert (flow.moves, flow.back) == (len(moves[pair]), sum(back for _pk, back in moves[pair]))
        assert behind is not None
        assert set(behind.tickets(asked.tickets, MARCH).values_list("pk", flat=True)) == flow.tickets
        assert flow.tickets == {pk for pk, _back in moves[pair]}


def check_days(asked: scope.Scope, all_: list[Ticket]) -> None:
    days = breakdown.by_day(asked.tickets, MARCH)
    assert len(days) == 31
    for day in days:
        end = datetime(day.day.year, day.day.month, day.day.day, tzinfo=MOSCOW) + timedelta(days=1)
        still = [t for t in all_ if open_at(t, end)]
        opened = [t for t in all_ if t.created_at.astimezone(MOSCOW).date() == day.day]
        assert (day.registered, day.backlog) == (len(opened), len(still))


def check_rows(asked: scope.Scope, counts: dict[str, int], all_: list[Ticket]) -> None:
    for rows in breakdown.tables(asked.tickets, MARCH).values():
        total = parts.total(rows)
        assert (total.registered, total.done, total.overdue) == (
            counts["registered"],
            counts["done"],
            counts["overdue"],
        )
        in_work = [t for t in all_ if t.status in OPEN and t.status in ("in_work", "waiting", "rework")]
        assert total.in_work == len(in_work)
    statuses = breakdown.by_status(asked.tickets, MARCH)
    assert sum(count for _status, count in statuses) == counts["registered"]
    assert sum(count for _month, count in breakdown.months(asked.tickets)) == len(all_)


def test_a_lead_reports_on_his_lines_only(desk: Desk) -> None:
    desk.file()
    desk.file(kind=desk.server)

    assert figures.counts(scope.read(desk.lev, {}).tickets, MARCH)["registered"] == 1
    assert figures.counts(scope.read(desk.olga, {}).tickets, MARCH)["registered"] == 2
    assert figures.counts(scope.read(desk.lev, {"line": str(desk.second.pk)}).tickets, MARCH)["registered"] == 0
    for name in ("anna", "alla", "katya"):
        with pytest.raises(ActionRefused):
            scope.read(desk.people[name], {})
        with pytest.raises(ActionRefused):
            scope.lines_of(desk.people[name])


@pytest.mark.parametrize(
    ("asked", "first", "last", "before"),
    [
        ({"month": "2026-02"}, "2026-02-01", "2026-02-28", "2026-01-01"),
        ({"quarter": "2026-1"}, "2026-01-01", "2026-03-31", "2025-10-01"),
        ({"year": "2026"}, "2026-01-01", "2026-12-31", "2025-01-01"),
        ({"from": "2026-03-10", "to": "2026-03-12"}, "2026-03-10", "2026-03-12", "2026-03-07"),
        ({"from": "2026-03-12", "to": "2026-03-10"}, "2026-03-10", "2026-03-12", "2026-03-07"),
        ({}, "2026-03-01", "2026-03-31", "2026-02-01"),
        ({"month": "2026-99"}, "2026-03-01", "2026-03-31", "2026-02-01"),
        ({"year": "99999"}, "2026-03-01", "2026-03-31", "2026-02-01"),
        ({"quarter": "x"}, "2026-03-01", "2026-03-31", "2026-02-01"),
    ],
)
def test_the_address_says_the_period(noon: datetime, asked: dict[str, str], first: str, last: str, before: str) -> None:
    found = period.read(asked)

    assert (str(found.first), str(found.last), str(found.before().first)) == (first, last, before)
    assert found.before().last == found.first - timedelta(days=1)
