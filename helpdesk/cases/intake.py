"""Decides what is shown of a file before it is brought in: its headers, its words for statuses, the mapping to begin with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from helpdesk.cases import rows
from helpdesk.cases.cells import Cells
from helpdesk.cases.mapping import CaseMapping, guess
from helpdesk.models import CaseImport
from helpdesk.spreadsheets.columns import plain_header
from helpdesk.spreadsheets.reading import Sheet
from helpdesk.spreadsheets.sniffing import UnreadableFile

# A longer file would keep the page waiting; the background looks at it.
LONG_BYTES = 256 * 1024
MOST_WORDS = 60


@dataclass(frozen=True)
class Look:
    """The headers, the words for statuses with how often each stands there, and the mapping that fits."""

    headers: list[str]
    words: list[tuple[str, int]]
    mapping: CaseMapping


def look(imported: CaseImport, columns: Mapping[str, str]) -> Look:
    """Return what the file of `imported` shows; `columns` are those a person has just chosen. Raises UnreadableFile."""
    if not imported.file:
        raise UnreadableFile(_("The file is gone: it named a person whose data was erased. Bring it in again."))
    with imported.file.open("rb") as file:
        sheet = rows.sheet_of(file.read())
    headers = rows.headers_of(sheet)
    mapping = _fitting(imported, headers)
    chosen = {name: header for name, header in columns.items() if header in headers} if columns else mapping.columns
    return Look(headers, _words(sheet, headers, chosen, mapping), mapping)


def _fitting(imported: CaseImport, headers: list[str]) -> CaseMapping:
    """Return the mapping kept with the import, which is the last one used, when the file has its columns; else a guess."""
    name = imported.name.rsplit(".", 1)[0]
    if not imported.mapping:
        return guess(headers, name)
    kept = CaseMapping(**imported.mapping)
    plain = {plain_header(header) for header in headers}
    if all(plain_header(header) in plain for header in kept.columns.values()):
        return kept
    guessed = guess(headers, name)
    guessed.zone = kept.zone
    return guessed


def _words(sheet: Sheet, headers: list[str], columns: Mapping[str, str], mapping: CaseMapping) -> list[tuple[str, int]]:
    plain = [plain_header(header) for header in headers]
    places = [plain.index(plain_header(columns[name])) for name in ("status", "activity")
              if columns.get(name) and plain_header(columns[name]) in plain]  # fmt: skip
    cells = Cells(mapping.unknown, day_first=mapping.day_first)
    counted: Counter[str] = Counter()
    for row in sheet.rows[1:]:
        found = (cells.text(row[place]) for place in places if place < len(row))
        if word := next((text for text in found if text), ""):
            counted[word] += 1
    counted.pop(next((headers[place] for place in places), ""), None)
    return counted.most_common(MOST_WORDS)
