"""A table with a row for each case becomes lives as well: registered, taken, closed at its moments, or as it stands."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from helpdesk.cases import mapping as mappings
from helpdesk.models import CaseRemark, ForeignCase, Ticket
from tests.cases.files import bring, table
from tests.people import Desk
from tests.spreadsheets.books import xlsx

HEAD = ("Number", "State", "Opened", "Taken", "Closed", "Due")
MAP: dict[str, Any] = {
    "source": "Table", "zone": "Europe/Rome", "statuses": {"Noise": "ignore"},
    "columns": {"case": "Number", "status": "State", "created": "Opened", "taken": "Taken", "closed": "Closed", "due": "Due"},
}  # fmt: skip


def row(state: str, opened: str = "9", taken: str = "", closed: str = "", number: str = "1") -> tuple[str, ...]:
    """Return the row of a case by the hours of one day."""
    return (number, state, *(f"28/03/2025 {hour}:00" if hour else "" for hour in (opened, taken, closed)), "")


REGISTERED = ("register", 8)
LIVES: dict[str, tuple[tuple[str, ...], list[tuple[str, int]]]] = {
    "closed": (row("Closed", closed="12"), [REGISTERED, ("take", 11), ("submit", 11), ("accept_silently", 11)]),
    "taken and closed": (row("Closed", taken="10", closed="12"),
                         [REGISTERED, ("take", 9), ("submit", 11), ("accept_silently", 11)]),
    "taken before it was opened": (row("In progress", taken="7"), [REGISTERED, ("take", 8)]),
    "cancelled": (row("Cancelled", closed="12"), [REGISTERED, ("cancel", 11)]),
    "closed whatever its state says": (row("In progress", closed="12"),
                                       [REGISTERED, ("take", 11), ("submit", 11), ("accept_silently", 11)]),
    "stands where it was taken": (row("Pending", taken="10"), [REGISTERED, ("take", 9), ("ask", 9)]),
    "stands where nobody took it": (row("Pending"), [REGISTERED, ("take", 8), ("ask", 8)]),
    "new": (row("Open"), [REGISTERED]),
    "a state that says nothing": (row("Noise"), [REGISTERED]),
    "no state": (row("?"), [REGISTERED]),
}  # fmt: skip


@pytest.mark.parametrize("name", LIVES)
def test_a_row_is_a_whole_life(desk: Desk, name: str) -> None:
    given, steps = LIVES[name]
    imported = bring(desk.roman, table(HEAD, [given]), MAP)

    rows = ForeignCase.objects.get().ticket.history.order_by("history_id")
    assert [(version.last_action, version.history_date.astimezone(UTC).hour) for version in rows] == steps
    assert imported.remarks.count() == 0


def test_a_row_that_cannot_be_a_case_is_told_and_the_others_come_in(desk: Desk) -> None:
    rows = [row("Open"), row("Open", opened="10"), row("Open", opened="", number="2"), (), row("Dancing", number="3"),
            row("Closed", closed="7", number="4"), row("Open", number="5" * 101)]  # fmt: skip
    imported = bring(desk.roman, table(HEAD, rows), MAP)

    left, changed = CaseRemark.Kind.LEFT_OUT, CaseRemark.Kind.CHANGED
    assert list(imported.remarks.values_list("row", "kind", "text")) == [
        (3, left, "The case is there already, in row 2."),
        (4, left, "The case has no moment of registration."),
        (6, left, "Nobody has said what “Dancing” is here."),
        (7, changed, "Closed before it was registered: taken as closed at once."),
        (8, left, "The row has no number of a case, or one that is too long."),
    ]
    assert dict(ForeignCase.objects.values_list("foreign_id", "ticket__status")) == {"1": "new", "4": "done"}
    closed = Ticket.objects.get(foreign__foreign_id="4")
    assert closed.closed_at == closed.created_at == datetime(2025, 3, 28, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        (date(2025, 3, 28), datetime(2025, 3, 27, 23, tzinfo=UTC)),
        (datetime(2025, 3, 28, 9, 30), datetime(2025, 3, 28, 8, 30, tzinfo=UTC)),  # noqa: DTZ001 - a workbook has no zones
        ("28.03.2025", datetime(2025, 3, 27, 23, tzinfo=UTC)),
        ("2025-03-28T09:00:00+05:00", datetime(2025, 3, 28, 4, tzinfo=UTC)),
        ("2025-03-28 09:00:00 UTC", datetime(2025, 3, 28, 9, tzinfo=UTC)),
    ],
)
def test_a_moment_without_a_zone_is_of_the_zone_of_the_file(desk: Desk, cell: Any, moment: datetime) -> None:
    bring(desk.roman, xlsx([HEAD, (1, "Open", cell)]), MAP)

    assert Ticket.objects.get().created_at == moment


def test_a_moment_before_all_calendars_is_no_moment(desk: Desk) -> None:
    imported = bring(desk.roman, table(HEAD, [("1", "Open", "0001-01-01 00:00", "", "", "")]), MAP)

    assert [remark.text for remark in imported.remarks.all()] == ["“0001-01-01 00:00” is no moment."]
    assert not Ticket.objects.exists()


def test_an_event_says_its_activity_where_it_has_no_status(desk: Desk) -> None:
    columns = {"case": "Number", "status": "State", "activity": "What", "at": "When"}
    rows = [("1", "New", "Filed", "28/03/2025 9:00"), ("1", "", "Assigned", "28/03/2025 10:00"),
            ("1", "", "", "28/03/2025 11:00"), ("1", "Pending", "", "")]  # fmt: skip
    imported = bring(desk.roman, table(("Number", "State", "What", "When"), rows), {**MAP, "columns": columns})

    assert Ticket.objects.get().status == "in_work"
    assert list(imported.remarks.values_list("row", "text")) == [
        (4, "Nobody has said what “” is here."), (5, "The event has no moment.")
    ]  # fmt: skip


def test_a_mapping_for_other_columns_or_none_at_all_brings_nothing_in(desk: Desk) -> None:
    with pytest.raises(mappings.BadMapping, match="The file has no column “Due”"):
        bring(desk.roman, table(HEAD[:-1], [row("Open")[:-1]]), MAP)
    with pytest.raises(mappings.BadMapping, match="has to be a JSON object"):
        mappings.from_json(["case", "created"])
    assert not Ticket.objects.exists()
