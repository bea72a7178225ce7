"""Decides which events may be read one after the other already: none that an unfinished write could still precede.

Ids are given out before transactions end. On PostgreSQL event 6 may be there while 5 is still being written; a reader
who went past 6 would never see 5. So a writer, before it takes an id, leaves a mark with the last id given out, as a
shared advisory lock of its transaction; whoever reads stops at the lowest mark. Nobody waits for anybody, and writes in
other databases of the server do not count. SQLite has one writer at a time: there the order of ids is the order of writes.
"""

from __future__ import annotations

from django.db import connection
from django.db.models import QuerySet

from helpdesk.models import Event

_FEED = 0x48444546
_MARK = "SELECT pg_advisory_xact_lock_shared(%s, (SELECT last_value %% 2147483648 FROM helpdesk_event_id_seq)::int)"
_LOWEST_MARK = (
    "SELECT min(objid::bigint) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2 "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid()"
)


def mark_writing() -> None:
    """Leave the mark of a writer; call it inside the transaction, before the event takes its id."""
    if connection.vendor == "postgresql":  # pragma: no cover - not on SQLite; tests/api/test_desk.py
        with connection.cursor() as cursor:
            cursor.execute(_MARK, [_FEED])


def newest() -> int:
    """Return the id of the newest event that is written, 0 where there is none."""
    return Event.objects.order_by("-id").values_list("pk", flat=True).first() or 0


def settled(events: QuerySet[Event], after: int) -> QuerySet[Event]:
    """Return those of `events` behind the id `after` that nothing can precede any more, in order."""
    behind = events.filter(pk__gt=after).order_by("id")
    if connection.vendor == "postgresql":  # pragma: no cover - the same
        behind = behind.filter(pk__lte=_last_settled())
    return behind


def _last_settled() -> int:  # pragma: no cover - the same
    # First the newest id, then the marks: whoever leaves a mark later takes an id above the newest one.
    last = newest()
    with connection.cursor() as cursor:
        cursor.execute(_LOWEST_MARK, [_FEED])
        (lowest,) = cursor.fetchone()
    return last if lowest is None else min(last, int(lowest))
