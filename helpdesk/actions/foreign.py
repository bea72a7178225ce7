"""Decides how an import of foreign cases goes on: received, mapped, looked at, leased by a worker, counted batch by batch.

Files of one desk come in one after the other: two at once would bring the same case in twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from helpdesk import access
from helpdesk.actions import audit
from helpdesk.actions.notices import administrator, may_administer
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import AuditKind, CaseImport, CaseImportState, CaseRemark, ForeignCase, User
from helpdesk.moment import now

LEASE = timedelta(minutes=10)
BATCH = 500
_WORKING = (CaseImportState.LOOKING, CaseImportState.WAITING, CaseImportState.RUNNING)
# What stays of the counts when an import goes on; the rest is counted anew.
_KEPT = ("cases", "steps", "implied", "reclassified", "line", "service", "work_type", "person")


def visible(user: access.Visitor) -> QuerySet[CaseImport]:
    """Return the imports of cases, newest first; nothing but for administrators."""
    return CaseImport.objects.select_related("author") if may_administer(user) else CaseImport.objects.none()


def receive(*, actor: User, name: str, data: bytes) -> CaseImport:
    """Keep a file of another desk. Nothing else is written. Raises ActionRefused."""
    administrator(actor)
    return CaseImport.objects.create(
        author=actor, created_at=now(), file=ContentFile(data, "cases"), name=name[:200], size=len(data),
        sha256=hashlib.sha256(data).hexdigest(), mapping=_last_mapping(),
    )  # fmt: skip


def _last_mapping() -> dict[str, Any]:
    last = CaseImport.objects.exclude(mapping={}).order_by("-pk").first()
    return dict(last.mapping) if last else {}


def unfinished(*, source: str, sha256: str) -> CaseImport | None:
    """Return the import of the same file from the same desk that was broken off, if there is one."""
    return CaseImport.objects.filter(source=source, sha256=sha256, state=CaseImportState.RUNNING).last()


def choose(*, actor: User, imported: CaseImport, mapping: dict[str, Any]) -> None:
    """Keep how the file is to be read, for it and for the next one. Raises ActionRefused."""
    administrator(actor)
    _require(imported, CaseImportState.MAPPING, CaseImportState.FAILED)
    imported.mapping, imported.source, imported.state = mapping, mapping["source"], CaseImportState.MAPPING
    imported.preview, imported.trouble = {}, ""
    imported.save(update_fields=["mapping", "source", "state", "preview", "trouble"])


def look(*, actor: User, imported: CaseImport, at_once: bool) -> None:
    """Let somebody say what is in the file, later what bringing it in would do: the caller `at_once`, or the background.

    Raises ActionRefused.
    """
    administrator(actor)
    _require(imported, CaseImportState.MAPPING, CaseImportState.FAILED)
    _require_file(imported)
    imported.state, imported.preview, imported.trouble = CaseImportState.LOOKING, {}, ""
    imported.leased_until = now() + LEASE if at_once else now()
    imported.save(update_fields=["state", "leased_until", "preview", "trouble"])


def seen(imported: CaseImport, count: int, total: int) -> None:
    """Keep how far looking has come."""
    imported.preview, imported.leased_until = {"seen": count, "total": total}, now() + LEASE
    imported.save(update_fields=["preview", "leased_until"])


def learnt(imported: CaseImport, contents: dict[str, Any]) -> None:
    """Keep what the page of the file shows of it; its columns can be named now."""
    imported.contents, imported.state, imported.leased_until = contents, CaseImportState.MAPPING, None
    imported.save(update_fields=["contents", "state", "leased_until"])


def looked(
    imported: CaseImport, counts: dict[str, int], remarks: list[CaseRemark], unmapped: Mapping[str, int]
) -> None:
    """Keep what bringing the file in would do, with every remark, in the place of an earlier look."""
    with transaction.atomic():
        if not brought_by(imported):
            imported.remarks.all().delete()
            _keep(imported, remarks)
        imported.preview = {**counts, "looked": 1, "unmapped": dict(unmapped)}
        imported.state, imported.leased_until = CaseImportState.MAPPING, None
        imported.save(update_fields=["preview", "state", "leased_until"])


def queue(*, actor: User, imported: CaseImport) -> None:
    """Leave the file to the background. Raises ActionRefused."""
    administrator(actor)
    _require(imported, CaseImportState.MAPPING, CaseImportState.FAILED)
    _require_file(imported)
    imported.state, imported.leased_until, imported.trouble = CaseImportState.WAITING, now(), ""
    imported.save(update_fields=["state", "leased_until", "trouble"])


def _require_file(imported: CaseImport) -> None:
    if not imported.file:
        text = _("The file is gone: it named a person whose data was erased. Bring it in again.")
        raise ActionRefused(access.denied("no_file", text))


def drop(*, actor: User, imported: CaseImport) -> None:
    """Forget a file that was not brought in. Raises ActionRefused."""
    administrator(actor)
    _require(imported, CaseImportState.MAPPING, CaseImportState.FAILED)
    if brought_by(imported):
        raise ActionRefused(access.denied("in_use", _("Some of its cases are here already; it stays as their record.")))
    imported.file.delete(save=False)
    imported.delete()


def lease() -> CaseImport | None:
    """Take the next import that waits, or whose worker has died, for ten minutes; of two workers one gets it, and of two
    files of one desk the second waits until the first is in."""
    tried: set[int] = set()
    while True:
        moment = now()
        free = CaseImport.objects.filter(state__in=_WORKING, leased_until__lte=moment).exclude(pk__in=tried)
        waiting = free.filter(~Exists(_others(OuterRef("source"), OuterRef("pk")))).select_related("author")
        found = waiting.order_by("pk").first()
        if found is None:
            return None
        if not free.filter(pk=found.pk, leased_until=found.leased_until).update(leased_until=moment + LEASE):
            continue
        if not _others(found.source, found.pk).exists():
            return found
        # Two workers took files of one desk in the same moment: each gives its own back and comes again.
        tried.add(found.pk)
        CaseImport.objects.filter(pk=found.pk).update(leased_until=moment)


def _others(source: Any, pk: Any) -> QuerySet[CaseImport]:
    """Return the imports of the same desk that somebody is bringing in at this moment."""
    bringing = (CaseImportState.WAITING, CaseImportState.RUNNING)
    return CaseImport.objects.filter(source=source, state__in=bringing, leased_until__gt=now()).exclude(pk=pk)


def known(source: str) -> set[str]:
    """Return the numbers of the cases of `source` that are tickets already."""
    return set(ForeignCase.objects.filter(source=source).values_list("foreign_id", flat=True))


def brought_by(imported: CaseImport) -> int:
    """Return how many tickets the import has made so far."""
    return imported.cases.count()


def begin(imported: CaseImport, counts: dict[str, int], remarks: list[CaseRemark], made: dict[str, int]) -> None:
    """Keep what reading the file said. What was brought in before it was broken off keeps its counts and remarks; the
    others are told anew. Raises ActionRefused while another file of the same desk is brought in.
    """
    with transaction.atomic():
        if _others(imported.source, imported.pk).exists():
            text = _("Another file of “%(source)s” is being brought in. Start this one when it is done.")
            raise ActionRefused(access.denied("busy", text % {"source": imported.source}))
        own = imported.cases.values("foreign_id")
        imported.remarks.exclude(of_reading=False, case__in=own).delete()
        _keep(imported, remarks)
        kept = {name: imported.counts.get(name, 0) for name in _KEPT} if brought_by(imported) else {}
        imported.counts = _added({**kept, **counts, **_tally(imported)}, made)
        imported.state, imported.leased_until = CaseImportState.RUNNING, now() + LEASE
        imported.save(update_fields=["counts", "state", "leased_until"])


@contextmanager
def batch(imported: CaseImport, counts: dict[str, int], remarks: list[CaseRemark]) -> Iterator[None]:
    """Keep what is written inside, its counts and its remarks together or not at all."""
    with transaction.atomic():
        yield
        _keep(imported, remarks)
        imported.counts = _added(imported.counts, counts)
        imported.leased_until = now() + LEASE
        imported.save(update_fields=["counts", "leased_until"])


def finish(imported: CaseImport) -> CaseImport:
    """Say that all of the file is brought in."""
    imported.state, imported.finished_at, imported.leased_until = CaseImportState.DONE, now(), None
    imported.contents = {}
    imported.save(update_fields=["state", "finished_at", "leased_until", "contents"])
    audit.record(AuditKind.IMPORTED, actor=imported.author, what="cases", number=imported.pk, rows=brought_by(imported))
    return imported


def fail(imported: CaseImport, trouble: str) -> None:
    """Remember why a file could not be brought in; what was brought in before stays."""
    imported.state, imported.trouble, imported.leased_until = CaseImportState.FAILED, trouble, None
    imported.save(update_fields=["state", "trouble", "leased_until"])


def _keep(imported: CaseImport, remarks: list[CaseRemark]) -> None:
    for remark in remarks:
        remark.imported = imported
    CaseRemark.objects.bulk_create(remarks, batch_size=BATCH)


def _tally(imported: CaseImport) -> dict[str, int]:
    found = imported.remarks.order_by().values_list("kind").annotate(count=Count("pk"))
    return {str(kind): count for kind, count in found}


def _added(counts: dict[str, int], more: dict[str, int]) -> dict[str, int]:
    return {name: counts.get(name, 0) + more.get(name, 0) for name in {**counts, **more}}


def _require(imported: CaseImport, *states: str) -> None:
    if imported.state not in states:
        text = _("Not possible now: the import is “%(state)s”.") % {"state": CaseImportState(imported.state).label}
        raise ActionRefused(access.denied("wrong_state", text))
