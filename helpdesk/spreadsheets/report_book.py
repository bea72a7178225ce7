"""Decides how rejected rows are handed back: the file that came, as xlsx, with a column and notes that say what to mend."""

from __future__ import annotations

import io
from collections import defaultdict
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from helpdesk.models import ImportChange, ImportFile
from helpdesk.spreadsheets.reading import Sheet, read_sheets
from helpdesk.spreadsheets.sniffing import FileKind, kind_of
from helpdesk.spreadsheets.writing import text_cell

_BAD = PatternFill("solid", fgColor="FBD9D3")
# Loading a workbook with all its looks costs a hundred times its size; longer ones come back with their values only.
_LOOKS_BELOW_BYTES = 512 * 1024
Faults = dict[tuple[str, int], list[dict[str, str]]]


def report_book(file: ImportFile, number: int) -> bytes:
    """Return `file`, the one numbered `number` of its import, with its rejected rows marked."""
    faults: Faults = defaultdict(list)
    headers: dict[str, int] = {}
    for table in file.imported.question.get("tables", []):
        owner, row, sheet = table["id"].split(":", 2)
        if int(owner) == number and table["chosen"]:
            headers[sheet] = int(row) + 1
    rejected = file.imported.changes.filter(outcome=ImportChange.Outcome.REJECTED, object_id=number)
    for place, row, remarks in rejected.values_list("place", "row", "remarks"):
        faults[(place, row or 0)] = remarks
    with file.file.open("rb") as stream:
        data = stream.read()
    if kind_of(data) is FileKind.OOXML and len(data) < _LOOKS_BELOW_BYTES:
        return _with_looks(data, faults, headers)
    return _with_values(read_sheets(data, file.name), faults, headers)


def _sentence(remarks: list[dict[str, str]]) -> str:
    parts = []
    for fault in remarks:
        hint = _("for example: %(example)s") % {"example": fault["example"]} if fault["example"] else ""
        parts.append(f"{fault['address']}: {fault['reason']}" + (f" ({hint})" if hint else ""))
    return "\n".join(parts)


def _with_looks(data: bytes, faults: Faults, headers: dict[str, int]) -> bytes:
    book = load_workbook(io.BytesIO(data))
    for sheet in book.worksheets:
        own = {row: remarks for (place, row), remarks in faults.items() if place == sheet.title[:120]}
        if not own:
            continue
        column = _report_column(sheet, headers.get(sheet.title, 1))
        head = sheet.cell(headers.get(sheet.title, 1), column, _("What to mend"))
        head.font, head.fill = Font(bold=True), _BAD
        sheet.column_dimensions[get_column_letter(column)].width = 60
        for row, remarks in own.items():
            cell = sheet.cell(row, column, _sentence(remarks))
            cell.fill, cell.alignment = _BAD, Alignment(wrap_text=True, vertical="top")
            for fault in remarks:
                _mark(sheet, fault)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _report_column(sheet: Any, header: int) -> int:
    """Return the column for the report: that of a former report, else the first free one."""
    known = {"what to mend", "что исправить"}
    for cell in sheet[header]:
        if str(cell.value or "").strip().casefold() in known:
            for row in range(header + 1, sheet.max_row + 1):
                sheet.cell(row, cell.column).value = None
            return int(cell.column)
    return int(sheet.max_column) + 1


def _mark(sheet: Any, fault: dict[str, str]) -> None:
    if fault["address"].isdigit():
        return
    cell = sheet[fault["address"]]
    if type(cell).__name__ == "MergedCell":
        return
    cell.fill = _BAD
    cell.comment = Comment(_sentence([fault]), "HelpDesk", width=300, height=100)


def _with_values(sheets: list[Sheet], faults: Faults, headers: dict[str, int]) -> bytes:
    book = Workbook(write_only=True)
    for sheet in sheets:
        target = book.create_sheet(sheet.name[:31].translate(str.maketrans("[]:*?/\\", "_" * 7)))
        for _blank in range(sheet.top):
            target.append([])
        width = max(len(row) for row in sheet.rows)
        target.column_dimensions[get_column_letter(sheet.left + width + 1)].width = 60
        for number, row in enumerate(sheet.rows, start=sheet.top + 1):
            remarks = faults.get((sheet.name[:120], number), [])
            marks = {fault["address"]: fault for fault in remarks}
            cells: list[Any] = [None] * sheet.left
            cells += [_value_cell(target, sheet, number, index, value, marks) for index, value in enumerate(row)]
            if number == headers.get(sheet.name) and any(place == sheet.name[:120] for place, _row in faults):
                cells += [None] * (sheet.left + width - len(cells)) + [text_cell(target, _("What to mend"))]
            elif remarks:
                report = text_cell(target, _sentence(remarks))
                report.fill = _BAD
                cells += [None] * (sheet.left + width - len(cells)) + [report]
            target.append(cells)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _value_cell(
    target: Any, sheet: Sheet, number: int, index: int, value: Any, marks: dict[str, dict[str, str]]
) -> Any:
    cell = text_cell(target, value)
    fault = marks.get(f"{get_column_letter(index + sheet.left + 1)}{number}")
    if fault is not None:
        cell.fill = _BAD
        cell.comment = Comment(_sentence([fault]), "HelpDesk", width=300, height=100)
    return cell
