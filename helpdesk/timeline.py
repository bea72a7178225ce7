"""Decides how the life of a ticket is told: transitions, field changes, messages, files and ratings in one line of time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from helpdesk import access
from helpdesk.lifecycle import Status, label_of
from helpdesk.models import Attachment, Message, Priority, Rating, Service, SupportLine, Ticket, User, WorkType

_SHOWN = ("status", "assignee", "line", "subject", "text", "service", "work_type", "priority")
_ROWS: dict[str, Any] = {"assignee": User, "line": SupportLine, "service": Service, "work_type": WorkType}


@dataclass(frozen=True)
class Change:
    """A field with its old and new value in words."""

    label: str
    old: str
    new: str
    name: str = ""


@dataclass(frozen=True)
class Moment:
    """One thing that happened: when, who, what, and the sort that chooses its icon."""

    at: datetime
    order: int
    sort: str
    who: User | None
    title: str
    text: str = ""
    changes: tuple[Change, ...] = ()
    status: str = ""
    is_correction: bool = False
    is_internal: bool = False
    value: int = 0
    files: tuple[Attachment, ...] = field(default=())
    action: str = ""
    message: int | None = None


def timeline(user: User, ticket: Ticket) -> list[Moment]:
    """Return what `user` may know of the life of `ticket`, newest first; a constant number of queries."""
    moments = [*_transitions(ticket, support=access.is_support(user, ticket))]
    moments += _messages(user, ticket)
    moments += [
        Moment(rating.created_at, 1, "rating", rating.author, _("Rated"), text=rating.comment, value=rating.value)
        for rating in Rating.objects.filter(ticket=ticket).select_related("author")
    ]
    # Turned around after sorting, so that what happened at one moment also stands newest first.
    return sorted(moments, key=lambda moment: (moment.at, moment.order))[::-1]


def _transitions(ticket: Ticket, *, support: bool) -> list[Moment]:
    rows = list(ticket.history.select_related("history_user").order_by("history_id"))
    names = _names(rows, ticket)
    moments, before = [], None
    for row in rows:
        action = row.last_action
        reason = row.history_change_reason or ""
        hidden = action == "transfer" and not support
        changes = tuple(_changes(before, row, names, support=support)) if before is not None else ()
        moments.append(
            Moment(
                row.history_date,
                2,
                "transition",
                row.history_user,
                str(label_of(action)),
                text="" if hidden else reason,
                changes=changes,
                status=row.status,
                is_correction=action == "correct",
                action=action,
            )
        )
        before = row
    return moments


def _names(rows: list[Any], ticket: Ticket) -> dict[tuple[str, int], str]:
    """Return the names of the rows that the history refers to by id; at most one query each sort.

    What the ticket refers to now is loaded with it: most histories name nothing else.
    """
    names = {(name, found.pk): str(found) for name in _ROWS if (found := getattr(ticket, name)) is not None}
    wanted: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        for name in _ROWS:
            value = getattr(row, f"{name}_id")
            if value is not None and (name, value) not in names:
                wanted[name].add(value)
    for name, ids in wanted.items():
        names |= {(name, pk): str(found) for pk, found in _ROWS[name].objects.in_bulk(ids).items()}
    return names


def _changes(before: Any, after: Any, names: dict[tuple[str, int], str], *, support: bool) -> list[Change]:
    changes = []
    for name in _SHOWN:
        if name == "line" and not support:
            continue
        attribute = f"{name}_id" if name in _ROWS else name
        old, new = getattr(before, attribute), getattr(after, attribute)
        if old != new:
            label = str(Ticket._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # all shown are fields
            changes.append(Change(label, _words(name, old, names), _words(name, new, names), name))
    return changes


def _words(name: str, value: Any, names: dict[tuple[str, int], str]) -> str:
    if value is None:
        return "–"
    if name in _ROWS:
        return names.get((name, value), _("deleted"))
    if name == "status":
        return str(Status(value).label)
    if name == "priority":
        return str(Priority(value).label)
    return str(value)


def _messages(user: User, ticket: Ticket) -> list[Moment]:
    """Messages in full, except those that an action said: the transition tells them. Files without a message as well."""
    messages = access.visible_messages(user, ticket).filter(action="").select_related("author")
    files: dict[int | None, list[Attachment]] = defaultdict(list)
    for item in access.visible_files(user, ticket).select_related("uploaded_by"):
        files[item.message_id].append(item)
    moments = [_message(message, tuple(files.get(message.pk, ()))) for message in messages]
    first = files.get(None)
    if first:
        title = _("Files with the request")
        moments.append(Moment(first[0].created_at, 1, "file", first[0].uploaded_by, title, files=tuple(first)))
    return moments


def _message(message: Message, files: tuple[Attachment, ...]) -> Moment:
    title = _("Internal note") if message.is_internal else _("Message")
    return Moment(
        message.created_at, 1, "note" if message.is_internal else "message", message.author, title, text=message.text,
        is_internal=message.is_internal, files=files, message=message.pk,
    )  # fmt: skip
