"""Decides how the records of the audit hang together: each checksum covers the record and the checksum before it.

Records are sealed in batches by a job, a few seconds after they were written: whoever writes one never waits for another.
Places in the chain are given at the sealing, so a record that was committed late simply comes later.
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass
from datetime import UTC, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from helpdesk.models import AuditRecord, guards
from helpdesk.moment import now

logger = logging.getLogger(__name__)

BATCH = 500
LATE = timedelta(hours=1)
_LOCK = 7_306_281
FIRST = "0" * 64


def seal() -> int:
    """Seal the records that are not sealed yet and return how many; two at once share the work without a gap."""
    done = 0
    while count := _seal_batch():
        done += count
    return done


def _seal_batch() -> int:
    with transaction.atomic():
        if connection.vendor == "postgresql":  # pragma: no cover - SQLite lets one write at a time as it is
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        waiting = list(AuditRecord.objects.filter(position=None).order_by("pk")[:BATCH])
        if not waiting:
            return 0
        last = AuditRecord.objects.exclude(position=None).order_by("-position").first()
        position, digest = (last.position or 0, last.digest) if last else (0, FIRST)
        for row in waiting:
            position += 1
            digest = _digest(row, position, digest)
            row.position, row.digest = position, digest
        AuditRecord.objects.bulk_update(waiting, ["position", "digest"], batch_size=100)
    logger.info("audit sealed, head %d:%s", position, digest)
    return len(waiting)


def sealed() -> tuple[int, int]:
    """Return the last place in the chain, which never falls, and how many records wait for their seal. Two queries."""
    last = AuditRecord.objects.exclude(position=None).order_by("-position").values_list("position", flat=True).first()
    return last or 0, AuditRecord.objects.filter(position=None).count()


def late() -> int:
    """Return how many records wait for their seal for over an hour."""
    return AuditRecord.objects.filter(position=None, at__lt=now() - LATE).count()


@dataclass(frozen=True)
class Chain:
    """What a check of the chain found: sealed and unsealed records, the last place and checksum, and every fault in words."""

    sealed: int
    waiting: int
    head: str
    faults: tuple[str, ...]


def verify(*, expected: str = "") -> Chain:
    """Read the whole chain and tell what does not fit. `expected` is a head noted earlier, `number:checksum`.

    Without one, a chain whose end was cut off together with its checksums looks whole.
    """
    faults: list[str] = []
    count, place, digest, wanted = 0, 0, FIRST, expected
    rows = AuditRecord.objects.exclude(position=None).order_by("position")
    for row in rows.iterator(chunk_size=2000):
        count, place = count + 1, place + 1
        if row.position != place:
            faults.append(
                _("Between %(last)d and %(next)d records are missing.") % {"last": place - 1, "next": row.position}
            )
            place = row.position or place
        elif _digest(row, place, digest) != row.digest:
            faults.append(_("Record %(number)d at place %(place)d was changed.") % {"number": row.pk, "place": place})
        digest = row.digest
        if wanted == f"{place}:{digest}":
            wanted = ""
    if wanted:
        faults.append(_("The chain does not contain %(head)s, which was its end once.") % {"head": wanted})
    if count_late := late():
        faults.append(
            _("%(count)d records wait for their seal for over an hour: does the worker run?") % {"count": count_late}
        )
    faults += [_("The database lacks its guard %(name)s.") % {"name": name} for name in guards.missing(connection)]
    return Chain(count, sealed()[1], f"{place}:{digest}", tuple(faults))


def _digest(row: AuditRecord, position: int, previous: str) -> str:
    told = [
        previous, position, row.pk, row.at.astimezone(UTC).isoformat(), row.kind, row.actor_id, row.person_id,
        row.object_type, row.object_id, row.object_name, row.data, row.address, row.request_id,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
