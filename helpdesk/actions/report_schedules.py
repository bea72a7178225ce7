"""Decides who may keep reports by mail: whoever may take reports out makes his own, administrators look after all.

Each reader gets what he may see himself, so a schedule gives nobody anything he could not open in the panel.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from helpdesk import access
from helpdesk.access import Right
from helpdesk.actions import audit, records
from helpdesk.actions.refusals import ActionRefused, NotFound, bad_input
from helpdesk.models import AuditKind, Letter, ReportSchedule, ReportSending, User
from helpdesk.moment import now

MOST, MOST_RECIPIENTS = 100, 100
_TIMING = ("every", "weekday", "day", "hour", "is_active")


def keeper(user: User) -> User:
    """Return `user` if he may keep reports by mail. Raises ActionRefused."""
    verdict = records.may_manage(user, ReportSchedule)
    if not verdict:
        raise ActionRefused(verdict)
    return user


def visible(user: access.Visitor) -> QuerySet[ReportSchedule]:
    """Return the reports by mail `user` looks after: his own, all for administrators; nothing without the right."""
    if not records.may_manage(user, ReportSchedule):
        return ReportSchedule.objects.none()
    found = ReportSchedule.objects.select_related("owner", "line", "service", "work_type", "assignee")
    return found if access.has_right(user, Right.ADMINISTER) else found.filter(owner_id=user.pk)


def with_sendings(schedules: QuerySet[ReportSchedule]) -> QuerySet[ReportSchedule]:
    """Return `schedules`, each with its newest sending and those of the last ten weeks in `recent`, newest first, and
    whether its owner may take reports out in `stands`."""
    newest = ReportSending.objects.filter(schedule=OuterRef("schedule"), asked_by=None).order_by("-id").values("pk")[:1]
    of_late = Q(last__gte=now().date() - timedelta(days=70)) | Q(pk=Subquery(newest))
    rows = told(ReportSending.objects.filter(of_late, asked_by=None)).order_by("-id")
    owners = access.people_with(Right.EXPORT_REPORTS).filter(pk=OuterRef("owner"))
    found = schedules.annotate(stands=Exists(owners))
    return found.prefetch_related("recipients", Prefetch("sendings", rows, to_attr="recent"))


def told(sendings: QuerySet[ReportSending]) -> QuerySet[ReportSending]:
    """Return `sendings` with the number of their letters `sent`, `waiting` and `lost`."""
    state = Letter.State
    return sendings.annotate(
        sent=Count("letters", filter=Q(letters__state=state.SENT)),
        waiting=Count("letters", filter=Q(letters__state=state.PENDING)),
        lost=Count("letters", filter=Q(letters__state=state.GIVEN_UP)),
    )


def one(*, actor: User, pk: int) -> ReportSchedule:
    """Return a report by mail that `actor` looks after. Raises ActionRefused, NotFound."""
    found = visible(keeper(actor)).prefetch_related("recipients").filter(pk=pk).first()
    if found is None:
        raise NotFound(pk)
    return found


def save(*, actor: User, schedule: ReportSchedule, recipients: Iterable[int] | None = None) -> ReportSchedule:
    """Make or change a report by mail; `recipients` are ids, None leaves them. A new one, and one whose owner may not
    take reports out any more, becomes the actor's.

    Raises ActionRefused, and ValidationError by field.
    """
    keeper(actor)
    is_new = schedule._state.adding  # noqa: SLF001 - documented by Django
    if is_new and ReportSchedule.objects.count() >= MOST:
        text = _("There are too many reports by mail. Delete those that nobody reads.")
        raise ActionRefused(access.denied("too_many", text))
    if is_new or not access.has_right(schedule.owner, Right.EXPORT_REPORTS):
        schedule.owner = actor
    _require_line(actor, schedule)
    with transaction.atomic():
        stored = ReportSchedule.objects.select_for_update().filter(pk=schedule.pk).first() if schedule.pk else None
        before = _ids(stored) if stored else []
        wanted = before if recipients is None else _readers(recipients, before)
        if not wanted:
            raise bad_input({"recipients": _("Choose at least one person.")})
        if stored is None or any(getattr(stored, name) != getattr(schedule, name) for name in _TIMING):
            schedule.starts_at = now()
        records.save(actor=actor, record=schedule)
        if wanted != before:
            schedule.recipients.set(wanted)
            change = ["recipients", [f"#{pk}" for pk in before], [f"#{pk}" for pk in wanted]]
            audit.record(AuditKind.CHANGED, actor=actor, about=schedule, changes=[change])
    return schedule


def _ids(schedule: ReportSchedule) -> list[int]:
    return sorted(schedule.recipients.values_list("pk", flat=True))


def readable() -> QuerySet[User]:
    """Return the people who can be chosen as readers, by name."""
    return access.people_with(Right.SEE_REPORTS).filter(is_service=False)


def _readers(chosen: Iterable[int], before: list[int]) -> list[int]:
    """Return the ids of `chosen` in order. Who is new among them must be active and may see reports."""
    wanted = sorted(set(chosen))
    if len(wanted) > MOST_RECIPIENTS:
        raise bad_input({"recipients": _("At most %(count)d people.") % {"count": MOST_RECIPIENTS}})
    added = set(wanted) - set(before)
    if readable().filter(pk__in=added).count() != len(added):
        raise bad_input({"recipients": _("Only active people who may see reports can be chosen.")})
    return wanted


def _require_line(actor: User, schedule: ReportSchedule) -> None:
    roles = access.roles_of(actor)
    if schedule.line_id and Right.SEE_ALL_TICKETS not in roles.rights and schedule.line_id not in roles.led:
        raise bad_input({"line": _("Choose one of the lines you lead.")})


def change(*, actor: User, schedule: ReportSchedule, values: dict[str, Any]) -> ReportSchedule:
    """Set the given fields, `recipients` as ids among them, and save. Raises ActionRefused, ValidationError."""
    recipients = values.pop("recipients", None)
    for name, value in values.items():
        setattr(schedule, name, value)
    return save(actor=actor, schedule=schedule, recipients=recipients)
