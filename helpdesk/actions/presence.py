"""Decides who is shown as being on a ticket's page: colleagues seen in the last minute, and whether they are writing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from helpdesk import access
from helpdesk.models import Presence, Ticket, User
from helpdesk.moment import now

_SEEN = timedelta(seconds=60)
_WRITING = timedelta(seconds=20)


@dataclass(frozen=True)
class Colleague:
    person: User
    writing: bool


def touch(*, actor: User, ticket: Ticket, writing: bool = False) -> None:
    """Remember that `actor` has the page of `ticket` open, and that he is writing. Requesters are not recorded."""
    if not access.is_support(actor, ticket):
        return
    at = now()
    values = {"seen_at": at, "writing_at": at} if writing else {"seen_at": at}
    if not Presence.objects.filter(ticket=ticket, person=actor).update(**values):
        Presence.objects.get_or_create(ticket=ticket, person=actor, defaults=values)


def others(*, actor: User, ticket: Ticket) -> list[Colleague]:
    """Return the other support people on the page now; requesters are never told who looks."""
    if not access.is_support(actor, ticket):
        return []
    at = now()
    rows = Presence.objects.filter(ticket=ticket, seen_at__gt=at - _SEEN).exclude(person=actor).select_related("person")
    return [Colleague(row.person, bool(row.writing_at and row.writing_at > at - _WRITING)) for row in rows]


def forget_old() -> int:
    """Delete rows that mean nothing any more; return how many. A periodic job."""
    deleted, _by_model = Presence.objects.filter(seen_at__lt=now() - timedelta(hours=1)).delete()
    return deleted
