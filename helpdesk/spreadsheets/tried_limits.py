"""Decides how limits that were tried out become a change-set of the catalog, like one that was read from a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.actions import imports
from helpdesk.actions.entities import ENTITIES
from helpdesk.actions.refusals import bad_input
from helpdesk.models import ImportChange, ImportSubject, SpreadsheetImport, User
from helpdesk.spreadsheets.effects import Effects
from helpdesk.worktime import Limit

# The name under which the choices of an import keep the address its limits were tried at.
ORIGIN = "what_if"
# By the id of a kind of work: its limits by the names of their columns.
Limits = Mapping[int, Mapping[str, Limit]]


def differing(limits: Limits) -> list[ImportChange]:
    """Return what `limits` would change in the catalog, not stored yet."""
    return list(_differing(limits))


def propose(*, actor: User, limits: Limits, origin: str) -> SpreadsheetImport:
    """Keep `limits` as a change-set that waits for confirmation. `origin` is the query they were tried with.

    Raises ActionRefused, and ValidationError when the catalog has these limits already. Then nothing is kept.
    """
    with transaction.atomic():
        imported = imports.receive(actor=actor, subject=ImportSubject.CATALOG, uploads=[], choices={ORIGIN: origin})
        found = differing(limits)
        if not found:
            raise bad_input({"kinds": _("The catalog has these limits already.")})
        counts = {"new": 0, "changed": len(found), "unchanged": len(limits) - len(found), "missing": 0, "rejected": 0}
        imports.propose(imported=imported, changes=_of(imported, found), counts=lambda: counts, question={})
    return imported


def _of(imported: SpreadsheetImport, changes: Iterable[ImportChange]) -> Iterator[ImportChange]:
    effects = Effects()
    for change in changes:
        change.imported, change.remarks = imported, effects.of(change)
        yield change


def _differing(limits: Limits) -> Iterator[ImportChange]:
    entity = ENTITIES["work_type"]
    stored = entity.stored_by_id(limits)
    for pk, row in sorted(stored.items(), key=lambda item: (item[1]["service"], item[1]["code"])):
        after = {name: str(limit) for name, limit in limits[pk].items() if str(limit) != row[name]}
        if after:
            yield ImportChange(
                outcome=ImportChange.Outcome.CHANGED, entity=entity.name, key=list(entity.key_of(row.plain())),
                label=f"{row['code']} {row['name']}"[:300], object_id=pk,
                before={name: row[name] for name in after}, after=after,
            )  # fmt: skip
