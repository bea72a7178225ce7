"""Figures equal a second calculation in plain Python over random lives of tickets; sums equal totals; lists have their rows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from statistics import fmean, median
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from helpdesk import moment
from helpdesk.actions import deadlines
from helpdesk.actions.refusals import ActionRefused
from helpdesk.lifecycle import OPEN
from helpdesk.models import Rating, Ticket, TicketClock
from helpdesk.reports import (
    breakdown,
    durations,
    facts,
    figures,
    handovers,
    limits,
    load,
    named,
    parts,
    paths,
    period,
    scope,
    split,
)
from helpdesk.reports.figures import FIGURES
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
    "moved": (("take", "alla", {}), ("submit", "alla", {"comment": "Mended."}), ("accept", "anna", {"rating": "5"}),
              ("reopen", "anna", {"comment": "Again."}), ("take", "alla", {}),
              ("transfer", "alla", {"line": "second", "comment": "It is the cable."})),
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


@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(lives=st.lists(LIFE, min_size=1, max_size=6))
def test_figures_equal_a_second_calculation(desk: Desk, lives: list[Any]) -> None:
    Ticket.objects.all().delete()
    with moment.at(live(desk, lives)):
        asked = scope.read(desk.roman, {})
        tally = facts.whole(asked.tickets, MARCH)
        counts = figures.counts(tally, asked.tickets, MARCH)
        all_ = list(Ticket.objects.all())
        late = set(TicketClock.objects.filter(kind__in=["reaction", "execution"], breached_at__lt=MARCH.end)
                   .values_list("ticket", flat=True))  # fmt: skip
        registered = [ticket for ticket in all_ if within(ticket.created_at)]
        done = {ticket: row for ticket in all_ if (row := last_closed(ticket, "done"))}
        ratings = [given for given in Rating.objects.all() if within(given.created_at)]
        assert counts == {
            "registered": len(registered),
            "done": len(done),
            "cancelled": len([ticket for ticket in all_ if last_closed(ticket, "cancelled")]),
            "open": len([ticket for ticket in all_ if open_at(ticket, MARCH.end)]),
            "overdue": len([ticket for ticket in registered if ticket.pk in late]),
            "returned": len([row for row in done.values() if row.returns]),
        }  # fmt: skip
        took = [(row.submitted_at - ticket.created_at).total_seconds() for ticket, row in done.items()]
        found = durations.durations(tally.executions)
        assert (found.median, found.mean, found.count) == (
            (median(took), fmean(took), len(took)) if took else (None, None, 0)
        )  # fmt: skip
        waited = [(t.taken_at - t.created_at).total_seconds() for t in registered if t.taken_at]
        assert sorted(tally.reactions) == sorted(waited)
        assert (tally.ratings, tally.stars) == (len(ratings), sum(given.value for given in ratings))
        # What is added up without groups is the same.
        facts_of_its_own = asked.tickets.all()
        assert facts.whole(facts_of_its_own, MARCH, by_group=False) == sorted_times(tally)
        for name in FIGURES:
            count = FIGURES[name].tickets(asked.tickets, MARCH).count()
            assert count == (len({given.ticket_id for given in ratings}) if name == "rated" else counts[name])
        check_days(asked, all_)
        check_rows(asked, counts, all_)
        check_limits(asked, registered)
        check_hours(asked, registered)
        check_flows(asked, all_)
        check_turns_and_paths(asked, done)
        check_steps(asked, all_)


def sorted_times(tally: facts.Tally) -> Any:
    """Return what equals `tally` in whichever order its times come."""

    class _Same:
        def __eq__(self, other: object) -> bool:
            return isinstance(other, facts.Tally) and all(
                (sorted(left) == sorted(right)) if isinstance(left, list) else left == right
                for left, right in zip(vars(tally).values(), vars(other).values(), strict=True)
            )

        __hash__ = None  # type: ignore[assignment]  # compared, not kept

    return _Same()


def history_of(ticket: Ticket) -> list[Any]:
    """Return the rows of the history, read once: every day of the month asks for them."""
    told: list[Any] | None = ticket.__dict__.get("_told")
    if told is None:
        told = ticket.__dict__["_told"] = list(ticket.history.order_by("history_id"))
    return told


def last_closed(ticket: Ticket, status: str) -> Any:
    """Return the last row of the history in the period with which the ticket got a closed status, None without one."""
    rows = history_of(ticket)
    entered = [
        row for before, row in pairwise(rows) if row.status == status != before.status and within(row.history_date)
    ]
    return entered[-1] if entered else None


def open_at(ticket: Ticket, at: datetime) -> bool:
    """Replay the history: a closing that was taken back later still was one."""
    was = [row for row in history_of(ticket) if row.history_date < at]
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
        for row in history_of(ticket):
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


def lived_until(ticket: Ticket, at: datetime) -> list[tuple[str, datetime, datetime]]:
    """Return the statuses of a ticket up to a moment, each from when to when, those that follow themselves in one."""
    rows = [row for row in history_of(ticket) if row.history_date <= at]
    found = []
    for status, run in groupby(rows, key=lambda row: row.status):
        found.append((status, next(run).history_date))
    return [(status, since, until) for (status, since), (_next, until) in pairwise([*found, ("", at)])]


def check_turns_and_paths(asked: scope.Scope, done: dict[Ticket, Any]) -> None:
    turns = {"waiting": "waited", "on_review": "reviewed", "done": "", "cancelled": ""}
    took: dict[str, float] = {"worked": 0, "waited": 0, "reviewed": 0, "": 0}
    went: dict[tuple[str, ...], set[int]] = {}
    for ticket, row in done.items():
        lived = lived_until(ticket, row.history_date)
        for status, since, until in lived:
            took[turns.get(status, "worked")] += (until - since).total_seconds()
        went.setdefault(tuple(status for status, _since, _until in lived), set()).add(ticket.pk)
    whole = split.whole(asked.tickets, MARCH)
    assert (whole.done, whole.worked, whole.waited, whole.reviewed) == (
        len(done), took["worked"], took["waited"], took["reviewed"]
    )  # fmt: skip
    rows = split.by_line(asked.tickets, MARCH)
    assert [sum(getattr(row, name) for row in rows) for name in ("done", "whole")] == [whole.done, whole.whole]
    found = paths.variants(asked.tickets, MARCH)
    assert {tuple(variant.statuses): variant.count for variant in found} == {
        path: len(ids) for path, ids in went.items()
    }
    for variant in found:
        behind = named.find(f"path_{variant.path}")
        assert behind is not None
        assert set(behind.tickets(asked.tickets, MARCH).values_list("pk", flat=True)) == went[tuple(variant.statuses)]


def check_steps(asked: scope.Scope, all_: list[Ticket]) -> None:
    made: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for ticket in all_:
        lived = lived_until(ticket, ticket.updated_at)
        for (source, since, until), (target, at, _until) in pairwise(lived):
            if within(at):
                made.setdefault((source, target), []).append((ticket.pk, (until - since).total_seconds()))
    found = paths.arrows(asked.tickets, MARCH)
    assert {(arrow.source, arrow.target): (arrow.count, arrow.median) for arrow in found} == {
        pair: (len(steps), median(seconds for _pk, seconds in steps)) for pair, steps in made.items()
    }
    for arrow in found:
        behind = named.find(arrow.name)
        assert behind is not None
        ids = set(behind.tickets(asked.tickets, MARCH).values_list("pk", flat=True))
        assert ids == {pk for pk, _seconds in made[arrow.source, arrow.target]}


def check_days(asked: scope.Scope, all_: list[Ticket]) -> None:
    days = breakdown.by_day(asked.tickets, MARCH)
    assert len(days) == 31
    for day in days:
        end = datetime(day.day.year, day.day.month, day.day.day, tzinfo=MOSCOW) + timedelta(days=1)
        still = [t for t in all_ if open_at(t, end)]
        opened = [t for t in all_ if t.created_at.astimezone(MOSCOW).date() == day.day]
        done = [
            t for t in all_ if (row := last_closed(t, "done")) and row.history_date.astimezone(MOSCOW).date() == day.day
        ]
        assert (day.registered, day.done, day.backlog) == (len(opened), len(done), len(still))


def stood(ticket: Ticket, at: datetime) -> Any:
    """Return the row of the history that held at a moment, None before the registration."""
    rows = [row for row in history_of(ticket) if row.history_date < at]
    return rows[-1] if rows else None


def check_rows(asked: scope.Scope, counts: dict[str, int], all_: list[Ticket]) -> None:
    stood_then = {ticket: row for ticket in all_ if (row := stood(ticket, MARCH.end))}
    in_work = {ticket: row for ticket, row in stood_then.items() if row.status in ("in_work", "waiting", "rework")}
    tables = breakdown.tables(asked.tickets, MARCH)
    for rows in tables.values():
        total = parts.total(rows)
        assert (total.registered, total.done, total.overdue, total.in_work) == (
            counts["registered"], counts["done"], counts["overdue"], len(in_work)
        )  # fmt: skip
    done = [row for ticket in all_ if (row := last_closed(ticket, "done"))]
    for row in tables["assignee"]:
        assert row.in_work == len([was for was in in_work.values() if was.assignee_id == row.key])
        own = [was for was in done if was.assignee_id == row.key]
        took = [(was.submitted_at - was.created_at).total_seconds() for was in own]
        assert (row.done, row.median) == (len(own), median(took) if took else None)
    for row in tables["line"]:
        assert row.done == len([was for was in done if Ticket.objects.get(pk=was.id).line_id == row.key])
    for status, count in breakdown.by_status(asked.tickets, MARCH):
        ids = {t.pk for t, was in stood_then.items() if was.status == status and within(t.created_at)}
        assert count == len(ids)
        assert set(named.find(f"status_{status}").tickets(asked.tickets, MARCH).values_list("pk", flat=True)) == ids  # type: ignore[union-attr]
    assert sum(count for _month, count in breakdown.months(asked.tickets)) == len(all_)


def test_a_lead_reports_on_his_lines_only(desk: Desk) -> None:
    desk.file()
    desk.file(kind=desk.server)

    assert facts.whole(scope.read(desk.lev, {}).tickets, MARCH).registered == 1
    assert facts.whole(scope.read(desk.olga, {}).tickets, MARCH).registered == 2
    assert facts.whole(scope.read(desk.lev, {"line": str(desk.second.pk)}).tickets, MARCH).registered == 0
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
