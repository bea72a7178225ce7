"""Decides how the history of a record is told: who changed which field from what to what, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from helpdesk.models import CalendarException, CalendarInterval, Membership, SupportLine, User, WorkCalendar

# What belongs to a record and is changed on its form.
_PARTS: dict[type[models.Model], tuple[tuple[type[Any], str], ...]] = {
    SupportLine: ((Membership, "line"),),
    WorkCalendar: ((CalendarInterval, "calendar"), (CalendarException, "calendar")),
    User: ((Membership, "person"),),
}
_HIDDEN = frozenset({"password", "last_login", "changed_at"})
SHOWN = 200


@dataclass(frozen=True)
class FieldChange:
    """A field with its old and new value in words."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Entry:
    """One recorded change."""

    at: datetime
    who: Any
    title: str
    changes: tuple[FieldChange, ...]
    reason: str = ""


def record_history(record: Any) -> list[Entry]:
    """Return what happened to `record` and to the rows that belong to it."""
    entries = list(_entries(record.history.select_related("history_user").order_by("history_id"), ""))
    for model, field in _PARTS.get(type(record), ()):
        rows = model.history.filter(**{field: record.pk}).select_related("history_user").order_by("history_id")
        entries += _entries(rows, str(model._meta.verbose_name))
    entries.sort(key=lambda entry: entry.at, reverse=True)
    return entries[:SHOWN]


def _entries(rows: Iterable[Any], part: str) -> Iterable[Entry]:
    before: dict[Any, Any] = {}
    for row in rows:
        old = before.get(row.id)
        before[row.id] = row
        titles = {"+": _("Created"), "~": _("Changed"), "-": _("Deleted")}
        changes = tuple(_changes(old, row)) if row.history_type == "~" and old is not None else ()
        if row.history_type == "~" and not changes:
            continue
        title = titles[row.history_type]
        if part:
            named = _("%(sort)s “%(name)s”") % {"sort": f"{part[:1].upper()}{part[1:]}", "name": row.instance}
            title = f"{named}: {title.lower()}"
        yield Entry(row.history_date, row.history_user, title, changes, row.history_change_reason or "")


def _changes(old: Any, new: Any) -> Iterable[FieldChange]:
    for field in new.tracked_fields:
        if field.name in _HIDDEN:
            continue
        before, after = getattr(old, field.attname), getattr(new, field.attname)
        if before != after:
            label = str(field.verbose_name)
            yield FieldChange(label[:1].upper() + label[1:], _words(old, field), _words(new, field))
    for many in getattr(new, "_history_m2m_fields", ()):
        yield from _many(old, new, many)


def _many(old: Any, new: Any, field: Any) -> Iterable[FieldChange]:
    def names(row: Any) -> str:
        related = getattr(row, field.name).all()
        return ", ".join(sorted(str(getattr(item, field.m2m_reverse_field_name())) for item in related)) or "–"

    before, after = names(old), names(new)
    if before != after:
        yield FieldChange(str(field.verbose_name), before, after)


def _words(row: Any, field: Any) -> str:
    value = getattr(row, field.attname)
    if value in (None, ""):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if field.is_relation:
        related = field.related_model.objects.filter(pk=value).first()
        return str(related) if related else _("deleted")
    return str(value)
