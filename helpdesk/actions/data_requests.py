"""Decides who may take all data of a person out, how often, and that the audit hears of it before anything is read."""

from __future__ import annotations

import math
from datetime import timedelta

from django.utils.translation import gettext as _

from helpdesk import access
from helpdesk.access import Right
from helpdesk.actions import audit
from helpdesk.actions.refusals import ActionRefused, NotFound
from helpdesk.models import AuditKind, AuditRecord, User
from helpdesk.moment import now

WHAT = "person"
MOST = 5
WINDOW = timedelta(hours=1)


def whose(*, actor: User, person_id: int | None = None) -> User:
    """Return whose data `actor` may take out: his own, or with the right to export people anybody's.

    Raises ActionRefused, NotFound.
    """
    if person_id is None or person_id == actor.pk:
        return actor
    if not access.has_right(actor, Right.EXPORT_PEOPLE):
        raise ActionRefused(access.denied("no_right", _("Your role does not include this.")))
    found = User.objects.filter(pk=person_id).first()
    if found is None:
        raise NotFound(person_id)
    return found


def seconds_to_wait(*, actor: User) -> int:
    """Return how long `actor` has to wait before the next export, 0 when it may be made: five in an hour."""
    recent = AuditRecord.objects.filter(actor=actor, kind=AuditKind.EXPORTED, at__gt=now() - WINDOW, data__what=WHAT)
    times = list(recent.order_by("-pk").values_list("at", flat=True)[:MOST])
    return 0 if len(times) < MOST else max(1, math.ceil((times[-1] + WINDOW - now()).total_seconds()))


def take_out(*, actor: User, person_id: int | None = None) -> User:
    """Agree that all data of a person goes out, write that down and return the person. Raises ActionRefused, NotFound."""
    person = whose(actor=actor, person_id=person_id)
    if seconds_to_wait(actor=actor):
        raise ActionRefused(
            access.denied("too_many", _("That was asked for several times within an hour. Try again later."))
        )
    audit.record(AuditKind.EXPORTED, actor=actor, person=person, what=WHAT, form="zip")
    return person
