"""Decides how files become a proposal: which tables are read, which columns they have, and what has to be asked first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk.actions import imports
from helpdesk.models import ImportSubject, SpreadsheetImport
from helpdesk.spreadsheets import assembly
from helpdesk.spreadsheets.assembly import Cleaned, Proposed, cleaned
from helpdesk.spreadsheets.catalog import catalog
from helpdesk.spreadsheets.columns import SUBJECTS, Subject
from helpdesk.spreadsheets.compare import Comparison
from helpdesk.spreadsheets.reading import as_text, read_sheets
from helpdesk.spreadsheets.sniffing import MAX_ROWS, UnreadableFile
from helpdesk.spreadsheets.stock import Stock
from helpdesk.spreadsheets.tables import Table, find_tables

_SAMPLES = 3
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Picked:
    """The tables that are read, and what has to be asked when they could not be picked."""

    tables: list[Table]
    question: dict[str, Any]


def read(imported: SpreadsheetImport, progress: Progress | None = None) -> None:
    """Read the files of `imported` and keep what they would change, or the question to ask, or why they cannot be read."""
    subject = SUBJECTS[imported.subject]
    try:
        tables = [table for file in range(imported.files.count()) for table in _tables(imported, subject, file)]
        picked = _pick(tables, subject, imported.choices)
        if picked.question["needed"]:
            imports.propose(imported=imported, changes=[], counts=dict, question=picked.question)
            return
        rows = _rows(picked.tables, subject, progress)
    except UnreadableFile as error:
        imports.fail(imported=imported, trouble=str(error))
        return
    comparison = Comparison(imported.subject, imported.choices.get("limits", {}))
    proposed = _proposed(imported.subject, rows, comparison)
    changes = _belonging(comparison.changes(proposed, rows), imported)
    imports.propose(imported=imported, changes=changes, counts=comparison.counts, question=picked.question)


def _belonging(changes: Iterator[Any], imported: SpreadsheetImport) -> Iterator[Any]:
    for change in changes:
        change.imported = imported
        yield change


def _tables(imported: SpreadsheetImport, subject: Subject, number: int) -> list[Table]:
    file = imported.files.order_by("pk")[number]
    with file.file.open("rb") as stream:
        return find_tables(read_sheets(stream.read(), file.name), subject, number)


def table_id(table: Table) -> str:
    """Return the name by which a choice means a table."""
    return f"{table.file}:{table.header + table.sheet.top}:{table.sheet.name}"


def _pick(tables: list[Table], subject: Subject, choices: dict[str, Any]) -> Picked:
    for table in tables:
        chosen = choices.get("fields", {}).get(table_id(table))
        if chosen is not None:
            table.fields = {name: index for name, index in chosen.items() if name in subject.names}
    wanted = choices.get("tables")
    picked = [table for table in tables if table_id(table) in wanted] if wanted else _fitting(tables, subject)
    why = ""
    if not picked:
        why = _("No table was recognised. Choose the table and say what its columns are.")
    elif len(picked) > 1 and not wanted and not _belong_together(picked):
        why = _("Several tables fit. Choose the one to read.")
    elif not all(_is_enough(table, subject) for table in picked):
        why = _("Say which column holds what; at least the names or codes are needed.")
    return Picked(picked, {"needed": bool(why), "why": why, "tables": [_described(t, picked, subject) for t in tables]})


def _described(table: Table, picked: list[Table], subject: Subject) -> dict[str, Any]:
    below = table.sheet.rows[table.header + 1 : table.header + 1 + _SAMPLES]
    samples = [
        " · ".join(as_text(row[index])[:40] for row in below if index < len(row) and as_text(row[index]))
        for index in range(len(table.headers))
    ]
    return {
        "id": table_id(table), "name": table.name, "chosen": table in picked, "rows": table.last - table.header,
        "headers": table.headers, "samples": samples, "fields": table.fields,
    }  # fmt: skip


def _is_enough(table: Table, subject: Subject) -> bool:
    return all(any(name in table.fields for name in names) for names in subject.needs)


def _fitting(tables: list[Table], subject: Subject) -> list[Table]:
    fit = [table for table in tables if _is_enough(table, subject) and (len(table.fields) > 1 or len(tables) == 1)]
    if subject.name != ImportSubject.CATALOG:
        return fit
    kinds = [table for table in fit if _has_kinds(table)]
    services = [table for table in fit if not _has_kinds(table)]
    if not kinds:
        return services
    named = all({"service", "service_description"} & table.fields.keys() for table in kinds)
    # A table of services beside one of kinds is read with it when the kinds point at services without naming them.
    return [*([] if named else services), *kinds]


def _has_kinds(table: Table) -> bool:
    return bool({"kind", "kind_code"} & table.fields.keys())


def _belong_together(tables: list[Table]) -> bool:
    kinds = [table for table in tables if _has_kinds(table)]
    return len(kinds) == 1 and len(tables) == 2


def _rows(tables: list[Table], subject: Subject, progress: Progress | None) -> list[Cleaned]:
    rows: list[Cleaned] = []
    for table in sorted(tables, key=_has_kinds):
        units = table.units()
        for record in table.records():
            rows.append(cleaned(record, subject, units))
            if len(rows) > MAX_ROWS:
                raise UnreadableFile(_("The table is too long: at most %(limit)d rows.") % {"limit": MAX_ROWS})
            if progress is not None and len(rows) % 1000 == 0:
                progress(len(rows), table.last - table.header)
    if not rows:
        raise UnreadableFile(_("There is a header, but no row below it."))
    return rows


def _proposed(subject: str, rows: list[Cleaned], comparison: Comparison) -> Iterator[Proposed]:
    if subject == ImportSubject.CATALOG:
        return catalog(rows, Stock(comparison.stored["service"], comparison.stored["work_type"]))
    return {
        ImportSubject.LINES: assembly.lines,
        ImportSubject.PEOPLE: assembly.people,
        ImportSubject.CALENDARS: assembly.calendars,
    }[ImportSubject(subject)](rows)


def in_words(counts: dict[str, int]) -> list[str]:
    """Return the counts of a change-set as short phrases, those that are not zero."""

    def new(count: int) -> str:
        return ngettext("%(count)d new", "%(count)d new", count)

    def changed(count: int) -> str:
        return ngettext("%(count)d changed", "%(count)d changed", count)

    def unchanged(count: int) -> str:
        return ngettext("%(count)d unchanged", "%(count)d unchanged", count)

    def missing(count: int) -> str:
        return ngettext("%(count)d missing from the file", "%(count)d missing from the file", count)

    def rejected(count: int) -> str:
        return ngettext("%(count)d row rejected", "%(count)d rows rejected", count)

    words = {"new": new, "changed": changed, "unchanged": unchanged, "missing": missing, "rejected": rejected}
    return [word(counts[name]) % {"count": counts[name]} for name, word in words.items() if counts.get(name)]
