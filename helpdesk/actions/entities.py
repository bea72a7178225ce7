"""Decides which rows and columns a spreadsheet may touch, and how a row becomes plain values and plain values a row.

Plain values are texts, numbers, truth values and None, so that they can be compared, shown, stored and put back. The columns
named here are all that an import ever writes: no status, no default line, no role, no password.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from sys import intern
from typing import Any

from django.db import models

from helpdesk.models import (
    CalendarException,
    CalendarInterval,
    Membership,
    Service,
    SupportLine,
    User,
    WorkCalendar,
    WorkType,
)

Key = tuple[str | int, ...]
Plain = dict[str, Any]


@dataclass(frozen=True)
class Entity:
    """A sort of row. `columns` maps our name of a field to the path of its value in the database; `key` finds a row."""

    name: str
    model: type[models.Model]
    key: tuple[str, ...]
    columns: Mapping[str, str]
    links: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    switch: str = ""
    only: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each column stands among the stored values."""
        return {name: place for place, name in enumerate(self.columns)}

    def stored(self) -> dict[Key, Stored]:
        """Return every row by its key. One query."""
        return {self.key_of(row.plain()): row for row in self._read(self.model._default_manager.filter(**self.only))}

    def stored_by_id(self, ids: Iterable[int]) -> dict[int, Stored]:
        """Return the rows with these ids by id. One query."""
        return {row.pk: row for row in self._read(self.model._default_manager.filter(pk__in=list(ids)))}

    def taken_keys(self) -> set[Key]:
        """Return the keys of all rows. One query."""
        paths = [self.columns[name] for name in self.key]
        rows = self.model._default_manager.order_by().values_list(*paths)
        return {tuple(fold(_plain(value)) for value in row) for row in rows}

    def _read(self, rows: models.QuerySet[Any]) -> Iterator[Stored]:
        found = rows.order_by().values_list("pk", *self.columns.values())
        for pk, *values in found.iterator(chunk_size=2000):
            yield Stored(pk, self, tuple(_plain(value) for value in values))

    def key_of(self, plain: Plain) -> Key:
        """Return the key of a row given by its plain values; letter case does not tell rows apart."""
        return tuple(fold(plain[name]) for name in self.key)


class Stored:
    """A row as it is stored: its id and its plain values, by name."""

    __slots__ = ("_entity", "_values", "pk")

    def __init__(self, pk: int, entity: Entity, values: tuple[Any, ...]) -> None:
        self.pk, self._entity, self._values = pk, entity, values

    def __getitem__(self, name: str) -> Any:
        return self._values[self._entity.places[name]]

    def plain(self) -> Plain:
        """Return all values by name."""
        return dict(zip(self._entity.columns, self._values, strict=True))


def fold(value: Any) -> Any:
    """Return a text in the form in which keys are compared."""
    return value.casefold().strip() if isinstance(value, str) else value


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (int, bool)):
        return value
    # Limits, types and names of lines recur in every row: one text of each is enough in memory.
    text = value if isinstance(value, str) else value.isoformat() if isinstance(value, date) else str(value)
    return intern(text) if len(text) < 24 else text


_NAMES = {name: name for name in ("name", "description", "is_active")}

ENTITIES: dict[str, Entity] = {
    entity.name: entity
    for entity in (
        Entity("service", Service, ("code",), {"code": "code", **_NAMES}, switch="is_active"),
        Entity(
            "work_type", WorkType, ("service", "code"),
            {"service": "service__code", "code": "code", **_NAMES, "kind": "kind", "priority": "priority",
             "line": "line__name", "reaction_limit": "reaction_limit", "execution_limit": "execution_limit"},
            links={"service": ("service_id", "service"), "line": ("line_id", "line")}, switch="is_active",
        ),
        Entity(
            "line", SupportLine, ("name",), {**_NAMES, "calendar": "calendar__name"},
            links={"calendar": ("calendar_id", "calendar")}, switch="is_active",
        ),
        Entity(
            "membership", Membership, ("line", "person"),
            {"line": "line__name", "person": "person__username", "role": "role"},
            links={"line": ("line_id", "line"), "person": ("person_id", "person")},
        ),
        Entity(
            "person", User, ("username",),
            {name: name for name in
             ("username", "first_name", "last_name", "email", "department", "phone", "is_active")},
            only={"erased_at": None},
        ),
        Entity(
            "calendar", WorkCalendar, ("name",),
            {"name": "name", "time_zone": "time_zone", "always_open": "always_open"},
        ),
        Entity(
            "interval", CalendarInterval, ("calendar", "weekday", "start"),
            {"calendar": "calendar__name", "weekday": "weekday", "start": "start", "end": "end"},
            links={"calendar": ("calendar_id", "calendar")},
        ),
        Entity(
            "exception", CalendarException, ("calendar", "date", "start"),
            {"calendar": "calendar__name", "date": "date", "start": "start", "end": "end", "note": "note"},
            links={"calendar": ("calendar_id", "calendar")},
        ),
    )
}  # fmt: skip
# Rows of the left come before those that point at them.
ORDER = ("calendar", "interval", "exception", "service", "person", "line", "membership", "work_type")


class Links:
    """Finds the rows that plain values name, each sort read once."""

    def __init__(self) -> None:
        self._ids: dict[str, dict[Any, int]] = {}

    def find(self, entity: str, named: str) -> int | None:
        """Return the id of the row of `entity` that `named` means, or None."""
        if entity not in self._ids:
            spec = ENTITIES[entity]
            path = spec.columns[spec.key[0]]
            rows = spec.model._default_manager.order_by().values_list(path, "pk")
            self._ids[entity] = {fold(name): pk for name, pk in rows}
        return self._ids[entity].get(fold(named))

    def forget(self, entity: str) -> None:
        """Read `entity` anew next time; called after rows of it were written."""
        self._ids.pop(entity, None)


def write(entity: Entity, record: models.Model, plain: Plain, links: Links) -> list[str]:
    """Set plain values on a row in memory and return the names of the database fields that were set.

    Raises LookupError when a value names a row that is not there.
    """
    touched = []
    for name, value in plain.items():
        if name in entity.links:
            attribute, other = entity.links[name]
            found = None if value in (None, "") else links.find(other, value)
            if found is None and value not in (None, ""):
                raise LookupError(name)
            setattr(record, attribute, found)
            touched.append(attribute.removesuffix("_id"))
            continue
        column: Any = record._meta.get_field(name)
        setattr(record, name, column.to_python(value))
        touched.append(name)
    return touched
