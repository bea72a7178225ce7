"""Each row of a table is taken for what it says, or rejected at the cell that says too little, something else, or nonsense."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest

from helpdesk.actions import imports
from helpdesk.models import CalendarException, Service, SupportLine, WorkCalendar, WorkType
from helpdesk.spreadsheets.wording import differences
from tests.people import Desk
from tests.spreadsheets.books import HEAD, ROW, text, xlsx
from tests.spreadsheets.conftest import Bring, faults

LINE = ("Линия", "Описание", "Логин", "Активна")
PERSON = ("Логин", "Фамилия", "E-mail", "Активен")
CALENDAR = ("Календарь", "Часовой пояс", "День недели", "Дата", "С", "До", "Круглосуточно")
LIMITS = {"limits": {"reaction_limit": "1h", "execution_limit": "1d"}}

REJECTED: dict[str, tuple[str, list[tuple[Any, ...]], tuple[str, str]]] = {
    "a member of no line": ("lines", [LINE, ("", "", "anna", "")], ("A2", "This must not be empty.")),
    "a line said twice": ("lines", [LINE, ("Third", "Night", "", ""), ("third", "Day", "", "")],
                          ("3", "Row 2 says something else of “third”.")),
    "neither yes nor no": ("lines", [LINE, ("Third", "", "", "maybe")], ("D2", "“maybe” is not known here.")),
    "nobody's name": ("people", [PERSON, ("", "Smirnova", "", "")], ("A2", "This must not be empty.")),
    "no address": ("people", [PERSON, ("new", "", "new@", "")], ("C2", "This is not an e-mail address.")),
    "hours of no calendar": ("calendars", [CALENDAR, ("", "", "mon", "", "9:00", "18:00", "")], ("A2", "This must not be empty.")),
    "a weekday without hours": ("calendars", [CALENDAR, ("Shop", "", "mon", "", "", "", "yes")],
                                ("E2", "Working hours need a beginning and an end.")),
    "no zone": ("calendars", [CALENDAR, ("Shop", "Mars/Base", "mon", "", "9:00", "18:00", "")], ("B2", "There is no such time zone.")),
    "no date": ("calendars", [CALENDAR, ("Shop", "", "", "31.02.2026", "", "", "yes")], ("D2", "“31.02.2026” is not a date.")),
    "no hour": ("calendars", [CALENDAR, ("Shop", "", "mon", "", "9:00", "25:00", "")], ("F2", "“25:00” is not a time of day.")),
    "no minute": ("calendars", [CALENDAR, ("Shop", "", "mon", "", "9:75", "18:00", "")], ("E2", "“9:75” is not a time of day.")),
    "half a minute": ("catalog", [HEAD, (*ROW[:5], "1 ч 0,5 мин")], ("F2", "A limit is a whole number of minutes, hours or days.")),
}  # fmt: skip


@pytest.mark.parametrize("name", REJECTED)
def test_a_row_that_cannot_be_meant_is_rejected_at_its_cell(bring: Bring, desk: Desk, name: str) -> None:
    subject, rows, fault = REJECTED[name]

    assert faults(bring(text(rows), subject=subject))[0] == fault
    assert (WorkCalendar.objects.filter(name="Shop").exists(), SupportLine.objects.count()) == (False, 2)


def test_hours_and_days_come_as_cells_of_a_workbook_too(bring: Bring, desk: Desk) -> None:
    rows = [CALENDAR, ("Shop", "", "mon", None, time(9), "18.00", "no"), ("Shop", "", None, date(2026, 5, 1), "-", "-", None),
            ("Shop", "", None, datetime(2026, 5, 2, 12), time(10), datetime(2026, 5, 2, 15, 30), None)]  # fmt: skip  # noqa: DTZ001
    imported = bring(xlsx(rows), subject="calendars")
    assert faults(imported) == []
    told = {change.label: [(d.label, d.new) for d in differences(change)] for change in imported.changes.all()}
    assert told["Shop · 1"] == [("To", "18:00")]
    imports.confirm(actor=desk.roman, imported=imported)

    shop = WorkCalendar.objects.get(name="Shop")
    assert list(shop.intervals.values_list("weekday", "start", "end")) == [(0, 540, 1080)]
    days = CalendarException.objects.filter(calendar=shop).order_by("date")
    assert [(str(day.date), day.start, day.end) for day in days] == [
        ("2026-05-01", None, None),
        ("2026-05-02", 600, 930),
    ]


def test_an_empty_value_is_told_as_nothing(bring: Bring, desk: Desk) -> None:
    Service.objects.filter(pk=desk.mail.pk).update(description="Letters")
    imported = bring(text([("Код сервиса", "Сервис", "Описание сервиса"), ("MAIL", "Mail", "")]))

    (change,) = imported.changes.filter(outcome="changed")
    assert [(d.label, d.old, d.new) for d in differences(change)] == [("Description", "Letters", "nothing")]


def test_a_line_that_is_not_the_default_one_is_switched_off(bring: Bring, desk: Desk) -> None:
    imported = bring(text([("Линия", "Активна"), ("Second line", "нет")]), subject="lines")
    assert faults(imported) == []
    imports.confirm(actor=desk.roman, imported=imported)

    assert not SupportLine.objects.get(pk=desk.second.pk).is_active


@pytest.mark.parametrize(
    ("head", "row", "remarks"),
    [
        ("Вид работ активен", "нет", ["1 open request goes on as it is."]),
        ("Описание вида работ", "Letters", []),
    ],
)
def test_open_requests_are_told_of_where_it_concerns_them(
    bring: Bring, desk: Desk, head: str, row: str, remarks: list[str]
) -> None:
    desk.file()
    imported = bring(text([("Код сервиса", "Код вида работ", head), ("MAIL", "MAIL.1", row)]))

    assert imported.changes.get(outcome="changed").remarks == remarks


def test_a_kind_is_found_without_its_service_where_one_service_has_its_code(bring: Bring, desk: Desk) -> None:
    Service.objects.create(code="HR", name="Staff")
    for code in ("HR.1", "MAIL.2"):
        WorkType.objects.create(
            service=Service.objects.get(code="HR"), code=code, name="Else", reaction_limit="1h", execution_limit="1d"
        )
    imported = bring(
        text([("Код вида работ", "Вид работ", "Срок"), ("mail.1", "Mailbox", "8 ч"), ("MAIL.2", "Server", "8 ч")])
    )

    assert faults(imported) == [("3", "The row does not say to which service it belongs.")]
    assert imported.changes.get(outcome="changed").after == {"execution_limit": "8h"}


def test_a_service_is_found_by_its_name_where_one_has_it(bring: Bring, desk: Desk) -> None:
    for code in ("S4", "HR"):
        Service.objects.create(code=code, name="Staff")
    rows = [("Сервис", "Вид работ", "Срок"), ("Mail", "mailbox", "8 ч"), ("Staff", "Pass", "1 д"), ("New", "One", "1 д"),
            ("New", "Two", "1 д"), ("Mail", "Three", "1 д")]  # fmt: skip
    imported = bring(text(rows), limits={"reaction_limit": "1h"})

    assert faults(imported) == [("A3", "Several services are called so. Add a column with their codes.")]
    assert imported.changes.get(outcome="changed", entity="work_type").key == ["mail", "mail.1"]
    found = imported.changes.filter(outcome="new", entity="work_type").order_by("row")
    # S4 is taken, and so are two codes of the mail: new ones are the next that nobody has.
    assert [change.after["code"] for change in found] == ["S5.1", "S5.2", "MAIL.3"]


@pytest.mark.parametrize("head", [("Код", "Название", "Описание"), ("Код", "Название", "Описание", "Время реакции")])
def test_descriptions_of_nested_codes_belong_to_what_they_stand_at(bring: Bring, head: tuple[str, ...]) -> None:
    imported = bring(text([head, ("A", "Уборка", "Везде", ""), ("A.1", "Полы", "Мыть", "2 ч")]), **LIMITS)

    assert faults(imported) == []
    new = imported.changes.filter(outcome="new").order_by("entity")
    assert [(change.entity, change.after["code"], change.after["description"]) for change in new] == [
        ("service", "A", "Везде"), ("work_type", "A.1", "Мыть")
    ]  # fmt: skip
