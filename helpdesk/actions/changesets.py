"""Decides how a change-set is written and taken back: in bulk, with history, and only if every row is as it was when compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError, QuerySet
from django.utils.translation import gettext as _

from helpdesk import access, clocks
from helpdesk.actions import roles
from helpdesk.actions.entities import ENTITIES, ORDER, Entity, Key, Links, write
from helpdesk.actions.records import refuse_to_end_oneself, require_countable
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import CalendarException, CalendarInterval, ImportChange, Membership, User, WorkCalendar
from helpdesk.models.recording import sign
from helpdesk.moment import now

BATCH = 500
NAMED = 5
Outcome = ImportChange.Outcome


def apply(
    changes: QuerySet[ImportChange], *, actor: User, reason: str, progress: Callable[[int, int], None] | None = None
) -> int:
    """Write `changes`, mark them applied and return how many; inside a transaction. `progress` hears (done, all).

    Raises ActionRefused when a row is no longer what the change-set was compared with.
    """
    links, done, total = Links(), 0, changes.count()
    for name in ORDER:
        entity, own = ENTITIES[name], changes.filter(entity=name)
        taken = entity.taken_keys() if own.filter(outcome=Outcome.NEW).exists() else set()
        for batch in _batches(own):
            _as_compared(entity, batch, taken)
            _spare_the_actor(entity, batch, actor)
            _write(entity, batch, links, actor, reason)
            _follow(entity, batch, actor)
            done += len(batch)
            if progress is not None:
                progress(done, total)
        links.forget(name)
    return done


def revert(changes: QuerySet[ImportChange], *, actor: User, reason: str) -> None:
    """Put every row of applied `changes` back as it was, and delete those that were new; inside a transaction.

    Raises ActionRefused, naming the rows that somebody changed or uses since.
    """
    links = Links()
    for name in reversed(ORDER):
        entity = ENTITIES[name]
        for batch in _batches(changes.filter(entity=name)):
            _as_written(entity, batch)
            created = [change for change in batch if change.outcome == Outcome.NEW]
            changed = [change for change in batch if change.outcome != Outcome.NEW]
            _delete(entity, created, actor, reason)
            _update(entity, changed, [change.before for change in changed], links, actor, reason)
            _follow(entity, batch, actor)
    changes.update(applied=False)


def _batches(changes: QuerySet[ImportChange]) -> Iterator[list[ImportChange]]:
    """Yield `changes` in batches by their ids: a long import is never in memory as a whole."""
    last = 0
    while batch := list(changes.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        yield batch


def _as_compared(entity: Entity, batch: list[ImportChange], taken: set[Key]) -> None:
    stored = entity.stored_by_id(change.object_id for change in batch if change.object_id)
    stale = []
    for change in batch:
        if change.outcome == Outcome.NEW:
            is_stale = tuple(change.key) in taken
        else:
            found = stored.get(change.object_id or 0)
            is_stale = found is None or any(found[name] != value for name, value in change.before.items())
        if is_stale:
            stale.append(change.label)
    if stale:
        text = _("Changed since the preview: %(names)s. Read the file again and look at the new preview.")
        raise ActionRefused(access.denied("changed_since", text % {"names": _some(stale)}))


def _spare_the_actor(entity: Entity, batch: list[ImportChange], actor: User) -> None:
    if entity.model is User:
        for change in batch:
            refuse_to_end_oneself(actor, change.object_id, is_active=change.after.get("is_active", True))


def _as_written(entity: Entity, group: list[ImportChange]) -> None:
    by_id = entity.stored_by_id(change.object_id for change in group if change.object_id)
    later = [
        change.label
        for change in group
        if (found := by_id.get(change.object_id or 0)) is None
        or any(found[name] != value for name, value in change.after.items())
    ]
    if later:
        text = _("Changed since the import: %(names)s. Take those changes back first.")
        raise ActionRefused(access.denied("changed_since", text % {"names": _some(later)}))


def _some(names: list[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:NAMED])
    more = len(names) - NAMED
    return _("%(names)s and %(count)d more") % {"names": shown, "count": more} if more > 0 else shown


def _write(entity: Entity, batch: list[ImportChange], links: Links, actor: User, reason: str) -> None:
    created = [change for change in batch if change.outcome == Outcome.NEW]
    changed = [change for change in batch if change.outcome != Outcome.NEW]
    try:
        with transaction.atomic():
            _create(entity, created, links, actor, reason)
            _update(entity, changed, [change.after for change in changed], links, actor, reason)
    except (IntegrityError, LookupError) as error:
        text = _("The rows contradict each other or records that are there: %(names)s. Nothing was changed.")
        names = _some([change.label for change in batch])
        raise ActionRefused(access.denied("contradiction", text % {"names": names})) from error
    for change in batch:
        change.applied = True
    ImportChange.objects.bulk_update(batch, ["object_id", "applied"], batch_size=BATCH)


def _create(entity: Entity, changes: list[ImportChange], links: Links, actor: User, reason: str) -> None:
    if not changes:
        return
    records = []
    for change in changes:
        record = entity.model()
        if isinstance(record, User):
            record.set_unusable_password()
        write(entity, record, change.after, links)
        records.append(record)
    manager = entity.model._default_manager
    manager.bulk_create(records, batch_size=BATCH)
    _history(entity, records, actor, reason, update=False)
    for change, record in zip(changes, records, strict=True):
        change.object_id = record.pk


def _update(
    entity: Entity, changes: list[ImportChange], values: list[dict[str, Any]], links: Links, actor: User, reason: str
) -> None:
    if not changes:
        return
    rows = entity.model._default_manager.in_bulk([change.object_id for change in changes])
    touched: set[str] = set()
    records = []
    for change, plain in zip(changes, values, strict=True):
        record = rows[change.object_id]
        touched.update(write(entity, record, plain, links))
        records.append(record)
    # An upsert writes many rows in one statement; the CASE expressions of bulk_update cost twenty times as much.
    entity.model._default_manager.bulk_create(
        records, batch_size=BATCH, update_conflicts=True, unique_fields=["id"], update_fields=sorted(touched)
    )
    _history(entity, records, actor, reason, update=True)


def _history(entity: Entity, records: list[Any], actor: User, reason: str, *, update: bool) -> None:
    entity.model.history.bulk_history_create(  # type: ignore[attr-defined]  # every imported model is recorded
        records, batch_size=BATCH, update=update, default_user=actor, default_change_reason=reason, default_date=now()
    )


def _delete(entity: Entity, created: list[ImportChange], actor: User, reason: str) -> None:
    rows = entity.model._default_manager.in_bulk([change.object_id for change in created])
    in_use = []
    for change in created:
        record = rows[change.object_id]
        sign(record, by=actor, at=now(), reason=reason)
        try:
            with transaction.atomic():
                record.delete()
        except ProtectedError:
            in_use.append(change.label)
    if in_use:
        text = _("Used since the import: %(names)s. Switch them off instead.")
        raise ActionRefused(access.denied("in_use", text % {"names": _some(in_use)}))


def _follow(entity: Entity, group: list[ImportChange], actor: User) -> None:
    """Keep in step what depends on the rows: the groups and the staff flag of members, the clock arithmetic of calendars."""
    model: type[models.Model] = entity.model
    links = Links()
    if model in (WorkCalendar, CalendarInterval, CalendarException):
        calendars = [links.find("calendar", change.key[0]) for change in group]
        clocks.touch(filter(None, calendars))
    if model in (CalendarInterval, CalendarException):
        for calendar in WorkCalendar.objects.filter(pk__in=filter(None, calendars)):
            # Hours may still be on their way in or out; that some are left is asked of the table before.
            require_countable(calendar, some_hours=False)
    if model is Membership:
        people = [links.find("person", change.key[1]) for change in group]
        for person in User.objects.filter(pk__in=filter(None, people)):
            roles.follow(person, by=actor)
