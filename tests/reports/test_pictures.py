"""What is drawn and said of a table is what its rows say: charts by day, week and month, bands of hand-overs, steps, sentences."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import translation

from admin_ext.analytics import cells, charts, flows, periods, ways
from admin_ext.analytics.says import says
from helpdesk.lifecycle import Status
from helpdesk.models import Ticket
from helpdesk.reports import period
from helpdesk.reports.scope import Scope
from helpdesk.reports.shapes import Behind, Block, linked

YEAR, MARCH = period.year_of(date(2026, 1, 1)), period.month_of(date(2026, 3, 1))
DAY_COLUMNS = [("Date", ""), ("Registered", "requests"), ("Done", "requests"), ("Open", "requests")]


def leads(stretch: period.Period) -> cells.Addresses:
    return cells.Addresses(stretch, Scope(QuerySet(Ticket), {"line": 2}))


def days(stretch: period.Period, last: date) -> Block:
    """Return the table in which two come and one goes each day, as it is read; nothing is known after `last`."""
    heads = {"day": [period.day_of(day) for day in stretch.days()], "week": stretch.weeks(), "month": stretch.months()}
    rows: list[Any] = []
    for part in heads[stretch.grain]:
        known = (min(part.last, last) - stretch.first).days + 1 if part.first <= last else None
        counts = (("registered", 2 * len(part.days())), ("done", len(part.days())), ("open", known))
        head = part.first if stretch.grain == "day" else part
        rows.append([(head, None), *((count, Behind(name, period=part)) for name, count in counts)])
    total = [("Total", None), (2 * len(stretch.days()), None), (len(stretch.days()), None), (None, None)]
    return linked("by_day", "By day", "…", DAY_COLUMNS, [*rows, total], has_total=True)


def drawn(block: Block, stretch: period.Period) -> dict[str, Any]:
    found = charts.chart(block, cells.rows(block, leads(stretch)), stretch.grain)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("stretch", "points", "first"),
    [
        (MARCH, 31, "from=2026-03-01&to=2026-03-01"),
        (period.quarter_of(date(2026, 3, 1)), 14, "from=2026-01-01&to=2026-01-04"),
        (YEAR, 12, "from=2026-01-01&to=2026-01-31"),
    ],
)
def test_many_days_are_drawn_in_weeks_or_months_that_say_the_same(
    noon: Any, stretch: Any, points: int, first: str
) -> None:
    chart = drawn(days(stretch, date(2026, 3, 10)), stretch)
    came, went, still = chart["series"]

    assert len(chart["labels"]) == len(chart["names"]) == points
    assert (sum(came["values"]), sum(went["values"])) == (2 * len(stretch.days()), len(stretch.days()))
    assert came["lists"][0] == f"tickets/registered/?{first}&line=2"
    # What will be open is not known: the line ends where the known days do.
    assert [value for value in still["values"] if value is not None][-1] == (date(2026, 3, 10) - stretch.first).days + 1


def test_a_table_of_nothing_is_not_drawn(noon: Any) -> None:
    nothing = linked(
        "by_status", "", "", [("Status", ""), ("Requests", "requests")], [[("New", None), (0, Behind("x"))]]
    )

    assert charts.chart(nothing, cells.rows(nothing, leads(MARCH)), MARCH.grain) is None
    assert says(nothing) == ""


def test_bands_are_as_high_as_what_went_over(noon: Any) -> None:
    columns = [("From", ""), ("To", ""), ("Hand-overs", "times"), ("Came back", "times"), ("Requests", "requests")]
    block = linked("handovers", "", "", columns, [
        [("First", None), ("Second", None), (30, Behind("flow_1_2")), (0, None), (20, Behind("flow_1_2"))],
        [("Second", None), ("First", None), (10, Behind("flow_2_1")), (10, Behind("back_2_1")), (10, Behind("flow_2_1"))],
    ])  # fmt: skip
    picture = flows.picture(cells.rows(block, leads(MARCH)))

    assert picture is not None
    assert [side.height for side in picture.left] == [side.height for side in picture.right] == [195.0, 65.0]
    assert picture.bands[1].moves.href == "tickets/flow_2_1/?month=2026-03&line=2"
    with translation.override("en"):
        assert says(block) == "40 hand-overs, 10 came back."
    assert flows.picture([]) is None


def test_steps_are_drawn_on_the_ways_of_the_lifecycle(noon: Any) -> None:
    new, work, done = (str(status.label) for status in (Status.NEW, Status.IN_WORK, Status.DONE))
    columns = [("From", ""), ("To", ""), ("Times", "times"), ("Before", "hours")]
    block = linked("steps", "", "", columns, [
        [(new, None), (work, None), (40, Behind("arrow_ni")), (1.5, None)],
        [(work, None), (done, None), (3, Behind("arrow_id")), (2, None)],
    ])  # fmt: skip
    picture = ways.picture(cells.rows(block, leads(MARCH)))

    assert picture is not None
    assert [(way.width, way.times.text) for way in picture.ways] == [(ways.THICKEST, "40")]
    assert (picture.rest, len(picture.boxes)) == (3, len(Status))
    assert ways.picture([]) is None


def test_periods_are_offered_with_their_sums(noon: Any) -> None:
    months = [(date(2026, 3, 1), 5), (date(2026, 2, 1), 0), (date(2026, 1, 1), 7), (date(2025, 12, 1), 1)]
    this, last = periods.years(months, period.quarter_of(date(2026, 1, 1)))

    assert (this.whole.count, [(one.count, one.is_current) for one in this.quarters]) == (12, [(12, True)])
    assert [one.period.query for one in this.months] == ["month=2026-03", "month=2026-01"]
    assert (last.whole.count, last.whole.period.query) == (1, "year=2025")
    nearest = periods.nearest(months, period.month_of(date(2026, 2, 1)))
    assert nearest is not None
    assert nearest.period.query == "month=2026-03"
    following = periods.following(period.month_of(date(2026, 2, 1)))
    assert following is not None
    assert following.query == "month=2026-03"
    assert periods.following(MARCH) is None


def test_an_oldest_year_that_is_not_told_whole_has_no_sum(noon: Any) -> None:
    months = [(period.month_of(date(2026 - at // 12, 12 - at % 12, 1)).first, 1) for at in range(36 + 6)][6:]
    years = periods.years(months, MARCH)

    assert [year.whole.count for year in years] == [6, 12, 12, 0]
    assert years[-1].quarters == []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "730 registered, 365 done; open at the end: 365. Most came in: January 2026, 62."),
        (
            "ru",
            "Зарегистрировано: 730, выполнено: 365. Открыто на конец: 365. Больше всего поступило: январь 2026, 62.",
        ),
    ],
)
def test_a_long_period_is_said_in_its_own_words(noon: Any, language: str, said: str) -> None:
    with translation.override(language):
        assert says(days(period.year_of(date(2026, 1, 1)), date(2026, 12, 31))) == said
