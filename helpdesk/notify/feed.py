"""Decides which events may be read one after the other already: none that an unfinished write could still precede.

Ids are given out before transactions end. On PostgreSQL event 6 may be there while 5 is still being written; a reader
who went past 6 would never see 5. SQLite has one writer at a time, so its order is the order of the ids.
"""

from __future__ import annotations

from django.db import connection
from django.db.models import Min, QuerySet
from django.db.models.expressions import RawSQL

from helpdesk.models import Event

# Written by a transaction that is not older than the oldest one still running.
_UNSETTLED = "(age(helpdesk_event.xmin) <= age((pg_snapshot_xmin(pg_current_snapshot())::text::bigint %% 4294967296)::text::xid))"
# More writes than this never stand open at once.
_WINDOW = 1000


def settled(events: QuerySet[Event], after: int) -> QuerySet[Event]:
    """Return those of `events` behind the id `after` that nothing can precede any more, in order."""
    behind = events.filter(pk__gt=after).order_by("id")
    if connection.vendor != "postgresql":
        return behind
    newest = Event.objects.order_by("-id").values("pk")[:_WINDOW]
    fresh = Event.objects.filter(pk__gt=after, pk__in=newest).annotate(open=RawSQL(_UNSETTLED, []))  # noqa: S611 - a constant
    first = fresh.filter(open=True).aggregate(first=Min("pk"))["first"]
    return behind if first is None else behind.filter(pk__lt=first)
