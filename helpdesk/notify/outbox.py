"""Decides what is written down when something happens to a ticket: one event row, in the transaction of the change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from helpdesk.models import Event, Ticket, User
from helpdesk.notify.feed import mark_writing

if TYPE_CHECKING:
    from datetime import datetime


def record(
    ticket: Ticket,
    kind: str,
    *,
    actor: User | None,
    at: datetime,
    internal: bool = False,
    data: Mapping[str, Any] | None = None,
) -> Event:
    """Remember that `kind` happened to `ticket` at the aware moment `at`; `actor` None is the system.

    Call it inside the transaction of the change: then either both are kept or neither.
    """
    mark_writing()
    return Event.objects.create(ticket=ticket, kind=kind, actor=actor, at=at, internal=internal, data=dict(data or {}))
