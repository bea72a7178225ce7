"""Decides what is kept of a file for the page that names its columns, so that the page never reads the file itself.

A short file is read while its page waits, a long one in the background. Kept are the headers, and of each column that may
hold statuses the words with how often each stands there; whatever else the file says comes with the preview.
"""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from helpdesk.cases import rows
from helpdesk.cases.mapping import CaseMapping, guess
from helpdesk.models import CaseImport
from helpdesk.spreadsheets.columns import plain_header
from helpdesk.spreadsheets.reading import Sheet, as_text, is_blank

# A longer file would keep the page waiting; the background looks at it. A packed one is as long as what it unpacks to.
LONG_BYTES = 256 * 1024
LONG_UNPACKED = 2 * 1024 * 1024
LONG_ROWS = 2000
# A column with more different words holds no statuses; the words of the others are kept up to as many in all.
MOST_VALUES = 1000
MOST_WORDS = 200
MOST_KEPT = 2000
LONGEST_WORD = 200


@dataclass(frozen=True)
class Look:
    """The headers, the words for statuses with how often each stands there, and the mapping that fits."""

    headers: list[str]
    words: list[tuple[str, int]]
    mapping: CaseMapping


def is_short(imported: CaseImport) -> bool:
    """Say whether the file of `imported` is read in a moment: by its rows once they are known, else by its bytes."""
    if imported.contents:
        return bool(imported.contents["rows"] <= LONG_ROWS)
    if imported.size > LONG_BYTES:
        return False
    with imported.file.open("rb") as file:
        try:
            with zipfile.ZipFile(file) as packed:
                return sum(member.file_size for member in packed.infolist()) <= LONG_UNPACKED
        except zipfile.BadZipFile:
            return True


def contents(imported: CaseImport) -> dict[str, Any]:
    """Return what is to be kept of the file of `imported`: `headers`, how many `rows`, and the `words` of its columns.

    Words stand as (word, how often), the most frequent first, under the place of their column. Raises UnreadableFile.
    """
    with imported.file.open("rb") as file:
        sheet = rows.sheet_of(file.read())
    headers = rows.headers_of(sheet)
    counted = _counted(sheet, len(headers))
    kept: dict[str, list[tuple[str, int]]] = {}
    room = MOST_KEPT
    for place, words in sorted(counted.items(), key=lambda each: len(each[1])):
        if room > 0:
            kept[str(place)] = words.most_common(min(room, MOST_WORDS))
            room -= len(kept[str(place)])
    return {"headers": headers, "rows": len(sheet.rows), "words": kept}


def _counted(sheet: Sheet, width: int) -> dict[int, Counter[str]]:
    """Return the different texts below the headers of each column that has not too many of them."""
    begin = next(number for number, row in enumerate(sheet.rows) if any(not is_blank(cell) for cell in row)) + 1
    cells: dict[int, Counter[Any]] = {place: Counter() for place in range(width)}
    for row in sheet.rows[begin:]:
        for place in [place for place in cells if place < len(row)]:
            cells[place][row[place]] += 1
            if len(cells[place]) > MOST_VALUES:
                del cells[place]
    return {place: _as_texts(counted) for place, counted in cells.items()}


def _as_texts(cells: Counter[Any]) -> Counter[str]:
    found: Counter[str] = Counter()
    for cell, count in cells.items():
        text = " ".join(as_text(cell).split())
        if len(text) <= LONGEST_WORD:
            found[text] += count
    return found


def look(imported: CaseImport, columns: Mapping[str, str]) -> Look:
    """Return what is known of the file of `imported`; `columns` are those a person has just chosen. Nothing is read."""
    headers: list[str] = imported.contents["headers"]
    mapping = _fitting(imported, headers)
    chosen = {name: header for name, header in columns.items() if header in headers} if columns else mapping.columns
    found = Counter(_words(imported.contents, chosen, mapping))
    # What the preview has met beyond the words that are kept.
    for word, count in imported.preview.get("unmapped", {}).items():
        found[word] = max(found[word], count)
    return Look(headers, found.most_common(), mapping)


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


def _words(contents: dict[str, Any], columns: Mapping[str, str], mapping: CaseMapping) -> dict[str, int]:
    """Return the words of the column of statuses; where it leaves rows empty, those of the column of activities too."""
    plain = [plain_header(header) for header in contents["headers"]]
    unknown = {mark.casefold() for mark in mapping.unknown}
    found: Counter[str] = Counter()
    for name in ("status", "activity"):
        header = plain_header(columns.get(name, ""))
        place = str(plain.index(header)) if header and header in plain else ""
        words: list[tuple[str, int]] = contents["words"].get(place, [])
        told = {word: count for word, count in words if word.casefold() not in unknown}
        found.update(told)
        if told and len(told) == len(words):
            break
    return dict(found)
