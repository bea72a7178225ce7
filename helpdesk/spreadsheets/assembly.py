"""Decides what a record of a table proposes: rows of the desk with plain values, or the reasons why it proposes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from sys import intern
from typing import Any

from django.utils.translation import gettext as _

from helpdesk.spreadsheets.columns import Column, Subject
from helpdesk.spreadsheets.durations import NotADuration
from helpdesk.spreadsheets.reading import as_text
from helpdesk.spreadsheets.tables import Record
from helpdesk.spreadsheets.widgets import LimitWidget, Remarked
from helpdesk.worktime import Unit


@dataclass(slots=True)
class Fault:
    """Why a row is rejected: the address of the cell, what was read there, the reason, and a right value where one helps."""

    address: str
    read: str
    reason: str
    example: str = ""

    def as_json(self) -> dict[str, str]:
        return {"address": self.address, "read": self.read, "reason": self.reason, "example": self.example}


@dataclass(slots=True)
class Cleaned:
    """A record whose cells have been read: plain values by column, faults, and remarks for the preview."""

    record: Record
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def reject(self, name: str, reason: str, example: str = "") -> None:
        """Add a fault of the cell of the column `name`."""
        read = as_text(self.record.cells.get(name))
        self.faults.append(Fault(self.record.address(name), read[:200], reason, example))


def cleaned(record: Record, subject: Subject, units: dict[str, Unit | None]) -> Cleaned:
    """Return `record` with every filled cell read by the widget of its column."""
    found = Cleaned(record)
    for name in record.table.fields:
        if record.has(name):
            _clean(found, subject.column(name), units.get(name))
        else:
            found.values[name] = None
    if not found.faults:
        record.cells = found.values
    return found


def _clean(found: Cleaned, column: Column, unit: Unit | None) -> None:
    options = {"unit": unit} if isinstance(column.widget, LimitWidget) else {}
    try:
        value = column.widget.clean(found.record.cells[column.name], None, **options)
    except (NotADuration, ValueError) as error:
        found.reject(column.name, str(error), str(getattr(column.widget, "example", "")))
        return
    if isinstance(value, Remarked):
        found.remarks.append(f"{found.record.address(column.name)}: {value.remark}")
        value = str(value)
    found.values[column.name] = intern(value) if type(value) is str and len(value) < 24 else value


@dataclass(slots=True)
class Proposed:
    """A row of the desk that a record speaks of: the sort of row, how it is called, and the columns it gives."""

    entity: str
    label: str
    values: dict[str, Any]
    source: Cleaned
    key_name: str = ""


def lines(rows: list[Cleaned]) -> Iterator[Proposed]:
    """Yield lines and the members named with them."""
    given = Once()
    for row in rows:
        name = _required(row, "line")
        if not name:
            continue
        values = renamed(row.values, {"description": "description", "calendar": "calendar", "active": "is_active"})
        if given.first("line", name, values, row):
            yield Proposed("line", name, {"name": name, **values}, row)
        if row.values.get("login"):
            login = row.values["login"]
            role = renamed(row.values, {"role": "role"})
            yield Proposed("membership", f"{name} · {login}", {"line": name, "person": login, **role}, row)


def people(rows: list[Cleaned]) -> Iterator[Proposed]:
    """Yield accounts, found by their logins."""
    names = {"first_name": "first_name", "last_name": "last_name", "email": "email", "department": "department",
             "phone": "phone", "active": "is_active"}  # fmt: skip
    for row in rows:
        login = _required(row, "login")
        if login:
            yield Proposed("person", login, {"username": login, **renamed(row.values, names)}, row)


def calendars(rows: list[Cleaned]) -> Iterator[Proposed]:
    """Yield calendars, their weekly hours and their dated exceptions."""
    given = Once()
    for row in rows:
        name = _required(row, "calendar")
        if not name:
            continue
        values = renamed(row.values, {"zone": "time_zone", "around": "always_open"})
        if given.first("calendar", name, values, row):
            yield Proposed("calendar", name, {"name": name, **values}, row)
        yield from _hours(name, row)


def _hours(name: str, row: Cleaned) -> Iterator[Proposed]:
    values = row.values
    start, end = values.get("start"), values.get("end")
    if (start is None) != (end is None) or (start is not None and start >= end):
        row.reject("end", _("The end must come after the beginning."), "18:00")
    elif values.get("date"):
        note = renamed(values, {"note": "note"})
        given = {"calendar": name, "date": values["date"], "start": start, "end": end, **note}
        yield Proposed("exception", f"{name} · {values['date']}", given, row)
    elif values.get("weekday") is not None:
        if start is None:
            row.reject("start", _("Working hours need a beginning and an end."), "9:00")
            return
        given = {"calendar": name, "weekday": values["weekday"], "start": start, "end": end}
        yield Proposed("interval", f"{name} · {values['weekday'] + 1}", given, row)


def _required(row: Cleaned, name: str) -> str:
    value: str = row.values.get(name) or ""
    if not value and not any(fault.address == row.record.address(name) for fault in row.faults):
        row.reject(name, _("This must not be empty."))
    return value


def renamed(values: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """Return the columns the table has, under the names of the row; an empty cell of a text empties the text."""
    found = {}
    for column, name in names.items():
        if column not in values:
            continue
        value = values[column]
        if value is None and name in ("is_active", "role", "time_zone", "always_open"):
            continue
        found[name] = "" if value is None else value
    return found


class Once:
    """Remembers what a table said of a thing that stands in several of its rows."""

    def __init__(self) -> None:
        self._said: dict[tuple[str, str], tuple[dict[str, Any], Cleaned]] = {}

    def first(self, entity: str, name: str, values: dict[str, Any], row: Cleaned) -> bool:
        """Say whether this is the first row that speaks of `name`; reject a later one that says something else.

        A cell left empty in a later row says nothing.
        """
        known = self._said.setdefault((entity, name.casefold()), (values, row))
        if known[1] is row:
            return True
        differs = [key for key, value in values.items() if value not in ("", known[0].get(key))]
        if differs:
            text = _("Row %(row)d says something else of “%(name)s”.")
            row.faults.append(Fault(str(row.record.row), name, text % {"row": known[1].record.row, "name": name}))
        return False
