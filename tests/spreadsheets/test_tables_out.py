"""What is taken out comes in again unchanged, in both languages and both forms; texts are harmless; reports can be mended."""

from __future__ import annotations

import csv
import io

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from helpdesk.actions import imports
from helpdesk.models import CalendarException, CalendarInterval, ImportState, Service, User, WorkCalendar, WorkType
from helpdesk.spreadsheets import report_book, resources, writing
from helpdesk.spreadsheets.reading import as_text, read_sheets
from tests.people import Desk
from tests.spreadsheets.books import HEAD, ROW, ods, text, xlsx
from tests.spreadsheets.conftest import Bring, faults

SHARP = [
    "=1+1",
    "+7 495",
    "-5",
    "@mail",
    "'=x",
    "_x0041_",
    '"quoted"',
    "a;b,c\td",
    "two\nlines",
    " Ёлка ",
    "0012",
    "1e5",
    "€ 中",
]


@pytest.fixture
def sharp(desk: Desk) -> Desk:
    """Fill the desk with texts that spreadsheets like to spoil."""
    for number, name in enumerate(SHARP):
        service = Service.objects.create(code=f"S{number}", name=name, description=name, is_active=number % 2 == 0)
        if number % 3:
            WorkType.objects.create(
                service=service, code=f"S{number}.{number}", name=name, kind="incident", priority=1 + number % 4,
                line=desk.second, reaction_limit="90m", execution_limit="3d", is_active=number % 2 == 1, description=name,
            )  # fmt: skip
    office = WorkCalendar.objects.create(name="=Office", time_zone="Asia/Omsk")
    CalendarInterval.objects.create(calendar=office, weekday=6, start=0, end=1440)
    CalendarException.objects.create(calendar=office, date="2026-05-09", note="@day")
    CalendarException.objects.create(calendar=office, date="2026-05-11", start=540, end=1080)
    User.objects.filter(pk=desk.anna.pk).update(department="=cmd", phone="+7 495 123-45-67")
    return desk


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize("subject", ["catalog", "lines", "people", "calendars"])
def test_what_is_taken_out_changes_nothing_when_it_comes_in(
    bring: Bring, sharp: Desk, subject: str, form: str, language: str
) -> None:
    with translation.override(language):
        table = resources.table_of(subject)
        data = writing.as_csv(table) if form == "csv" else writing.as_xlsx(table, subject)
    imported = bring(data, subject=subject)

    assert (imported.state, faults(imported)) == (ImportState.PREVIEW, [])
    counts = dict(imported.counts)
    assert counts.pop("unchanged") > 0
    assert set(counts.values()) == {0}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(min_size=1, max_size=60), form=st.sampled_from(["xlsx", "csv"]))
def test_any_text_survives_the_way_out_and_in(bring: Bring, name: str, form: str) -> None:
    if not as_text(name) or "\x00" in name:
        return
    Service.objects.filter(code="MAIL").update(description=as_text(name))
    table = resources.table_of("catalog")
    data = writing.as_csv(table) if form == "csv" else writing.as_xlsx(table, "t")

    imported = bring(data)
    assert (imported.trouble, imported.counts.get("changed"), faults(imported)) == ("", 0, [])


def test_texts_of_a_table_cannot_run(sharp: Desk) -> None:
    with translation.override("en"):
        table = resources.table_of("catalog")
        rows = list(csv.reader(io.StringIO(writing.as_csv(table).decode("utf-8-sig"))))
        sheet = load_workbook(io.BytesIO(writing.as_xlsx(table, "t"))).active

    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "inlineStr", "n"}
    assert "=1+1" in {cell.value for cell in sheet["B"]}


def test_dates_and_numbers_stay_typed(sharp: Desk) -> None:
    with translation.override("en"):
        sheet = load_workbook(io.BytesIO(writing.as_xlsx(resources.table_of("calendars"), "t"))).active

    assert [cell.is_date for cell in sheet["E"] if cell.value is not None] == [False, True, True]


