"""Decides what a table would change: new, changed field by field, unchanged, missing from it, or rejected with reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from helpdesk import phones
from helpdesk.actions.entities import ENTITIES, Key, Plain, Stored, fold
from helpdesk.models import ImportChange, ImportSubject, Priority, SupportLine, WorkType
from helpdesk.spreadsheets.assembly import Cleaned, Fault, Proposed
from helpdesk.spreadsheets.effects import Effects
from helpdesk.spreadsheets.reading import as_text

Outcome = ImportChange.Outcome
ENTITIES_OF: dict[str, tuple[str, ...]] = {
    ImportSubject.CATALOG: ("service", "work_type"),
    ImportSubject.LINES: ("line", "membership"),
    ImportSubject.PEOPLE: ("person",),
    ImportSubject.CALENDARS: ("calendar", "interval", "exception"),
}
DEFAULTS: dict[str, Plain] = {
    "service": {"description": "", "is_active": True},
    "work_type": {"description": "", "is_active": True, "kind": WorkType.Kind.REQUEST.value,
                  "priority": Priority.NORMAL.value, "line": None},
    "line": {"description": "", "is_active": True, "calendar": None},
    "membership": {"role": "member"},
    "person": {"first_name": "", "last_name": "", "email": "", "department": "", "phone": "", "is_active": True},
    "calendar": {"always_open": False},
    "interval": {},
    "exception": {"start": None, "end": None, "note": ""},
}  # fmt: skip
NEEDED = {
    "work_type": {"name": "kind", "reaction_limit": "reaction_limit", "execution_limit": "execution_limit"},
    "service": {"name": "service"},
}
# What other rows of the same table hang on.
PARENTS = frozenset({"service", "line", "calendar"})
# Values that name other rows, and the column they were read from.
NAMING = {
    "work_type": {"line": ("line", "line")},
    "line": {"calendar": ("calendar", "calendar")},
    "membership": {"person": ("person", "login")},
}


class Comparison:
    """Compares proposals with what is stored. Iterate `changes` to the end, then read `counts`."""

    def __init__(self, subject: str, limits: Plain) -> None:
        self.subject = subject
        self.stored = {name: ENTITIES[name].stored() for name in ENTITIES_OF[subject]}
        self._limits = {name: value for name, value in limits.items() if value}
        self._seen: dict[str, dict[Key, Cleaned]] = {name: {} for name in self.stored}
        self._named: dict[str, dict[Any, str]] = {}
        self._emails: dict[str, Any] = {}
        self._counts: Counter[str] = Counter()
        self._effects = Effects()

    def counts(self) -> dict[str, int]:
        """Return how many rows of the desk are new, changed, unchanged, missing, and how many of the table rejected."""
        return {name: self._counts[name] for name in ("new", "changed", "unchanged", "missing", "rejected")}

    def changes(self, proposed: Iterable[Proposed], rows: list[Cleaned]) -> Iterator[ImportChange]:
        """Yield the change-set: changes in the order of the table, rejected rows, then what the table lacks."""
        parents: list[tuple[ImportChange, Cleaned]] = []
        wanted: set[Any] = set()
        for item in proposed:
            found = self._one(item)
            if found is None:
                continue
            if item.entity in PARENTS or self._is_of_a_new_calendar(found):
                parents.append((found, item.source))
            elif not item.source.faults:
                wanted.add(found.key[0])
                yield from self._counted(found, item.source.remarks)
        idle = self._without_hours(parents, wanted)
        for change, source in parents:
            # A service whose rows are all rejected is not made for nothing.
            if change.key[0] not in idle and (not source.faults or change.key[0] in wanted):
                yield from self._counted(change, [])
        yield from self._rejected(rows)
        yield from self._missing()

    def _is_of_a_new_calendar(self, change: ImportChange) -> bool:
        return change.entity == "exception" and (change.key[0],) not in self.stored["calendar"]

    def _without_hours(self, parents: list[tuple[ImportChange, Cleaned]], with_hours: set[Any]) -> set[Any]:
        """Reject new calendars that would never be open, and return their keys: nothing would ever become due."""
        idle = set()
        for change, source in parents:
            is_new = change.entity == "calendar" and change.outcome == Outcome.NEW
            if is_new and not change.after["always_open"] and change.key[0] not in with_hours:
                source.reject("weekday", _("A calendar needs working hours, or is open around the clock."))
                idle.add(change.key[0])
        return idle

    def _counted(self, change: ImportChange, remarks: list[str]) -> Iterator[ImportChange]:
        self._counts[str(change.outcome)] += 1
        if change.outcome != "unchanged":
            change.remarks = remarks + self._effects.of(change)
            yield change

    def _one(self, item: Proposed) -> ImportChange | None:
        entity = ENTITIES[item.entity]
        key = entity.key_of(item.values)
        seen = self._seen[item.entity].setdefault(key, item.source)
        if seen is not item.source:
            text = _("Row %(row)d already has “%(name)s”.") % {"row": seen.record.row, "name": item.label}
            item.source.faults.append(Fault(str(item.source.record.row), item.label, text))
            return None
        if not self._names_are_known(item):
            return None
        stored = self.stored[item.entity].get(key)
        if stored is None:
            return self._new(item, key)
        differs = [
            name for name, value in item.values.items() if name not in entity.key and not _same(value, stored[name])
        ]
        if item.entity == "line" and stored["is_active"] and item.values.get("is_active") is False:
            self._not_the_default(item)
        change = self._change(item, key, Outcome.CHANGED if differs else "unchanged")
        change.object_id = stored.pk
        change.before = {name: stored[name] for name in differs}
        change.after = {name: item.values[name] for name in differs}
        return change

    def _new(self, item: Proposed, key: Key) -> ImportChange | None:
        values = {**DEFAULTS[item.entity], **item.values}
        if item.entity == "work_type":
            values = {**self._limits, **values}
        if item.entity == "calendar":
            values.setdefault("time_zone", settings.TIME_ZONE)
        for name, column in NEEDED.get(item.entity, {}).items():
            if not values.get(name):
                self._lacks(item.source, column)
                return None
        change = self._change(item, key, Outcome.NEW)
        change.after = values
        return change

    def _lacks(self, source: Cleaned, column: str) -> None:
        if any(fault.address == source.record.address(column) for fault in source.faults):
            return
        example = "4h" if column.endswith("limit") else ""
        source.reject(column, _("A new kind of work needs this.") if example else _("This must not be empty."), example)

    def _change(self, item: Proposed, key: Key, outcome: str) -> ImportChange:
        record = item.source.record
        return ImportChange(
            outcome=outcome, entity=item.entity, key=list(key), label=item.label[:300], row=record.row,
            place=record.place[:120],
        )  # fmt: skip

    def _names_are_known(self, item: Proposed) -> bool:
        for name, (entity, column) in NAMING.get(item.entity, {}).items():
            value = item.values.get(name)
            if value in (None, ""):
                if name in item.values:
                    item.values[name] = None
                continue
            known = self._known(entity)
            if fold(value) not in known:
                item.source.reject(column, _("There is no “%(name)s”.") % {"name": value}, ", ".join(_few(known)))
                return False
            item.values[name] = known[fold(value)]
        return item.entity != "person" or (self._email_is_free(item) and self._phone_is_one(item))

    def _known(self, entity: str) -> dict[Any, str]:
        if entity not in self._named:
            spec = ENTITIES[entity]
            names = spec.model._default_manager.order_by().values_list(spec.columns[spec.key[0]], flat=True)
            self._named[entity] = {fold(name): name for name in names}
        return self._named[entity]

    def _email_is_free(self, item: Proposed) -> bool:
        email = fold(item.values.get("email") or "")
        if not email:
            return True
        if not self._emails:
            self._emails = {fold(plain["email"]): key for key, plain in self.stored["person"].items()}
        key = ENTITIES["person"].key_of(item.values)
        if self._emails.setdefault(email, key) != key:
            item.source.reject("email", _("Another person already has this e-mail."))
            return False
        return True

    def _phone_is_one(self, item: Proposed) -> bool:
        """A number that was kept before the rule stays until it is changed."""
        phone = item.values.get("phone") or ""
        row = self.stored["person"].get(ENTITIES["person"].key_of(item.values))
        kept = as_text(row["phone"]) if row else ""
        if phone and phone in (kept, phones.normalised(kept)):
            item.values["phone"] = kept
        elif phones.normalised(phone) is None:
            item.source.reject("phone", phones.not_a_number())
            return False
        return True

    def _not_the_default(self, item: Proposed) -> None:
        if SupportLine.objects.filter(name=item.values["name"], is_default=True).exists():
            item.source.reject("active", _("The default line cannot be switched off."))

    def _rejected(self, rows: list[Cleaned]) -> Iterator[ImportChange]:
        for row in rows:
            if row.faults:
                self._counts["rejected"] += 1
                label = str(row.values.get("kind") or row.values.get("service") or row.values.get("login") or "")
                yield ImportChange(
                    outcome=Outcome.REJECTED, entity="row", label=label[:300], row=row.record.row,
                    place=row.record.place[:120], remarks=[fault.as_json() for fault in row.faults],
                    object_id=row.record.table.file,
                )  # fmt: skip

    def _missing(self) -> Iterator[ImportChange]:
        default = set(SupportLine.objects.filter(is_default=True).values_list("pk", flat=True))
        for name, stored in self.stored.items():
            if not ENTITIES[name].switch:
                continue
            for key, plain in stored.items():
                if key in self._seen[name] or not plain["is_active"] or (name == "line" and plain.pk in default):
                    continue
                self._counts["missing"] += 1
                change = ImportChange(
                    outcome=Outcome.MISSING, entity=name, key=list(key), label=_label(name, plain)[:300], object_id=plain.pk,
                    before={"is_active": True}, after={"is_active": False},
                )  # fmt: skip
                change.remarks = self._effects.of(change)
                yield change


def _same(read: Any, stored: Any) -> bool:
    """Say whether a cell says what is stored; blanks that no cell can hold are no difference."""
    if isinstance(stored, str) and isinstance(read, str):
        return read == as_text(stored)
    return bool((read or None) == (stored or None)) if not isinstance(stored, bool) else read == stored


def _label(entity: str, plain: Stored) -> str:
    return f"{plain['code']} {plain['name']}" if entity == "work_type" else str(plain["name"])


def _few(known: dict[Any, str]) -> list[str]:
    return sorted(known.values())[:3]
