"""Decides how a file becomes sheets of plain cells: xlsx, xls and ods by calamine, texts by what their bytes say."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from helpdesk.spreadsheets.sniffing import MAX_BYTES, MAX_COLUMNS, MAX_ROWS, FileKind, UnreadableFile, kind_of

Cell = Any
Row = list[Cell]
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# Spreadsheet programs run a text that begins so; the apostrophe itself is doubled to be told from ours.
RISKY = ("=", "+", "-", "@", "\t", "\r", "'")
DELIMITERS = (";", "\t", ",", "|")


@dataclass
class Sheet:
    """One sheet: its name and its rows, the first at `top` and `left` (0-based) of the sheet."""

    name: str
    rows: list[Row]
    top: int = 0
    left: int = 0
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)

    def address(self, row: int, column: int) -> str:
        """Return the address of a cell as a spreadsheet program shows it, such as `C7`."""
        return f"{column_letters(column + self.left)}{row + self.top + 1}"


def column_letters(index: int) -> str:
    """Return the letters of the 0-based column `index`: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def read_sheets(data: bytes, name: str = "", *, max_bytes: int = MAX_BYTES, max_rows: int = MAX_ROWS) -> list[Sheet]:
    """Return the sheets of a file that hold anything. Raises UnreadableFile with a sentence for the person."""
    kind = kind_of(data, max_bytes=max_bytes, max_rows=max_rows)
    sheets = [Sheet(name or _("table"), _text_rows(data, max_rows))] if kind is FileKind.TEXT else _book(data)
    sheets = [sheet for sheet in sheets if any(not is_blank(cell) for row in sheet.rows for cell in row)]
    if not sheets:
        raise UnreadableFile(_("The file has no filled cells."))
    for sheet in sheets:
        filled = sum(1 for row in sheet.rows if any(not is_blank(cell) for cell in row))
        if filled > max_rows + 100:
            raise UnreadableFile(_("The sheet is too long: at most %(limit)d rows.") % {"limit": max_rows})
    return sheets


def is_blank(cell: Cell) -> bool:
    """Say whether a cell shows nothing: empty, or only blanks of any sort."""
    return cell is None or (isinstance(cell, str) and not cell.strip(" \t\r\n\xa0\u202f\u200b\ufeff"))


def as_text(cell: Cell) -> str:
    """Return what a cell shows: blanks trimmed, non-breaking ones made plain, `1024.0` as `1024`."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, str):
        text = cell.replace("\xa0", " ").replace("\u202f", " ").replace("\r\n", "\n").replace("\r", "\n")
        return _CONTROL.sub("", text).strip(" \t\r\n\u200b\ufeff")
    return str(cell)


def unquoted(text: str) -> str:
    """Take off the apostrophe that keeps a text of a csv file from being run as a formula."""
    return text[1:] if text[:1] == "'" and text[1:2] in RISKY else text


def _book(data: bytes) -> list[Sheet]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return [_sheet(book, name) for name in book.sheet_names]
    except UnreadableFile:
        raise
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise UnreadableFile(_("The file is broken. Open it in a spreadsheet program and save it again.")) from error


def _sheet(book: CalamineWorkbook, name: str) -> Sheet:
    sheet = book.get_sheet_by_name(name)
    top, left = sheet.start or (0, 0)
    merged = [
        (first[0] - top, first[1] - left, last[0] - top, last[1] - left)
        for first, last in (sheet.merged_cell_ranges or [])
    ]
    rows = sheet.to_python(skip_empty_area=True)
    if rows and len(rows[0]) > MAX_COLUMNS:
        raise UnreadableFile(_("The sheet is too wide: at most %(limit)d columns.") % {"limit": MAX_COLUMNS})
    return Sheet(name, rows, top, left, merged)


def _text_rows(data: bytes, max_rows: int) -> list[Row]:
    text = _decoded(data)
    if any(ord(mark) < 32 and mark not in "\t\r\n\f" for mark in text[:100_000]):
        raise UnreadableFile(_("This is not a spreadsheet. Save the table as xlsx or csv."))
    lines = text.split("\n", 1)
    if lines[0].lower().startswith("sep=") and len(lines) > 1:
        # A program that saved the line as a row of the table has put marks of its own behind it.
        delimiter, text = lines[0].strip()[4:5] or "\t", lines[1]
    else:
        delimiter = _delimiter(text)
    rows: list[Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            if len(row) > MAX_COLUMNS:
                raise UnreadableFile(_("The sheet is too wide: at most %(limit)d columns.") % {"limit": MAX_COLUMNS})
            rows.append([unquoted(cell) for cell in row])
            if len(rows) > 2 * max_rows:
                raise UnreadableFile(_("The sheet is too long: at most %(limit)d rows.") % {"limit": max_rows})
    except csv.Error as error:
        raise UnreadableFile(_("The file is broken. Open it in a spreadsheet program and save it again.")) from error
    return rows


def _decoded(data: bytes) -> str:
    """Decode by the mark at the beginning, else by what fits: UTF-16 without a mark, UTF-8, then Windows Cyrillic."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    head = data[:4000]
    if head.count(b"\x00") > len(head) // 8:
        zeros_second = head[1::2].count(b"\x00") + head[1::2].count(b"\x04")
        zeros_first = head[::2].count(b"\x00") + head[::2].count(b"\x04")
        return data.decode("utf-16-le" if zeros_second >= zeros_first else "utf-16-be", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1251", errors="replace")


def _delimiter(text: str) -> str:
    """Return the mark that cuts the first rows into the most, and evenest, columns."""
    sample = "".join(text.splitlines(keepends=True)[:60])

    def evenness(delimiter: str) -> tuple[int, int]:
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if row]
        except csv.Error:
            return (0, 0)
        wide = [width for width in widths if width > 1]
        if not wide:
            return (0, 0)
        usual = max(set(wide), key=wide.count)
        return (wide.count(usual), usual)

    return max(DELIMITERS, key=evenness)
