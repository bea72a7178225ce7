"""Decides where on a sheet the table is, what its header says, and which cells belong to which field of which row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from helpdesk.models import ColumnChoice
from helpdesk.spreadsheets.columns import REPORT_HEADERS, Subject, plain_header, recognise, vocabulary
from helpdesk.spreadsheets.durations import unit_in
from helpdesk.spreadsheets.reading import Cell, Row, Sheet, as_text, column_letters, is_blank
from helpdesk.worktime import Unit

_HEADER_WITHIN = 40
_FILLED_DOWN = frozenset({"service_code", "service", "service_description", "line", "calendar"})


@dataclass
class Table:
    """A table on a sheet: where its header is, which column each field is read from, and its last row."""

    sheet: Sheet
    file: int
    header: int
    last: int
    fields: dict[str, int] = field(default_factory=dict)

    @property
    def headers(self) -> list[str]:
        """The header cells as texts; a column without one is called by its letters."""
        cells = self.sheet.rows[self.header]
        width = max(len(row) for row in self.sheet.rows[self.header : self.last + 1])
        texts = [as_text(cells[index]) if index < len(cells) else "" for index in range(width)]
        return [text or column_letters(index + self.sheet.left) for index, text in enumerate(texts)]

    @property
    def name(self) -> str:
        """What a person calls this table when there are several."""
        return _("%(sheet)s, from row %(row)d") % {"sheet": self.sheet.name, "row": self.header + self.sheet.top + 1}

    def units(self) -> dict[str, Unit | None]:
        """Return the unit each column's header names for bare numbers."""
        headers = self.headers
        return {name: unit_in(headers[index]) for name, index in self.fields.items() if index < len(headers)}

    def records(self) -> Iterator[Record]:
        """Yield the filled rows below the header."""
        merged = self._filled_down()
        for number in range(self.header + 1, self.last + 1):
            row = self.sheet.rows[number]
            cells = {name: _cell(row, index) for name, index in self.fields.items()}
            if all(is_blank(cell) for cell in cells.values()) and all(is_blank(cell) for cell in row):
                continue
            for name, index in self.fields.items():
                if is_blank(cells[name]) and (number, index) in merged:
                    cells[name] = merged[(number, index)]
            yield Record(self, number, cells)
            # A long table is in memory twice otherwise: once as cells, once as what was read in them.
            self.sheet.rows[number] = []

    def _filled_down(self) -> dict[tuple[int, int], Cell]:
        columns = {index for name, index in self.fields.items() if name in _FILLED_DOWN}
        filled = {}
        for top, left, bottom, _right in self.sheet.merged:
            if left in columns and top > self.header:
                value = _cell(self.sheet.rows[top], left) if 0 <= top < len(self.sheet.rows) else None
                filled.update({(row, left): value for row in range(top + 1, min(bottom, self.last) + 1)})
        return filled


@dataclass(slots=True)
class Record:
    """A row of a table: its cells by field, and where it stands."""

    table: Table
    number: int
    cells: dict[str, Any]

    @property
    def row(self) -> int:
        """The number of the row as a spreadsheet program shows it."""
        return self.number + self.table.sheet.top + 1

    @property
    def place(self) -> str:
        return self.table.sheet.name

    def address(self, name: str) -> str:
        """Return the address of the cell of a field, such as `C7`; of the row when the field has no column."""
        index = self.table.fields.get(name)
        return str(self.row) if index is None else self.table.sheet.address(self.number, index)

    def has(self, name: str) -> bool:
        """Say whether the cell of a field is filled."""
        return not is_blank(self.cells.get(name))


def find_tables(sheets: list[Sheet], subject: Subject, file: int) -> list[Table]:
    """Return the tables on `sheets`; a sheet without a known header gives one whose first filled row is the header."""
    remembered: dict[str, list[str]] = {}
    for header, name in ColumnChoice.objects.filter(subject=subject.name).values_list("header", "field"):
        remembered.setdefault(header, []).append(name)
    tables = []
    for sheet in sheets:
        tables += _on_sheet(sheet, subject, file, remembered)
    return tables


def _on_sheet(sheet: Sheet, subject: Subject, file: int, remembered: dict[str, list[str]]) -> list[Table]:
    starts: list[tuple[int, dict[str, int]]] = []
    words = vocabulary(subject, remembered)
    for number, row in enumerate(sheet.rows):
        if starts and (number - starts[-1][0] < 2 or not _could_be_header(row, words)):
            continue
        if not starts and number > _HEADER_WITHIN:
            break
        fields = _fields(row, subject, remembered)
        if fields and (_is_header(row, fields) if not starts else _is_second_header(row, fields)):
            starts.append((number, fields))
    if not starts:
        first = next(number for number, row in enumerate(sheet.rows) if sum(not is_blank(cell) for cell in row) > 0)
        wide = [n for n, row in enumerate(sheet.rows[:_HEADER_WITHIN]) if sum(not is_blank(cell) for cell in row) > 1]
        starts = [(wide[0] if wide else first, {})]
    ends = [number - 1 for number, _fields_of in starts[1:]] + [len(sheet.rows) - 1]
    return [Table(sheet, file, number, end, fields) for (number, fields), end in zip(starts, ends, strict=True)]


def _could_be_header(row: Row, words: frozenset[str]) -> bool:
    """Sort out nearly every row of a long table by its first two filled cells; a header begins with known words."""
    filled = [cell for cell in row if cell not in (None, "")][:2]
    return all(isinstance(cell, str) and len(cell) < 60 and plain_header(cell) in words for cell in filled)


def _fields(row: Row, subject: Subject, remembered: dict[str, list[str]]) -> dict[str, int]:
    if not all(is_blank(cell) or isinstance(cell, str) for cell in row):
        return {}
    headers = ["" if len(text := as_text(cell)) > 200 else text for cell in row]
    if sum(1 for header in headers if header) < 1:
        return {}
    return recognise(subject, headers, remembered)


def _is_header(row: Row, fields: dict[str, int]) -> bool:
    filled = sum(1 for cell in row if not is_blank(cell))
    return len(fields) >= 2 or (len(fields) == 1 and filled == 1)


def _is_second_header(row: Row, fields: dict[str, int]) -> bool:
    """A header further down starts another table; nearly all of its cells have to be known."""
    filled = [cell for cell in row if not is_blank(cell) and plain_header(as_text(cell)) not in REPORT_HEADERS]
    return len(fields) >= 2 and len(set(fields.values())) >= 0.75 * len(filled)


def _cell(row: Row, index: int) -> Cell:
    return row[index] if index < len(row) else None
