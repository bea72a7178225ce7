"""Every number of every table opens the list of exactly the requests it counts, in the panel and through the API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

import pytest
from django.http import QueryDict
from django.urls import reverse

from helpdesk import moment
from helpdesk.models import Closing
from helpdesk.reports import blocks, named, period, scope
from helpdesk.reports.shapes import Behind, Block
from tests.people import Desk, as_new
from tests.reports.test_figures import LIVES, live

MARCH = period.month_of(date(2026, 3, 15))


@pytest.fixture(scope="module")
def furnished(desk_of_module: Desk) -> tuple[Desk, datetime]:
    """Lives that begin around the 1st of March, a corrected request, one of the second line; and their last moment."""
    desk = desk_of_module
    end = live(desk, [(name, 24 * 26 + 14 * at, [20] * 7) for at, name in enumerate(sorted(LIVES))])
    with moment.at(MARCH.start + timedelta(days=3, hours=9)):
        desk.file(kind=desk.server)
        desk.act("correct", "roman", desk.ticket("in_work"), status="done", comment="Closed by telephone.")
    return desk, end


@pytest.fixture
def lived(furnished: tuple[Desk, datetime], db: None) -> Iterator[Desk]:
    desk, end = furnished
    with moment.at(end):
        yield as_new(desk)


def behind(desk: Desk, opens: Behind, narrowed: dict[str, str], stretch: period.Period = MARCH) -> Any:
    """Return the requests of a list as its address asks for them."""
    address = QueryDict(opens.query(stretch, scope.read(desk.olga, narrowed).narrowed)).dict()
    figure = named.find(opens.figure)
    assert figure is not None
    return figure.tickets(scope.read(desk.olga, address).tickets, period.read(address))


def test_a_list_has_as_many_rows_as_its_number_says(lived: Desk) -> None:
    for narrowed in ({}, {"assignee": "none"}, {"line": str(lived.first.pk), "assignee": str(lived.alla.pk)}):
        found = blocks.blocks(scope.read(lived.olga, narrowed), MARCH)
        opened = {block.name: check(lived, block, narrowed) for block in found}
        if not narrowed:
            assert {name for name, count in opened.items() if count} == {block.name for block in found} - {
                "oldest",
                "remarks",
            }


def check(desk: Desk, block: Block, narrowed: dict[str, str]) -> int:
    """Open every list of `block`; return how many there were. A row of totals has the sums of its columns."""
    opened = 0
    for row in block.cells():
        for value, unit, opens in row:
            if opens is None or not opens.figure:
                continue
            found = behind(desk, opens, narrowed)
            opened += 1
            if unit == "requests" or (unit == "figure" and row[3][0] == "requests"):
                assert found.count() == value, (block.name, row)
            elif unit == "hours" and opens.figure.startswith("executed"):
                took = Closing.objects.filter(ticket__in=found, execution__isnull=False, again_at=None)
                assert value == round(median(took.values_list("execution", flat=True)) / 3600, 2)
            elif unit == "times":
                assert 0 < found.count() <= value
            else:
                assert found.exists()
    *rows, total = block.rows or [[]]
    for at in range(1, len(total) if block.has_total else 0):
        assert total[at] is None or total[at] == sum(row[at] for row in rows), (block.name, at)
    return opened


@pytest.mark.parametrize(
    ("asked", "title", "rows", "head", "leads"),
    [
        ("quarter=2026-1", "By week", 14, "1–4 January", "from=2026-01-01&to=2026-01-04"),
        ("year=2026", "By month", 12, "January 2026", "month=2026-01"),
    ],
)
def test_a_long_period_is_told_by_week_or_month_on_the_page_and_by_day_in_files(
    lived: Desk, asked: str, title: str, rows: int, head: str, leads: str
) -> None:
    everything, stretch = scope.read(lived.olga, {}), period.read(QueryDict(asked).dict())
    by_day = next(block for block in blocks.blocks(everything, stretch) if block.name == "by_day")
    shown = next(
        block for block in blocks.report(everything, stretch, for_reading=True).blocks if block.name == "by_day"
    )
    *told, total = shown.cells()

    assert len(by_day.rows) == len(stretch.days()) + 1
    assert (shown.title, len(told), [value for value, *_rest in total]) == (title, rows, by_day.rows[-1])
    assert (told[0][0][0].label, told[0][0][2].query(stretch, {})) == (head, leads)
    today = moment.now().date()
    for (first, *_opens), *counts in told:
        backlog = [row[3] for row in by_day.rows[:-1] if first.first <= row[0] <= min(first.last, today)]
        assert counts[2][0] == (backlog[-1] if backlog else None)
        for value, _unit, opens in counts:
            assert (opens is None) == (not value)
            assert opens is None or behind(lived, opens, {}, stretch).count() == value
    assert sum(counts[0][0] > 0 for _first, *counts in told) > 1


def test_who_has_it_now_is_not_who_was_rated(lived: Desk) -> None:
    Closing.objects.filter(assignee=lived.alla).update(assignee=lived.egor)
    rows = next(block for block in blocks.blocks(scope.read(lived.olga, {}), MARCH) if block.name == "by_assignee")
    row = next(row for row in rows.cells() if row[0][0] == str(lived.egor))

    found = behind(lived, row[8][2], {})
    assert found.exists()
    assert not found.filter(assignee=lived.egor).exists()


def test_nobodys_requests_and_uncorrected_ones_are_said_in_the_address(lived: Desk) -> None:
    by_assignee = next(b for b in blocks.blocks(scope.read(lived.olga, {}), MARCH) if b.name == "by_assignee")
    nobody = next(row for row in by_assignee.cells() if row[0][2] and row[0][2].narrowed == {"assignee": "none"})
    assert nobody[1][2].query(MARCH, {"line": 1}) == "month=2026-03&line=1&assignee=none&corrected=no"

    client = lived.client("olga")
    address = reverse("admin:analytics_tickets", args=["done"])
    all_, without = (
        client.get(address, {"month": "2026-03", **extra}).content.decode() for extra in ({}, {"corrected": "no"})
    )
    assert all_.count("/change/") == without.count("/change/") + 1


@pytest.mark.parametrize("name", ["open", "in_work", "on_review", "status_new", "in_work_by_{alla}"])
def test_what_was_open_is_one_list_of_stays(name: str, lived: Desk) -> None:
    figure = named.find(name.format(alla=lived.alla.pk))
    assert figure is not None
    sql = str(figure.tickets(scope.read(lived.olga, {}).tickets, MARCH).query)

    assert 'OR "helpdesk_ticket"."id" IN' not in sql, "PostgreSQL would read a long list again for every request"
    assert sql.count(" UNION ALL ") == 2
