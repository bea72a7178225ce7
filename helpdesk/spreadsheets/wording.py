"""Decides how a change of an import is told: names of fields and values in the words of the reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from helpdesk.actions.entities import ENTITIES
from helpdesk.models import ImportChange, Membership, Priority, WorkType
from helpdesk.spreadsheets.widgets import limit_text
from helpdesk.worktime import Limit


@dataclass(frozen=True)
class Difference:
    """One field of a change: its name and both values in words; a new row has no old ones."""

    label: str
    old: str
    new: str


def differences(change: ImportChange) -> list[Difference]:
    """Return the fields of `change` in words, those that say something."""
    is_new = change.outcome == ImportChange.Outcome.NEW
    found = []
    for name, new in change.after.items():
        if is_new and (new in (None, "", True) or name in ENTITIES[change.entity].key or name == "name"):
            continue
        old = "" if is_new else value_text(name, change.before.get(name))
        found.append(Difference(field_label(change.entity, name), old, value_text(name, new)))
    return found


def field_label(entity: str, name: str) -> str:
    """Return what a field is called in the panel; the end of working hours is told as a time, not in minutes."""
    if name == "end":
        return _("To")
    column: Any = ENTITIES[entity].model._meta.get_field(name)
    label = str(column.verbose_name)
    return label[:1].upper() + label[1:]


def entity_label(change: ImportChange) -> str:
    """Return what sort of row a change speaks of."""
    if change.entity not in ENTITIES:
        return _("row")
    return str(ENTITIES[change.entity].model._meta.verbose_name)


def value_text(name: str, value: Any) -> str:
    """Return a plain value in words."""
    if value in (None, ""):
        return pgettext("value", "nothing")
    if isinstance(value, bool):
        return pgettext("in a table", "yes") if value else pgettext("in a table", "no")
    if name.endswith("_limit"):
        return limit_text(Limit.parse(str(value)))
    if name == "end":
        return f"{value // 60}:{value % 60:02d}"
    choices: dict[str, Any] = {"kind": WorkType.Kind, "role": Membership.LineRole, "priority": Priority}
    return str(choices[name](value).label) if name in choices else str(value)
