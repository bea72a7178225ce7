"""Decides what an uploaded file is, by its content, and refuses what would cost too much or cannot be a table.

Limits hold while a packed file is inflated, whatever its header claims: a bomb is refused before anything parses it.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from enum import StrEnum
from xml.sax.handler import ContentHandler

from defusedxml.common import DefusedXmlException
from defusedxml.sax import make_parser
from django.utils.translation import gettext as _

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 50_000
MAX_COLUMNS = 200
# A log of events is longer than any catalog, and read by administrators only.
LOG_BYTES = 64 * 1024 * 1024
LOG_ROWS = 500_000
_MAX_INFLATED = 160 * 1024 * 1024
_MAX_MEMBERS = 2000
_MAX_RATIO = 150
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OLD_BOOKS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
_REF = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"')


class FileKind(StrEnum):
    """What a file is by its content."""

    OOXML = "xlsx"
    OLE2 = "xls"
    ODS = "ods"
    TEXT = "csv"


class UnreadableFile(ValueError):
    """The file cannot be read as a table; the text is one sentence for the person."""


def kind_of(data: bytes, *, max_bytes: int = MAX_BYTES, max_rows: int = MAX_ROWS) -> FileKind:
    """Return what `data` is and prove that it is safe to parse. Raises UnreadableFile."""
    if not data.strip():
        raise UnreadableFile(_("The file is empty."))
    if len(data) > max_bytes:
        raise UnreadableFile(_("The file is too large: at most %(limit)d MB.") % {"limit": max_bytes // 2**20})
    if data.startswith(_OLE):
        return _old_book(data)
    if data.startswith(b"PK"):
        return _zipped_book(data, max_rows)
    if data.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"{\\rtf")):
        raise UnreadableFile(_("This is not a spreadsheet. Save the table as xlsx or csv."))
    return FileKind.TEXT


def _old_book(data: bytes) -> FileKind:
    if _ENCRYPTED in data:
        raise UnreadableFile(_("The file is protected by a password. Save it without one."))
    if not any(name in data for name in _OLD_BOOKS):
        raise UnreadableFile(_("This is not a spreadsheet. Save the table as xlsx or csv."))
    return FileKind.OLE2


def _zipped_book(data: bytes, max_rows: int) -> FileKind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > _MAX_MEMBERS:
                raise UnreadableFile(_too_big())
            if any(member.flag_bits & 1 for member in members):
                raise UnreadableFile(_("The file is protected by a password. Save it without one."))
            kind = _zip_kind({member.filename for member in members})
            _inflate(archive, members, kind, len(data), max_rows)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError) as error:
        raise UnreadableFile(_broken()) from error
    except DefusedXmlException as error:
        raise UnreadableFile(_("The file holds entities that a spreadsheet has no use for. It is not read.")) from error
    return kind


def _zip_kind(names: set[str]) -> FileKind:
    if "xl/workbook.xml" in names:
        return FileKind.OOXML
    if "content.xml" in names and "mimetype" in names:
        return FileKind.ODS
    raise UnreadableFile(_("This is not a spreadsheet. Save the table as xlsx or csv."))


def _inflate(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], kind: FileKind, packed: int, max_rows: int
) -> None:
    """Unpack every member to nowhere, counting bytes, and the rows and columns of sheets."""
    total = 0
    for member in members:
        sheet = _SheetSize(member.filename, kind, max_rows)
        with archive.open(member) as stream:
            while chunk := stream.read(256 * 1024):
                total += len(chunk)
                if total > _MAX_INFLATED or total > max(packed, 64 * 1024) * _MAX_RATIO:
                    raise UnreadableFile(_too_big())
                sheet.feed(chunk)
        sheet.close()


class _SheetSize:
    """Counts how far the cells of one sheet reach: a table in memory is as large as its farthest cells."""

    def __init__(self, name: str, kind: FileKind, max_rows: int) -> None:
        self._max_rows = max_rows
        self._count = kind is FileKind.OOXML and re.fullmatch(r"xl/worksheets/[^/]+\.xml", name) is not None
        self._rest = b""
        self._top, self._bottom, self._right = 10**9, 0, 0
        self._ods = _OdsSize(max_rows) if kind is FileKind.ODS and name == "content.xml" else None

    def feed(self, chunk: bytes) -> None:
        if self._ods is not None:
            self._ods.feed(chunk)
        if not self._count:
            return
        text = self._rest + chunk
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise UnreadableFile(_("The file holds entities that a spreadsheet has no use for. It is not read."))
        for found in _REF.finditer(text):
            row = int(found[2])
            self._top, self._bottom = min(self._top, row), max(self._bottom, row)
            self._right = max(self._right, _column(found[1]))
        self._rest = text[-80:]
        _within(self._bottom - self._top, self._right, self._max_rows)

    def close(self) -> None:
        if self._ods is not None:
            self._ods.close()


class _OdsSize(ContentHandler):
    """Counts the rows of an ods file, repetitions included: one element may stand for a million rows."""

    def __init__(self, max_rows: int) -> None:
        super().__init__()
        self._max_rows = max_rows
        self._parser = make_parser()
        self._parser.forbid_dtd = True
        self._parser.setContentHandler(self)
        self._rows, self._pending, self._repeat, self._columns, self._filled = 0, 0, 1, 0, False

    def feed(self, chunk: bytes) -> None:
        self._parser.feed(chunk)

    def close(self) -> None:
        self._parser.close()

    def startElement(self, name: str, attrs: object) -> None:  # noqa: N802 - the name is SAX's
        get = attrs.get  # type: ignore[attr-defined]
        if name == "table:table":
            self._rows = self._pending = 0
        elif name == "table:table-row":
            self._repeat = _number(get("table:number-rows-repeated"))
            self._columns, self._filled = 0, False
        elif name in ("table:table-cell", "table:covered-table-cell"):
            width = _number(get("table:number-columns-repeated"))
            if get("office:value-type"):
                self._filled = True
                _within(0, self._columns + width, self._max_rows)
            self._columns += width

    def endElement(self, name: str) -> None:  # noqa: N802 - the name is SAX's
        if name != "table:table-row":
            return
        self._pending += self._repeat
        if self._filled:
            self._rows += self._pending
            self._pending = 0
            _within(self._rows, 0, self._max_rows)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 1


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _within(rows: int, columns: int, max_rows: int) -> None:
    # A few rows more than the table may have: titles above it are not counted there.
    if rows > max_rows + 100:
        raise UnreadableFile(_("The sheet is too long: at most %(limit)d rows.") % {"limit": max_rows})
    if columns > MAX_COLUMNS:
        raise UnreadableFile(_("The sheet is too wide: at most %(limit)d columns.") % {"limit": MAX_COLUMNS})


def _too_big() -> str:
    return _("The file unpacks to far more than a table needs. It is not read.")


def _broken() -> str:
    return _("The file is broken. Open it in a spreadsheet program and save it again.")
