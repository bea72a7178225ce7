"""Decides how administrators' records are saved and deleted: catalog, lines, people, calendars, reply templates.

Each model names the right it needs; the change is validated, saved with the acting person in its history, or refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from helpdesk import access, clocks, worktime
from helpdesk.access import Right
from helpdesk.actions import audit, roles
from helpdesk.actions.refusals import ActionRefused
from helpdesk.actions.texts import clean_phone
from helpdesk.lifecycle import WORKED
from helpdesk.models import (
    CalendarException,
    CalendarInterval,
    CompanyGroup,
    Membership,
    ReplyTemplate,
    ReportSchedule,
    Service,
    SupportLine,
    Ticket,
    User,
    Webhook,
    WorkCalendar,
    WorkType,
)
from helpdesk.models.recording import sign
from helpdesk.moment import now

__all__ = [
    "RIGHT_FOR",
    "ValidationError",
    "delete",
    "make_default",
    "may_manage",
    "require_countable",
    "require_right",
    "save",
]

if TYPE_CHECKING:
    from helpdesk.access import Decision

RIGHT_FOR: dict[type[models.Model], Right] = {
    Service: Right.MANAGE_CATALOG,
    WorkType: Right.MANAGE_CATALOG,
    SupportLine: Right.MANAGE_LINES,
    Membership: Right.MANAGE_LINES,
    User: Right.MANAGE_PEOPLE,
    CompanyGroup: Right.MANAGE_PEOPLE,
    WorkCalendar: Right.MANAGE_CALENDARS,
    CalendarInterval: Right.MANAGE_CALENDARS,
    CalendarException: Right.MANAGE_CALENDARS,
    ReplyTemplate: Right.MANAGE_TEMPLATES,
    Webhook: Right.ADMINISTER,
    ReportSchedule: Right.EXPORT_REPORTS,
}


def may_manage(user: access.Visitor, model: type[models.Model], record: models.Model | None = None) -> Decision:
    """Answer whether `user` may add, change or delete records of `model` (or the given one).

    A lead manages the reply templates of the lines he leads only, and everybody the reports by mail he made himself.
    """
    if not access.has_right(user, RIGHT_FOR[model]):
        return access.denied("no_right", _("Your role does not include this."))
    if access.has_right(user, Right.ADMINISTER):
        return access.ALLOWED
    if isinstance(record, ReplyTemplate) and record.line_id not in access.roles_of(user).led:
        return access.denied("foreign_line", _("You may only change templates of the lines you lead."))
    if isinstance(record, ReportSchedule) and record.pk and record.owner_id != user.pk:
        return access.denied("not_author", _("Only its owner or an administrator can change a report by mail."))
    return access.ALLOWED


def save(*, actor: User, record: models.Model, reason: str = "") -> None:
    """Validate and save one record, remembering who did it. Raises ActionRefused, ValidationError."""
    require_right(actor, record)
    if isinstance(record, User):
        _refuse_to_bring_back(record)
        refuse_to_end_oneself(actor, record.pk, is_active=record.is_active)
        _refuse_to_leave_requests(record)
    with transaction.atomic():
        before = audit.values_of(record)
        if isinstance(record, User):
            record.phone = clean_phone(record.phone, before=before.get("phone", ""))
        record.full_clean()
        sign(record, by=actor, at=now(), reason=reason)
        record.save()
        _follow(record, actor)
        audit.changed(record, before, actor=actor, reason=reason)


def delete(*, actor: User, record: models.Model) -> None:
    """Delete a record nothing depends on, remembering who did it. Raises ActionRefused when something does."""
    require_right(actor, record)
    sign(record, by=actor, at=now())
    try:
        with transaction.atomic():
            before, number = audit.values_of(record), record.pk
            record.delete()
            _follow(record, actor)
            audit.deleted(record, before, number, actor=actor)
    except ProtectedError as error:
        refusal = access.denied("in_use", _("Requests depend on it. Switch it off instead of deleting it."))
        raise ActionRefused(refusal) from error


def refuse_to_end_oneself(actor: User, person_id: int | None, *, is_active: bool) -> None:
    """Raise ActionRefused when `actor` would switch his own account off: nobody might be left to switch it on."""
    if person_id == actor.pk and not is_active:
        raise ActionRefused(access.denied("own_account", _("You cannot switch your own account off.")))


def _refuse_to_bring_back(person: User) -> None:
    """Raise ActionRefused for an account whose personal data is erased: it stays as it is for ever."""
    if person.pk and User.objects.filter(pk=person.pk, erased_at__isnull=False).exists():
        raise ActionRefused(
            access.denied("erased", _("The personal data of this account is erased. It stays as it is."))
        )


def _refuse_to_leave_requests(person: User) -> None:
    """Raise ActionRefused when requests would stay with an account that is switched off; letting go hands them on."""
    if not person.is_active and person.pk and Ticket.objects.filter(assignee=person, status__in=WORKED).exists():
        text = _("Open requests are assigned to this person. Use “Let go” on his page: it hands them on.")
        raise ActionRefused(access.denied("has_requests", text))


def require_right(actor: User, record: models.Model) -> None:
    """Raise ActionRefused unless `actor` may manage `record`."""
    verdict = may_manage(actor, type(record), record)
    if not verdict:
        raise ActionRefused(verdict)


def require_countable(calendar: WorkCalendar, *, some_hours: bool = True) -> None:
    """Raise ActionRefused for a calendar by which nothing could be counted: hours overlap, or there are none at all.

    Called at the end of every change that consists of several rows, inside its transaction.
    """
    try:
        clocks.read_calendar(calendar)
    except worktime.NoWorkingTime as error:
        if some_hours and not calendar.always_open:
            text = _("A calendar needs some working time, or has to be open around the clock.")
            raise ActionRefused(access.denied("no_hours", text)) from error
    except ValueError as error:
        text = _("Hours of one day overlap in the calendar “%(name)s”.") % {"name": calendar}
        raise ActionRefused(access.denied("overlap", text)) from error


def _follow(record: models.Model, actor: User) -> None:
    """Keep in step what depends on a record: the groups and the staff flag of people, the clock arithmetic of calendars."""
    if isinstance(record, Membership):
        roles.follow(record.person, by=actor)
    if isinstance(record, User):
        roles.follow(record, by=actor)
    if isinstance(record, CalendarInterval | CalendarException):
        clocks.touch([record.calendar_id])
    if isinstance(record, WorkCalendar):
        clocks.touch([record.pk])


def make_default(*, actor: User, line: SupportLine) -> SupportLine:
    """Make `line` the default one and the present default an ordinary one, in one step: never two, never none."""
    require_right(actor, line)
    if not line.is_active:
        raise ActionRefused(access.denied("inactive", _("Switch the line on before you make it the default one.")))
    with transaction.atomic():
        for other in SupportLine.objects.select_for_update().filter(is_default=True).exclude(pk=line.pk):
            _set_default(other, actor, is_default=False)
        _set_default(line, actor, is_default=True)
    return line


def _set_default(line: SupportLine, actor: User, *, is_default: bool) -> None:
    before = audit.values_of(line)
    line.is_default = is_default
    sign(line, by=actor, at=now())
    line.save()
    audit.changed(line, before, actor=actor)
