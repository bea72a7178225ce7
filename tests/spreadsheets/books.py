"""Spreadsheets of every sort, made by the tests themselves: workbooks, texts, and files that only pretend."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook

HEAD = ("Код сервиса", "Сервис", "Код вида работ", "Вид работ", "Время реакции", "Срок выполнения")
ROW = ("IT", "Рабочее место", "IT.1", "Новый ноутбук", "4 ч", "5 раб. дней")
Rows = Sequence[Sequence[Any]]


def xlsx(*sheets: Rows, names: Sequence[str] = (), top: int = 0, left: int = 0, merge: Sequence[str] = ()) -> bytes:
    """Return a workbook; each sheet begins below `top` empty rows and right of `left` empty columns."""
    book = Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(names[number] if names else f"Sheet{number + 1}")
        for index, row in enumerate(rows, start=top + 1):
            for column, value in enumerate(row, start=left + 1):
                if value is not None:
                    sheet.cell(index, column, value)
        for area in merge:
            sheet.merge_cells(area)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def text(rows: Rows, delimiter: str = ";", encoding: str = "utf-8") -> bytes:
    """Return a text table."""
    return "\r\n".join(delimiter.join(str(cell) for cell in row) for row in rows).encode(encoding)


def ods(rows: Rows, repeat: int = 1) -> bytes:
    """Return an OpenDocument table; its last row is repeated."""
    cells = "".join(
        f'<table:table-row table:number-rows-repeated="{repeat if number == len(rows) - 1 else 1}">'
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(str(cell))}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for number, row in enumerate(rows)
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="One">{cells}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/" '
        'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
    )
    return packed({
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": content.encode(),
        "META-INF/manifest.xml": manifest.encode(),
    })  # fmt: skip


def packed(members: dict[str, bytes]) -> bytes:
    """Return a zip archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def with_sheet(sheet: bytes) -> bytes:
    """Return a workbook whose only sheet has these bytes."""
    members = {}
    with zipfile.ZipFile(io.BytesIO(xlsx([HEAD, ROW]))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/worksheets/sheet1.xml"] = sheet
    return packed(members)
