"""Decides how tables are written: xlsx and csv whose texts no spreadsheet program runs as formulas, and the example to fill in."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from tablib import Databook, Dataset

from helpdesk.models import ImportSubject, SupportLine, WorkCalendar
from helpdesk.spreadsheets.columns import SUBJECTS, Column
from helpdesk.spreadsheets.durations import EXAMPLES
from helpdesk.spreadsheets.reading import RISKY, as_text
from helpdesk.spreadsheets.widgets import LimitWidget, WordWidget

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NUMBERED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_HEAD = PatternFill("solid", fgColor="E3E8EF")


def as_xlsx(dataset: Dataset, title: str) -> bytes:
    """Return `dataset` as a workbook of one sheet; dates and numbers keep their types, texts are texts."""
    book = Workbook(write_only=True)
    _fill(book, dataset, title)
    return _saved(book)


def _fill(book: Workbook, dataset: Dataset, title: str) -> None:
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for index, header in enumerate(dataset.headers or [], start=1):
        sheet.column_dimensions[get_column_letter(index)].width = max(12, min(len(str(header)) + 6, 40))
    sheet.append([_head_cell(sheet, header) for header in dataset.headers or []])
    for row in dataset:
        sheet.append([text_cell(sheet, value) for value in row])


def book_as_xlsx(sheets: Databook) -> bytes:
    """Return several tables as a workbook, a sheet for each."""
    book = Workbook(write_only=True)
    for dataset in sheets.sheets():
        _fill(book, dataset, str(dataset.title))
    return _saved(book)


def as_csv(dataset: Dataset) -> bytes:
    """Return `dataset` as UTF-8 with a mark, cut by what the reader's spreadsheet program expects."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";" if get_language() == "ru" else ",")
    writer.writerow(dataset.headers or [])
    for row in dataset:
        writer.writerow([_harmless(value) for value in row])
    return stream.getvalue().encode("utf-8-sig")


def _harmless(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = as_text(value)
    return f"'{text}" if text.startswith(RISKY) else text


def text_cell(sheet: Any, value: Any) -> Any:
    """Return a cell of a write-only sheet in which a text stays a text, whatever it begins with."""
    # Inside a workbook `_x0041_` means a character by its number; the text itself is written with its first mark so.
    cell = WriteOnlyCell(sheet, _NUMBERED.sub("_x005F_", as_text(value)) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(RISKY)
    return cell


def _head_cell(sheet: Any, header: Any) -> Any:
    cell = WriteOnlyCell(sheet, str(header))
    cell.font, cell.fill = Font(bold=True), _HEAD
    return cell


def _saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


_EXAMPLES: dict[str, list[dict[str, Any]]] = {
    ImportSubject.CATALOG: [
        {"service_code": "MAIL", "service": _("E-mail"), "kind_code": "MAIL-1", "kind": _("New mailbox"),
         "reaction_limit": "30m", "execution_limit": "1bd"},
        {"service_code": "MAIL", "service": _("E-mail"), "kind_code": "MAIL-2", "kind": _("Mail does not arrive"),
         "reaction_limit": "15m", "execution_limit": "4h"},
    ],
    ImportSubject.LINES: [{"line": _("First line"), "login": "ivanov"}, {"line": _("First line"), "login": "petrova"}],
    ImportSubject.PEOPLE: [{"login": "ivanov", "last_name": _("Ivanov"), "first_name": _("Ivan"),
                            "email": "ivanov@example.org", "department": _("Accounting")}],
    ImportSubject.CALENDARS: [{"calendar": _("Office"), "zone": "Europe/Moscow", "start": "9:00", "end": "18:00"}],
}  # fmt: skip


def example(subject: str) -> bytes:
    """Return a workbook to fill in: the headers with notes, rows to replace, drop-down lists where values are few."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = str(ImportSubject(subject).label)[:31]
    sheet.freeze_panes = "A2"
    for index, column in enumerate(SUBJECTS[subject].columns, start=1):
        letter = get_column_letter(index)
        head = sheet.cell(1, index, str(column.label))
        head.font, head.fill = Font(bold=True), _HEAD
        head.comment = Comment(_note(column), "HelpDesk", width=260, height=90)
        sheet.column_dimensions[letter].width = max(14, len(str(column.label)) + 4)
        if choices := _choices(column):
            _drop_down(book, sheet, letter, choices)
        for number, row in enumerate(_EXAMPLES[subject], start=2):
            if column.name in row:
                sheet.cell(number, index, str(row[column.name]))
    return _saved(book)


def _note(column: Column) -> str:
    if isinstance(column.widget, LimitWidget):
        return _(
            "An amount with its unit: %(examples)s. Or short: 30m, 4h, 2bd for business days, 3d for calendar days."
        ) % {"examples": EXAMPLES}
    if column.name == "login":
        return _("Letters, digits and @ . + - _. Accounts get a link to set a password, never a password from a table.")
    example_value = getattr(column.widget, "example", "")
    return _("For example: %(example)s") % {"example": example_value} if example_value else str(column.label)


def _choices(column: Column) -> list[str]:
    if isinstance(column.widget, WordWidget):
        return column.widget.example.split(", ")
    if column.name == "line":
        return list(SupportLine.objects.filter(is_active=True).values_list("name", flat=True)[:200])
    if column.name == "calendar":
        return list(WorkCalendar.objects.values_list("name", flat=True)[:200])
    return []


def _drop_down(book: Workbook, sheet: Any, letter: str, choices: list[str]) -> None:
    """Put the choices on a sheet of their own: a list inside the rule may have 255 characters and no commas."""
    name = "lists"
    lists = book[name] if name in book.sheetnames else book.create_sheet(name)
    lists.sheet_state = "hidden"
    column = lists.max_column + 1 if lists.cell(1, 1).value else 1
    for row, choice in enumerate(choices, start=1):
        lists.cell(row, column, choice)
    source = get_column_letter(column)
    rule = DataValidation(type="list", formula1=f"{name}!${source}$1:${source}${len(choices)}", allow_blank=True)
    rule.add(f"{letter}2:{letter}5000")
    sheet.add_data_validation(rule)
