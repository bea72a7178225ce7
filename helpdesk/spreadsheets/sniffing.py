"""Decides what an uploaded file is, by its content, and refuses what would cost too much or cannot be a table.

Limits hold while a packed file is inflated, whatever its header claims: a bomb is refused before anything parses it.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from enum import StrEnum
from xml.parsers.expat import ExpatError, ParserCreate
from xml.sax import SAXException
from xml.sax.handler import ContentHandler

from defusedxml.common import DefusedXmlException
from defusedxml.sax import make_parser
from django.utils.translation import gettext as _

from helpdesk.whole_numbers import whole_number

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
# An old book says right after its beginning that a password keeps the rest.
_FILE_PASS = re.compile(rb"\x09\x08\x10\x00\x00\x06\x05\x00.{12}(?:\x86\x00\x00\x00)?\x2f\x00", re.DOTALL)
_MANIFEST = "META-INF/manifest.xml"
_OLD_BOOKS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
# Where a cell says it stands; the reader takes letters of either case, and any number of noughts.
_ADDRESS = re.compile(r"([A-Za-z]*)([0-9]*)")
_LONGEST_ADDRESS = 20
# The part of a sheet that has its cells. What has none is no sheet, and need not be well-formed: pictures, old drawings.
_CELLS = "sheetData"


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
    if _ENCRYPTED in data or _FILE_PASS.search(data):
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
            if _is_locked(archive, members):
                raise UnreadableFile(_("The file is protected by a password. Save it without one."))
            kind = _zip_kind({member.filename for member in members})
            _inflate(archive, members, kind, len(data), max_rows)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, SAXException) as error:
        raise UnreadableFile(_broken()) from error
    except DefusedXmlException as error:
        raise UnreadableFile(_with_entities()) from error
    return kind


def _is_locked(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> bool:
    """Say whether a password keeps the content: of the archive, of the whole document, or of its parts by its manifest."""
    if any(member.flag_bits & 1 or member.filename == "encrypted-package" for member in members):
        return True
    if not any(member.filename == _MANIFEST for member in members):
        return False
    with archive.open(_MANIFEST) as manifest:
        return b"encryption-data" in manifest.read(64 * 1024)


def _zip_kind(names: set[str]) -> FileKind:
    # What is two books at once would be measured as the one and read as the other.
    books = {"xl/workbook.xml", "xl/workbook.bin", "content.xml"} & names
    if books == {"xl/workbook.xml"}:
        return FileKind.OOXML
    if books == {"content.xml"} and "mimetype" in names:
        return FileKind.ODS
    raise UnreadableFile(_("This is not a spreadsheet. Save the table as xlsx or csv."))


def _inflate(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], kind: FileKind, packed: int, max_rows: int
) -> None:
    """Unpack every member to nowhere, counting bytes, and the rows and columns of sheets."""
    total = 0
    for member in members:
        sheet = _size_of(member.filename, kind, max_rows)
        with archive.open(member) as stream:
            while chunk := stream.read(256 * 1024):
                total += len(chunk)
                if total > _MAX_INFLATED or total > max(packed, 64 * 1024) * _MAX_RATIO:
                    raise UnreadableFile(_too_big())
                sheet.feed(chunk)
        sheet.close()


def _size_of(name: str, kind: FileKind, max_rows: int) -> _SheetSize | _OdsSize | _NoSize:
    """Return what measures a member: of a workbook any may be a sheet, whatever its name."""
    if kind is FileKind.OOXML:
        return _SheetSize(name, max_rows)
    return _OdsSize(max_rows) if name == "content.xml" else _NoSize()


class _NoSize:
    """Measures nothing."""

    def feed(self, chunk: bytes) -> None: ...

    def close(self) -> None: ...


class _SheetSize:
    """Counts how far the cells of one sheet reach: a table in memory is as large as its farthest cells.

    The reader is lenient with XML; what it might read otherwise than the parser here is refused.
    """

    def __init__(self, name: str, max_rows: int) -> None:
        self._max_rows = max_rows
        self._parser = ParserCreate("utf-8")
        self._parser.StartElementHandler = self._start
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._trouble, self._rest = "", b""
        self._is_sheet, self._is_inside = name.startswith("xl/worksheets/"), False
        self._row, self._column = 0, 0
        self._top, self._bottom, self._right = 10**9, 0, 0

    def feed(self, chunk: bytes) -> None:
        text = self._rest + chunk
        self._is_sheet = self._is_sheet or _CELLS.encode() in text
        self._rest = text[-len(_CELLS) :]
        self._parse(chunk)

    def close(self) -> None:
        self._parse(b"", is_last=True)

    def _parse(self, chunk: bytes, *, is_last: bool = False) -> None:
        try:
            if not self._trouble:
                self._parser.Parse(chunk, is_last)
        except ExpatError:
            self._trouble = self._trouble or _broken()
        if self._trouble and self._is_sheet:
            raise UnreadableFile(self._trouble)

    def _doctype(self, *_said: object) -> None:
        self._trouble = _with_entities()
        raise ExpatError

    def _start(self, name: str, said: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == _CELLS:
            self._is_inside = True
        elif tag == "row" and self._is_inside:
            _letters, number = _place(said.get("r", ""))
            self._row, self._column = int(number) if number else self._row + 1, 0
        elif tag == "c" and self._is_inside:
            letters, number = _place(said.get("r", ""))
            self._measure(int(number) if number else self._row, _column(letters) if letters else self._column + 1)

    def _measure(self, row: int, column: int) -> None:
        self._column = column
        self._top, self._bottom = min(self._top, row), max(self._bottom, row)
        self._right = max(self._right, column)
        _within(self._bottom - self._top, self._right, self._max_rows)


def _place(address: str) -> tuple[str, str]:
    found = _ADDRESS.fullmatch(address)
    if found is None or len(address) > _LONGEST_ADDRESS:
        raise UnreadableFile(_broken())
    return found[1], found[2]


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
            # Whatever an office says of a cell, its value without the sort of it too, is taken for a filled one.
            if any(key.startswith("office:") for key in attrs.getNames()):  # type: ignore[attr-defined]
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
    number = 1 if text is None else whole_number(text)
    if number is None:
        raise UnreadableFile(_broken())
    return number


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _within(rows: int, columns: int, max_rows: int) -> None:
    # A few rows more than the table may have: titles above it are not counted there.
    if rows > max_rows + 100:
        raise UnreadableFile(_("The sheet is too long: at most %(limit)d rows.") % {"limit": max_rows})
    if columns > MAX_COLUMNS:
        raise UnreadableFile(_("The sheet is too wide: at most %(limit)d columns.") % {"limit": MAX_COLUMNS})


def _too_big() -> str:
    return _("The file unpacks to far more than a table needs. It is not read.")


def _with_entities() -> str:
    return _("The file holds entities that a spreadsheet has no use for. It is not read.")


def _broken() -> str:
    return _("The file is broken. Open it in a spreadsheet program and save it again.")
