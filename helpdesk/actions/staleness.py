"""Decides what a person on a stale page is told: which fields differ now from what he saw, and who changed them."""

from __future__ import annotations

from typing import Any

from helpdesk.actions.refusals import FieldChange
from helpdesk.lifecycle import Status
from helpdesk.models import Ticket

SHOWN = ("status", "assignee", "line", "subject", "text", "work_type", "priority")


def changes_since(ticket: Ticket, version: int) -> tuple[list[FieldChange], str]:
    """Return what differs between `version` and the ticket as it is, and the name of who changed it last.

    An unknown `version` (a forged or very old page) gives an empty list of changes.
    """
    rows = ticket.history.order_by("-history_id").select_related("history_user")
    newest = rows.first()
    by = str(newest.history_user) if newest and newest.history_user else ""
    seen = rows.filter(version=version).first()
    if seen is None:
        return [], by
    changes = []
    for name in SHOWN:
        field = Ticket._meta.get_field(name)
        old, new = _value(seen, name), _value(ticket, name)
        if old != new:
            changes.append(FieldChange(getattr(field, "verbose_name", name), _words(name, old), _words(name, new)))
    return changes, by


def _value(row: Any, name: str) -> Any:
    return getattr(row, name)


def _words(name: str, value: Any) -> str:
    if value is None:
        return "–"
    if name == "status":
        return str(Status(value).label)
    return str(value)
