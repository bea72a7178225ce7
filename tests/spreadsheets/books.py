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


def ods(rows: Rows, repeat: int | str = 1) -> bytes:
    """Return an OpenDocument table; its last row is repeated, and None is a cell without anything."""
    cells = "".join(
        f'<table:table-row table:number-rows-repeated="{repeat if number == len(rows) - 1 else 1}">'
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(str(cell))}</text:p></table:table-cell>'
            if cell is not None
            else "<table:table-cell/>"
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
    return with_member(xlsx([HEAD, ROW]), "xl/worksheets/sheet1.xml", sheet)


def with_member(archive: bytes, name: str, data: bytes) -> bytes:
    """Return a zip archive with one of its members in other words."""
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        return packed({**{member: file.read(member) for member in file.namelist()}, name: data})


def without_addresses(*rows: Sequence[Any], more: str = "") -> bytes:
    """Return a sheet whose rows and cells do not say where they stand, and `more` below them."""
    filled = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{escape(str(cell))}</t></is></c>' for cell in row) + "</row>"
        for row in rows
    )
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{filled}{more}</sheetData></worksheet>'.encode()


def locked_ods() -> bytes:
    """Return an OpenDocument table as a password leaves it: its manifest says so, its content is noise."""
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>'
        "</manifest:manifest>"
    )
    return with_member(
        with_member(ods([HEAD, ROW]), "content.xml", bytes(range(256))), "META-INF/manifest.xml", manifest.encode()
    )


def locked_zip() -> bytes:
    """Return a workbook in an archive whose directory says that its members are encrypted."""
    data = bytearray(xlsx([HEAD, ROW]))
    data[data.find(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def locked_xls(book: bytes) -> bytes:
    """Return an old book in which the record that asks for a password follows its beginning."""
    begin = book.find(b"\x09\x08\x10\x00\x00\x06\x05\x00") + 20
    return book[:begin] + b"\x2f\x00" + book[begin + 2 :]


def wide_xls(book: bytes) -> bytes:
    """Return an old book with the text of its last cell in column 251."""
    cell = book.rfind(b"\xfd\x00\x0a\x00")
    return book[: cell + 6] + b"\xfa\x00" + book[cell + 8 :]


def bare_ods(repeat: int) -> bytes:
    """Return an OpenDocument table whose one row is repeated; its value does not say of which sort it is."""
    typed = ods([("1",)], repeat)
    with zipfile.ZipFile(io.BytesIO(typed)) as archive:
        content = archive.read("content.xml")
    return with_member(typed, "content.xml", content.replace(b'office:value-type="string"', b'office:value="1"'))
