"""Decides how limits that were tried out become a change-set of the catalog, like one that was read from a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.actions import imports
from helpdesk.actions.entities import ENTITIES
from helpdesk.actions.refusals import bad_input
from helpdesk.models import ImportChange, ImportSubject, SpreadsheetImport, User
from helpdesk.reports.proposal import Terms
from helpdesk.spreadsheets.effects import Effects

# The name under which the choices of an import keep the address its limits were tried at.
ORIGIN = "what_if"


def differing(terms: Mapping[int, Terms]) -> list[ImportChange]:
    """Return what `terms` by kind of work would change in the catalog, not stored yet; calendars are not of the catalog."""
    return list(_differing(terms))


def propose(*, actor: User, terms: Mapping[int, Terms], origin: str) -> SpreadsheetImport:
    """Keep the limits of `terms` as a change-set that waits for confirmation. `origin` is the query they were tried with.

    Raises ActionRefused, and ValidationError when the catalog has these limits already. Then nothing is kept.
    """
    with transaction.atomic():
        imported = imports.receive(actor=actor, subject=ImportSubject.CATALOG, uploads=[], choices={ORIGIN: origin})
        found = differing(terms)
        if not found:
            raise bad_input({"kinds": _("The catalog has these limits already.")})
        counts = {"new": 0, "changed": len(found), "unchanged": len(terms) - len(found), "missing": 0, "rejected": 0}
        imports.propose(imported=imported, changes=_of(imported, found), counts=lambda: counts, question={})
    return imported


def _of(imported: SpreadsheetImport, changes: Iterable[ImportChange]) -> Iterator[ImportChange]:
    effects = Effects()
    for change in changes:
        change.imported, change.remarks = imported, effects.of(change)
        yield change


def _differing(terms: Mapping[int, Terms]) -> Iterator[ImportChange]:
    entity = ENTITIES["work_type"]
    stored = entity.stored_by_id(terms)
    for pk, row in sorted(stored.items(), key=lambda item: (item[1]["service"], item[1]["code"])):
        proposed = {"reaction_limit": terms[pk].reaction, "execution_limit": terms[pk].execution}
        after = {name: str(limit) for name, limit in proposed.items() if limit and str(limit) != row[name]}
        if after:
            yield ImportChange(
                outcome=ImportChange.Outcome.CHANGED, entity=entity.name, key=list(entity.key_of(row.plain())),
                label=f"{row['code']} {row['name']}"[:300], object_id=pk,
                before={name: row[name] for name in after}, after=after,
            )  # fmt: skip
