"""Decides how an import goes on: received, proposed, carried out in one transaction, taken back unless something is in the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk import access
from helpdesk.access import Right
from helpdesk.actions import audit, changesets, passwords
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import (
    AuditKind,
    ColumnChoice,
    ImportChange,
    ImportFile,
    ImportState,
    ImportSubject,
    SpreadsheetImport,
    User,
)
from helpdesk.moment import now

RIGHT_FOR: dict[str, Right] = {
    ImportSubject.CATALOG: Right.MANAGE_CATALOG,
    ImportSubject.LINES: Right.MANAGE_LINES,
    ImportSubject.PEOPLE: Right.MANAGE_PEOPLE,
    ImportSubject.CALENDARS: Right.MANAGE_CALENDARS,
}
Outcome = ImportChange.Outcome
LEASE = timedelta(minutes=10)
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Upload:
    """A file as it came: its name without folders, and its bytes."""

    name: str
    file: Any
    size: int


def may_import(user: access.Visitor, subject: str) -> access.Decision:
    """Answer whether `user` may bring in or take out tables of `subject`."""
    right = RIGHT_FOR.get(subject)
    if right is not None and access.has_right(user, right):
        return access.ALLOWED
    return access.denied("no_right", _("Your role does not include this."))


def subjects_of(user: access.Visitor) -> list[str]:
    """Return what `user` may bring in and take out. Raises ActionRefused when that is nothing."""
    found = [subject for subject in ImportSubject.values if may_import(user, subject)]
    if not found:
        raise ActionRefused(may_import(user, ImportSubject.CATALOG))
    return found


def visible_imports(user: access.Visitor) -> Any:
    """Return the imports whose subject `user` may manage, newest first."""
    subjects = [subject for subject, right in RIGHT_FOR.items() if access.has_right(user, right)]
    return SpreadsheetImport.objects.filter(subject__in=subjects)


def receive(
    *, actor: User, subject: str, uploads: Sequence[Upload], choices: dict[str, Any] | None = None
) -> SpreadsheetImport:
    """Keep the files of a new import; one without files is proposed by a page. Nothing else is written. Raises ActionRefused."""
    _require(actor, subject)
    with transaction.atomic():
        # Read at once by whoever received it; should that process die, the background takes it over.
        imported = SpreadsheetImport.objects.create(
            subject=subject, author=actor, created_at=now(), leased_until=now() + LEASE, choices=choices or {}
        )
        for upload in uploads:
            ImportFile.objects.create(imported=imported, file=upload.file, name=upload.name[:200], size=upload.size)
    return imported


def queue(*, imported: SpreadsheetImport) -> None:
    """Leave the reading of an import to the background."""
    imported.leased_until = now() - timedelta(seconds=1)
    imported.save(update_fields=["leased_until"])


def lease() -> SpreadsheetImport | None:
    """Take the next import that waits for the background, or None; of two workers one gets it.

    A worker that dies holds it for ten minutes; then another one begins anew, since nothing of it was written.
    """
    while True:
        moment = now()
        unfinished = SpreadsheetImport.objects.filter(
            state__in=[ImportState.READING, ImportState.APPLYING, ImportState.UNDOING], leased_until__lt=moment
        )
        waiting = unfinished.order_by("pk").first()
        if waiting is None:
            return None
        mine = unfinished.filter(pk=waiting.pk, leased_until=waiting.leased_until)
        if mine.update(leased_until=moment + LEASE):
            return waiting


def choose(
    *, actor: User, imported: SpreadsheetImport, choices: dict[str, Any], remember: Iterable[tuple[str, str]]
) -> None:
    """Keep what the person chose for a table, and remember the columns he named for the next file. Raises ActionRefused."""
    _require(actor, imported.subject)
    _require_state(imported, ImportState.QUESTION, ImportState.PREVIEW, ImportState.READING)
    if not imported.files.exists():
        raise ActionRefused(access.denied("no_files", _("There is no file to read again.")))
    with transaction.atomic():
        imported.choices, imported.state = choices, ImportState.READING
        # Read by whoever chose, as when it was received: a worker that saw the old lease would read it beside him.
        imported.leased_until = now() + LEASE
        imported.save(update_fields=["choices", "state", "leased_until"])
        for header, field in remember:
            ColumnChoice.objects.filter(subject=imported.subject, field=field).exclude(header=header).delete()
            ColumnChoice.objects.get_or_create(subject=imported.subject, header=header[:200], field=field)


def propose(
    *,
    imported: SpreadsheetImport,
    changes: Iterable[ImportChange],
    counts: Callable[[], dict[str, int]],
    question: dict[str, Any],
) -> None:
    """Keep what the file would change; the former proposal is forgotten. `counts` is asked when all changes have passed."""
    with transaction.atomic():
        imported.changes.all().delete()
        for batch in batched(changes):
            ImportChange.objects.bulk_create(batch)
        imported.counts, imported.question, imported.trouble = counts(), question, ""
        needs_choice = bool(question.get("needed"))
        imported.state = ImportState.QUESTION if needs_choice else ImportState.PREVIEW
        imported.save(update_fields=["counts", "question", "trouble", "state"])


def batched(changes: Iterable[ImportChange], size: int = 500) -> Iterator[list[ImportChange]]:
    """Yield `changes` in lists of `size`, so that a long proposal is never in memory as a whole."""
    waiting = iter(changes)
    while batch := list(islice(waiting, size)):
        yield batch


def fail(*, imported: SpreadsheetImport, trouble: str) -> None:
    """Remember why an import could not be read, carried out or taken back; what is carried out stays so."""
    stays = imported.state == ImportState.UNDOING
    imported.state, imported.trouble = ImportState.APPLIED if stays else ImportState.FAILED, trouble
    imported.save(update_fields=["state", "trouble"])


def drop(*, actor: User, imported: SpreadsheetImport) -> None:
    """Give an import up before it was carried out. Raises ActionRefused."""
    _require(actor, imported.subject)
    _require_state(imported, ImportState.QUESTION, ImportState.PREVIEW, ImportState.FAILED, ImportState.READING)
    imported.state = ImportState.DROPPED
    imported.save(update_fields=["state"])


def confirm(
    *, actor: User, imported: SpreadsheetImport, with_missing: bool = False, without_rejected: bool = False,
    only_queue: bool = False, progress: Progress | None = None,
) -> SpreadsheetImport:  # fmt: skip
    """Carry the change-set out: every row or none. `with_missing` also switches off what the file lacks.

    Rejected rows stop it unless `without_rejected` leaves them behind. `only_queue` leaves the work to the background.
    Raises ActionRefused; then nothing has changed.
    """
    _require(actor, imported.subject)
    with transaction.atomic():
        imported = SpreadsheetImport.objects.select_for_update().get(pk=imported.pk)
        _require_state(imported, ImportState.PREVIEW)
        rejected = imported.counts.get("rejected", 0)
        if rejected and not without_rejected:
            text = ngettext(
                "%(count)d row is rejected. Mend it, or choose to leave it out.",
                "%(count)d rows are rejected. Mend them, or choose to leave them out.",
                rejected,
            )
            raise ActionRefused(access.denied("rejected_rows", text % {"count": rejected}))
        imported.choices = {**imported.choices, "with_missing": with_missing, "confirmed_by": actor.pk}
        imported.state = ImportState.APPLYING
        imported.leased_until = now() - timedelta(seconds=1) if only_queue else None
        imported.save(update_fields=["choices", "state", "leased_until"])
        return imported if only_queue else _carry_out(actor, imported, progress)


def go_on(*, imported: SpreadsheetImport, progress: Progress | None = None) -> SpreadsheetImport:
    """Do what was left to the background: carry an import out, or take it back. Raises ActionRefused; then nothing has changed."""
    with transaction.atomic():
        imported = SpreadsheetImport.objects.select_for_update().get(pk=imported.pk)
        _require_state(imported, ImportState.APPLYING, ImportState.UNDOING)
        is_undo = imported.state == ImportState.UNDOING
        actor = User.objects.get(pk=(is_undo and imported.undone_by_id) or imported.choices["confirmed_by"])
        _require(actor, imported.subject)
        return _take_back(actor, imported) if is_undo else _carry_out(actor, imported, progress)


def _carry_out(actor: User, imported: SpreadsheetImport, progress: Progress | None) -> SpreadsheetImport:
    wanted = [Outcome.NEW, Outcome.CHANGED]
    if imported.choices.get("with_missing"):
        wanted.append(Outcome.MISSING)
    changes = imported.changes.filter(outcome__in=wanted)
    reason = _("Import #%(number)d") % {"number": imported.pk}
    written = changesets.apply(changes, actor=actor, reason=reason, progress=progress)
    if imported.subject == ImportSubject.PEOPLE:
        made = imported.changes.filter(applied=True, outcome=Outcome.NEW).values("object_id")
        passwords.invite(actor=actor, people=User.objects.filter(pk__in=made))
    imported.state, imported.applied_at = ImportState.APPLIED, now()
    imported.counts = {**imported.counts, "applied": written}
    imported.save(update_fields=["state", "applied_at", "counts"])
    audit.record(AuditKind.IMPORTED, actor=actor, what=imported.subject, number=imported.pk, rows=written)
    return imported


def undo(*, actor: User, imported: SpreadsheetImport, only_queue: bool = False) -> SpreadsheetImport:
    """Take back all that an import changed; `only_queue` leaves it to the background.

    Raises ActionRefused, naming what is in the way; then nothing has changed.
    """
    _require(actor, imported.subject)
    with transaction.atomic():
        imported = SpreadsheetImport.objects.select_for_update().get(pk=imported.pk)
        _require_state(imported, ImportState.APPLIED)
        imported.state, imported.undone_by, imported.trouble = ImportState.UNDOING, actor, ""
        imported.leased_until = now() - timedelta(seconds=1) if only_queue else None
        imported.save(update_fields=["state", "undone_by", "trouble", "leased_until"])
        return imported if only_queue else _take_back(actor, imported)


def _take_back(actor: User, imported: SpreadsheetImport) -> SpreadsheetImport:
    reason = _("Import #%(number)d taken back") % {"number": imported.pk}
    changesets.revert(imported.changes.filter(applied=True), actor=actor, reason=reason)
    imported.state, imported.undone_at = ImportState.UNDONE, now()
    imported.save(update_fields=["state", "undone_at"])
    audit.record(AuditKind.IMPORT_UNDONE, actor=actor, what=imported.subject, number=imported.pk)
    return imported


def _require(actor: access.Visitor, subject: str) -> None:
    verdict = may_import(actor, subject)
    if not verdict:
        raise ActionRefused(verdict)


def _require_state(imported: SpreadsheetImport, *states: str) -> None:
    if imported.state not in states:
        label = ImportState(imported.state).label
        text = _("Not possible now: the import is “%(state)s”.") % {"state": label}
        raise ActionRefused(access.denied("wrong_state", text))
