"""A file is what its bytes say; a table is found wherever it stands; what is broken or far too big gets one sentence."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from django.utils import translation

from helpdesk.models import ColumnChoice, ImportState
from helpdesk.spreadsheets import intake
from helpdesk.spreadsheets.reading import read_sheets
from helpdesk.spreadsheets.sniffing import UnreadableFile
from tests.spreadsheets.books import (
    HEAD,
    ROW,
    bare_ods,
    locked_ods,
    locked_xls,
    locked_zip,
    ods,
    packed,
    text,
    wide_xls,
    with_member,
    with_sheet,
    without_addresses,
    xlsx,
)
from tests.spreadsheets.conftest import Bring, faults

DATA = Path(__file__).resolve().parent.parent / "data"
TITLE = ("Каталог услуг 2026", *[None] * 5)
BLANK = (None,) * 6
NESTED = (("Код", "Название", "Время реакции", "Срок"), ("A", "Уборка", "", ""), ("A.1", "Полы", "1 ч", "1 д"),
          ("A.10", "Окна", "1 ч", "2 д"), ("A.2", "Стены", "1 ч", "3 д"))  # fmt: skip
SERVICES = (("id", "name"), (7, "Почта"), (8, "Печать"))
KINDS = (
    ("service id", "name", "reaction time", "resolution time"),
    (7, "Новый ящик", "1 h", "4 h"),
    (8, "Картридж", "2 h", "1bd"),
)
FORMULA = with_sheet(
    b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
     b'<row r="1">' + b"".join(
        f'<c r="{chr(65 + n)}1" t="inlineStr"><is><t>{head}</t></is></c>'.encode() for n, head in enumerate(HEAD)
    ) + b'</row><row r="2"><c r="A2" t="str"><f>"I"&amp;"T"</f><v>IT</v></c>' + b"".join(
        f'<c r="{chr(65 + n)}2" t="inlineStr"><is><t>{cell}</t></is></c>'.encode() for n, cell in list(enumerate(ROW))[1:]
    ) + b"</row></sheetData></worksheet>"
)  # fmt: skip

GOOD = {
    "plain": ([xlsx([HEAD, ROW])], 2),
    "offset by rows and columns": ([xlsx([HEAD, ROW], top=7, left=3)], 2),
    "title lines above": ([xlsx([TITLE, BLANK, ("утверждён", *[None] * 5), HEAD, ROW])], 2),
    "blank rows between": ([xlsx([HEAD, BLANK, ROW, BLANK, BLANK])], 2),
    "merged service": ([xlsx([HEAD, ROW, (None, None, "IT.2", "Мышь", "1 ч", "1 д")], merge=["A2:A3", "B2:B3"])], 3),
    "service named once": ([text([HEAD, ROW, ("", "", "IT.2", "Мышь", "1 ч", "1 д")])], 3),
    "two sheets, one fits": ([xlsx([("о файле",), ("v1",)], [HEAD, ROW], names=["Инфо", "Каталог"])], 2),
    "two related sheets": ([xlsx(SERVICES, KINDS, names=["Services", "Kinds"])], 4),
    "two related files": ([text(KINDS, ","), text(SERVICES, ",")], 4),
    "nested codes": ([xlsx(NESTED)], 4),
    "ods": ([ods([HEAD, ROW])], 2),
    "csv with semicolons": ([text([HEAD, ROW])], 2),
    "csv with commas": ([text([HEAD, ROW], ",")], 2),
    "csv with tabs": ([text([HEAD, ROW], "\t")], 2),
    "utf-8 with a mark": ([text([HEAD, ROW], encoding="utf-8-sig")], 2),
    "cp1251": ([text([HEAD, ROW], encoding="cp1251")], 2),
    "utf-16 with a mark": ([text([HEAD, ROW], encoding="utf-16")], 2),
    "utf-16 without a mark": ([text([HEAD, ROW], encoding="utf-16-le")], 2),
    "numbers as text, text as numbers": ([xlsx([HEAD, (7, "Почта", 7.1, 2026, "0,5 ч", "1 д")])], 2),
    "no-break and trailing blanks": ([xlsx([HEAD, tuple(f"\u00a0{cell} \u00a0" for cell in ROW)])], 2),
    "quoted line breaks": ([text([HEAD, ("IT", '"Рабочее\nместо"', *ROW[2:])])], 2),
    "formula with a value": ([FORMULA], 2),
    "unit in the header": ([xlsx([(*HEAD[:4], "Время реакции, ч", "Срок, раб. дн."), (*ROW[:4], 4, 5)])], 2),
    "english headers in any order": ([xlsx([("Resolution time", "Kind of work", "Service", "Response time"), ("2 days", "New", "Mail", "1h")])], 1),
    "numbers of two sorts join": ([xlsx(SERVICES, [KINDS[0], (7.0, *KINDS[1][1:]), ("8", *KINDS[2][1:])])], 4),
    "merged titles and other cells": ([xlsx([TITLE, (*HEAD, "Заметка"), (*ROW, "к двум"), ("IT", "Рабочее место", "IT.2", "Мышь", "1 ч", "1 д")],
                                            merge=["A1:F1", "G3:G4"])], 3),
    "a date above": ([xlsx([("от", date(2026, 1, 1)), HEAD, ROW])], 2),
    "empty rows and cells of an ods": ([ods([HEAD, BLANK, ROW, ("IT", None, "IT.2", "Мышь", "1 ч", "1 д"), BLANK], repeat=5)], 3),
    "csv that says its mark": ([b"sep=|\r\n" + text([HEAD, (*ROW[:3], "Новый; с сумкой", *ROW[4:])], "|")], 2),
    "csv whose mark was saved as a row": ([b"sep=;;;;;;\r\n" + text([HEAD, ROW])], 2),
    "csv that says tabs": ([b"sep=\t\r\n" + text([HEAD, ROW], "\t")], 2),
    "narrow blanks alone": ([xlsx([HEAD, ROW, ("\u202f",) * 6])], 2),
    "cells without addresses": ([with_sheet(without_addresses(HEAD, ROW))], 2),
    "an empty row at the end of all rows": ([with_sheet(without_addresses(HEAD, ROW, more='<row r="1048576" ht="12"/>'))], 2),
    "something inside that is no text": ([with_member(xlsx([HEAD, ROW]), "xl/media/1.bin", b"<" + bytes(1_100_000))], 2),
    "a row of another sort inside": ([with_member(xlsx([HEAD, ROW]), "xl/drawings/one.xml", b'<d><row r="first"/><c r="XFD1"/></d>')], 2),
    "BIFF8": ([(DATA / "catalog.xls").read_bytes()], 2),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_a_table_is_read(bring: Bring, name: str) -> None:
    files, new = GOOD[name]
    imported = bring(*files)

    assert (imported.state, imported.trouble, faults(imported)) == (ImportState.PREVIEW, "", [])
    assert imported.counts["new"] == new


def test_what_was_read_is_what_was_written(bring: Bring) -> None:
    imported = bring(GOOD["merged service"][0][0])

    kinds = imported.changes.filter(entity="work_type", outcome="new").order_by("pk")
    assert [change.after for change in kinds] == [
        {"service": "IT", "code": "IT.1", "name": "Новый ноутбук", "kind": "request", "priority": 3, "line": None,
         "reaction_limit": "4h", "execution_limit": "5bd", "description": "", "is_active": True},
        {"service": "IT", "code": "IT.2", "name": "Мышь", "kind": "request", "priority": 3, "line": None,
         "reaction_limit": "1h", "execution_limit": "1d", "description": "", "is_active": True},
    ]  # fmt: skip


BROKEN = "The file is broken. Open it in a spreadsheet program and save it again."
LOCKED = "The file is protected by a password. Save it without one."
BAD = {
    "nothing": (b"", "The file is empty."),
    "blanks": (b" \r\n ", "The file is empty."),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "This is not a spreadsheet. Save the table as xlsx or csv."),
    "a pdf called xlsx": (b"%PDF-1.7\n", "This is not a spreadsheet. Save the table as xlsx or csv."),
    "bytes": (bytes(range(32)) * 50, "This is not a spreadsheet. Save the table as xlsx or csv."),
    "a zip of something": (packed({"a.txt": b"a"}), "This is not a spreadsheet. Save the table as xlsx or csv."),
    "broken zip": (xlsx([HEAD, ROW])[:-400], "The file is broken. Open it in a spreadsheet program and save it again."),
    "broken sheet": (with_sheet(b"<worksheet"), "The file is broken. Open it in a spreadsheet program and save it again."),
    "ole2 without a book": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, "This is not a spreadsheet. Save the table as xlsx or csv."),
    "protected by a password": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
                                "The file is protected by a password. Save it without one."),
    "an old book with a password": (locked_xls((DATA / "catalog.xls").read_bytes()), LOCKED),
    "an archive with a password": (locked_zip(), LOCKED),
    "an ods with a password": (locked_ods(), LOCKED),
    "an ods packed with a password": (packed({"mimetype": b"", "encrypted-package": b"?"}), LOCKED),
    "a repeated row whose values have no sort": (
        bare_ods(1_000_000), "The sheet is too long: at most 50000 rows."),
    "broken ods": (with_member(ods([HEAD, ROW]), "content.xml", b"<office:"), BROKEN),
    "a csv with an endless cell": (b"a;b\r\n" + b"c" * 140_000 + b";d", BROKEN),
    "an endless csv with a mark": (b"sep=;\r\n" + b"c" * 140_000 + b";d", BROKEN),
    "thousands of parts": (packed({str(number): b"" for number in range(2001)}), "The file unpacks to far more than a table needs. It is not read."),
    "a bomb": (with_sheet(b"<worksheet><sheetData>" + b" " * 40_000_000), "The file unpacks to far more than a table needs. It is not read."),
    "a far cell": (with_sheet(b'<worksheet><sheetData><row r="1"><c r="A1"/></row><row r="1048576"><c r="A1048576"/></row>'),
                   "The sheet is too long: at most 50000 rows."),
    "a far cell in other words": (with_sheet(b"<worksheet><sheetData><row><c r='A1'/></row><row><c s = '1'\n r = 'a1048576'/>"),
                                  "The sheet is too long: at most 50000 rows."),
    "a far cell behind a sign that XML forbids": (with_sheet(b'<worksheet><sheetData><row r="1"><c a="<" r="A1048576"/>'), BROKEN),
    "a far cell behind noughts": (with_sheet(b'<worksheet><sheetData><row r="1"><c r="A1"/><c r="A0000001048576"/>'),
                                  "The sheet is too long: at most 50000 rows."),
    "a far cell with four letters": (with_sheet(b'<worksheet><sheetData><row r="1"><c r="AAAA1"/>'), "The sheet is too wide: at most 200 columns."),
    "a far cell behind a name in other letters": (with_sheet('<worksheet><sheetData><row><c r="A1"/><c é="1" r="A1048576"/>'.encode()),
                                                  "The sheet is too long: at most 50000 rows."),
    "attributes without a blank between": (with_sheet(b'<worksheet><sheetData><row><c a="1"r="A1048576"/>'), BROKEN),
    "an address that is none": (with_sheet(b'<worksheet><sheetData><row><c r="$A$1"/>'), BROKEN),
    "words before a sheet": (with_sheet(b'words<worksheet><sheetData><row><c r="A1048576"/>'), BROKEN),
    "entities in a sheet": (with_sheet(b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet><sheetData>&a;</sheetData></worksheet>'),
                            "The file holds entities that a spreadsheet has no use for. It is not read."),
    "a row repeated so often behind noughts": (ods([("1",)], "0000001000000"), "The sheet is too long: at most 50000 rows."),
    "a row repeated a number that is none": (ods([("1",)], "+1000000"), BROKEN),
    "a far cell under another name": (with_member(xlsx([HEAD]), "xl/one.bin", b'<x><sheetData><row><c r="A1"/><c r="A1048576"/>'),
                                      "The sheet is too long: at most 50000 rows."),
    "a far row": (with_sheet(b'<worksheet><sheetData><row r="1"><c/></row><row r="1048576"><c/>'), "The sheet is too long: at most 50000 rows."),
    "an endless tag": (with_sheet(b"<worksheet><sheetData><row><c " + b" " * 1_100_000), BROKEN),
    "two books at once": (with_member(ods([HEAD, ROW]), "xl/workbook.xml", b"<workbook/>"), "This is not a spreadsheet. Save the table as xlsx or csv."),
    "a wide sheet": (with_sheet(b'<worksheet><sheetData><row r="1"><c r="XFD1"/></row>'), "The sheet is too wide: at most 200 columns."),
    "a wide sheet without addresses": (with_sheet(without_addresses(["a"] * 201)), "The sheet is too wide: at most 200 columns."),
    "a wide old book": (wide_xls((DATA / "catalog.xls").read_bytes()), "The sheet is too wide: at most 200 columns."),
    "a wide csv": (b";".join([b"a"] * 201), "The sheet is too wide: at most 200 columns."),
    "a repeated row": (ods([HEAD, ROW], repeat=1_000_000), "The sheet is too long: at most 50000 rows."),
    "entities": (with_sheet(b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'),
                 "The file holds entities that a spreadsheet has no use for. It is not read."),
    "entities in an ods": (with_member(ods([HEAD, ROW]), "content.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
                           "The file holds entities that a spreadsheet has no use for. It is not read."),
    "empty sheets": (xlsx([], []), "The file has no filled cells."),
    "only a header": (xlsx([HEAD]), "There is a header, but no row below it."),
    "too large": (b"a" * (10 * 1024 * 1024 + 1), "The file is too large: at most 10 MB."),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_gets_one_sentence(bring: Bring, name: str) -> None:
    data, sentence = BAD[name]
    imported = bring(data)

    assert (imported.state, imported.trouble, imported.changes.count()) == (ImportState.FAILED, sentence, 0)


def test_a_text_table_may_be_no_longer_than_its_limit(bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    assert intake.MAX_ROWS == 50_000
    monkeypatch.setattr(intake, "MAX_ROWS", 50)
    rows = [HEAD, *(("S", "Service", f"K{n}", f"Kind {n}", "1 ч", "1 д") for n in range(51))]

    assert bring(text(rows)).trouble == "The table is too long: at most 50 rows."
    assert bring(text(rows[:-1])).trouble == ""


@pytest.mark.parametrize("rows", [["a;b"] * 251, ["a;b", *[""] * 300]])
def test_a_sheet_is_no_longer_than_its_reader_takes(rows: list[str]) -> None:
    data = "\n".join([*rows, "c;d"]).encode()
    with translation.override("en"), pytest.raises(UnreadableFile, match=r"too long: at most 150 rows\."):
        read_sheets(data, max_rows=150)

    assert len(read_sheets(data, max_rows=200)[0].rows) == len(rows) + 1


def test_a_header_is_looked_for_near_the_top_only(bring: Bring) -> None:
    imported = bring(xlsx([("слово", "дело")] * 41 + [HEAD, ROW]))

    assert (imported.state, imported.changes.count()) == (ImportState.QUESTION, 0)
    assert [table["rows"] for table in imported.question["tables"]] == [42]


def test_a_chosen_table_needs_names_or_codes(bring: Bring) -> None:
    data = xlsx([("Когда", "Срок"), ("1 ч", "1 д")])
    (table,) = bring(data).question["tables"]
    asked = bring(data, tables=[table["id"]], fields={table["id"]: {"reaction_limit": 0, "execution_limit": 1}})

    assert (asked.state, asked.changes.count()) == (ImportState.QUESTION, 0)
    assert asked.question["why"] == "Say which column holds what; at least the names or codes are needed."


def test_a_column_of_former_days_is_not_remembered(bring: Bring) -> None:
    """A field may have gone from the product since somebody chose it for a header."""
    ColumnChoice.objects.create(subject="catalog", header="вид работ", field="colour")
    imported = bring(xlsx([HEAD, ROW]))

    assert (imported.state, imported.counts["new"]) == (ImportState.PREVIEW, 2)
    assert imported.question["tables"][0]["fields"]["kind"] == 3


def test_two_tables_that_fit_are_asked_about(bring: Bring) -> None:
    other = ("HR", "Кадры", "HR.1", "Справка", "1 ч", "1 д")
    data = xlsx([HEAD, ROW, BLANK, HEAD, other])
    imported = bring(data)
    first, second = (table["id"] for table in imported.question["tables"])

    assert (imported.state, imported.question["why"]) == (
        ImportState.QUESTION, "Several tables fit. Choose the one to read."
    )  # fmt: skip
    chosen = bring(data, tables=[second])
    assert list(chosen.changes.filter(entity="work_type", outcome="new").values_list("label", flat=True)) == [
        "HR.1 Справка"
    ]
    assert first != second


def test_columns_that_nobody_knows_are_asked_about_and_remembered(bring: Bring, desk) -> None:
    from helpdesk.actions import imports

    data = xlsx([("Шифр позиции", "Чем занимаемся", "Когда начнём", "Когда закончим"), ("X1", "Мышь", "1 ч", "1 д")])
    asked = bring(data)
    assert asked.state == ImportState.QUESTION
    (table,) = asked.question["tables"]
    fields = {"kind": 1, "service_code": 0, "reaction_limit": 2, "execution_limit": 3, "service": 1}
    remember = [("шифр позиции", "service_code"), ("чем занимаемся", "kind"), ("чем занимаемся", "service"),
                ("когда начнем", "reaction_limit"), ("когда закончим", "execution_limit")]  # fmt: skip

    imports.choose(
        actor=desk.katya,
        imported=asked,
        choices={"tables": [table["id"]], "fields": {table["id"]: fields}},
        remember=remember,
    )
    again = bring(data)

    assert (again.state, again.counts["new"]) == (ImportState.PREVIEW, 2)


def test_entities_are_never_resolved() -> None:
    with translation.override("en"), pytest.raises(UnreadableFile):
        read_sheets(with_sheet(b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>'))


def test_the_reader_of_sheets_survives_cut_files() -> None:
    whole = xlsx([HEAD, ROW])
    with translation.override("en"):
        for length in range(0, len(whole) - 1, 97):
            with pytest.raises(UnreadableFile):
                read_sheets(io.BytesIO(whole).read(length))