@pytest.mark.parametrize("subject", ["catalog", "people", "calendars"])
@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_example_can_be_brought_in(bring: Bring, subject: str, language: str) -> None:
    with translation.override(language):
        data = writing.example(subject)
    book = load_workbook(io.BytesIO(data))

    imported = bring(data, subject=subject)
    problems = [fault for fault in faults(imported) if "working hours" not in fault[1]]
    assert (imported.state, problems) == (ImportState.PREVIEW, [])
    assert all(cell.comment for cell in book.worksheets[0][1])
    if subject == "catalog":
        assert len(book.worksheets[0].data_validations.dataValidation) >= 4


@pytest.mark.parametrize(("source", "address"), [("xlsx", "F6"), ("csv", "E4"), ("ods", "E5")])
def test_a_report_marks_what_to_mend_and_comes_in_when_mended(
    bring: Bring, source: str, address: str, desk: Desk
) -> None:
    rows = [("Каталог", *[None] * 5), HEAD, ROW, ("IT", "Рабочее место", "IT.2", "Мышь", "1-2 дня", "1 д")]
    sources = {
        "xlsx": xlsx(rows, top=2, left=1), "csv": text([tuple("" if c is None else c for c in row) for row in rows]),
        "ods": ods([(None,) * 6, *rows]),
    }  # fmt: skip
    imported = bring(sources[source])
    assert [fault[0] for fault in faults(imported)] == [address]

    book = load_workbook(io.BytesIO(report_book.report_book(imported.files.get(), 0)))
    sheet = book.worksheets[0]
    assert "This is a range" in sheet[address].comment.text
    row = int(address[1:])
    report = [cell.value for cell in sheet[row] if cell.value][-1]
    assert report.startswith(f"{address}: This is a range; a limit is one duration. (for example:")
    assert "What to mend" in [cell.value for cell in sheet[row - 2]]

    sheet[address].value = "2 ч"
    stream = io.BytesIO()
    book.save(stream)
    mended = bring(stream.getvalue())
    assert (faults(mended), mended.counts["new"]) == ([], 3)
    imports.confirm(actor=desk.katya, imported=mended)
    assert WorkType.objects.filter(service__code="IT").count() == 2


def test_a_report_of_a_report_is_not_longer(bring: Bring) -> None:
    first = bring(xlsx([HEAD, (*ROW[:4], "скоро", "1 д")]))
    data = report_book.report_book(first.files.get(), 0)
    again = report_book.report_book(bring(data).files.get(), 0)

    width = max(len(row) for row in read_sheets(data)[0].rows)
    assert max(len(row) for row in read_sheets(again)[0].rows) == width


def test_a_report_marks_cells_that_can_be_marked_on_its_own_sheets_only(bring: Bring) -> None:
    """A row that contradicts another has no cell to mark, and no note can stand inside merged cells."""
    long = ("I" * 51, *ROW[1:])
    catalog = [HEAD, long, (None, None, "IT.2", "Mouse", "1 h", "1 d"), ROW, (*ROW[:1], "Else", "IT.3", *ROW[3:])]
    imported = bring(xlsx([("Notes",)], catalog, names=["Notes", "Catalog"], merge=["A2:A3"]))
    assert sorted(fault[0] for fault in faults(imported)) == ["5", "A2", "A3"]

    book = load_workbook(io.BytesIO(report_book.report_book(imported.files.get(), 0)))
    told = [sheet_row[6].value for sheet_row in book["Catalog"].iter_rows()]
    assert (told[0], told[3]) == ("What to mend", None)
    assert [str(text).partition(":")[0] for text in (told[1], told[2], told[4])] == ["A2", "A3", "5"]
    assert [cell.coordinate for row in book["Catalog"].iter_rows() for cell in row if cell.comment] == ["A2"]
    assert [cell.value for cell in book["Notes"][1]] == ["Notes"]


def test_of_two_files_each_comes_back_with_what_is_wrong_in_it(bring: Bring) -> None:
    kinds = text([("service id", "name", "reaction time", "resolution time"), (7, "New", "1 h", "soon")])
    imported = bring(kinds, text([("id", "name"), (7, "Mail")]))
    assert [fault[0] for fault in faults(imported)] == ["D2"]

    own, other = (
        read_sheets(report_book.report_book(file, number))[0].rows
        for number, file in enumerate(imported.files.order_by("pk"))
    )
    assert (own[0][-1], own[1][-1].partition(":")[0], len(other[0])) == ("What to mend", "D2", 2)
