"""Decides how administrators' records are saved and deleted: catalog, lines, people, calendars, reply templates.

Each model names the right it needs; the change is validated, saved with the acting person in its history, or refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import holidays
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from helpdesk import access
from helpdesk.access import Right
from helpdesk.actions.refusals import ActionRefused, bad_input
from helpdesk.models import (
    CalendarException,
    CalendarInterval,
    Membership,
    ReplyTemplate,
    Service,
    SupportLine,
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
    "fill_holidays",
    "keep_staff_flag",
    "make_default",
    "may_manage",
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
    WorkCalendar: Right.MANAGE_CALENDARS,
    CalendarInterval: Right.MANAGE_CALENDARS,
    CalendarException: Right.MANAGE_CALENDARS,
    ReplyTemplate: Right.MANAGE_TEMPLATES,
    Webhook: Right.ADMINISTER,
}


def may_manage(user: access.Visitor, model: type[models.Model], record: models.Model | None = None) -> Decision:
    """Answer whether `user` may add, change or delete records of `model` (or the given one).

    A lead manages the reply templates of the lines he leads only.
    """
    if not access.has_right(user, RIGHT_FOR[model]):
        return access.denied("no_right", _("Your role does not include this."))
    foreign = isinstance(record, ReplyTemplate) and record.line_id not in access.roles_of(user).led
    if foreign and not access.has_right(user, Right.ADMINISTER):
        return access.denied("foreign_line", _("You may only change templates of the lines you lead."))
    return access.ALLOWED


def save(*, actor: User, record: models.Model, reason: str = "") -> None:
    """Validate and save one record, remembering who did it. Raises ActionRefused, ValidationError."""
    _require(actor, record)
    if isinstance(record, User):
        refuse_to_end_oneself(actor, record.pk, is_active=record.is_active)
    record.full_clean()
    with transaction.atomic():
        sign(record, by=actor, at=now(), reason=reason)
        record.save()
        _follow(record)


def delete(*, actor: User, record: models.Model) -> None:
    """Delete a record nothing depends on, remembering who did it. Raises ActionRefused when something does."""
    _require(actor, record)
    sign(record, by=actor, at=now())
    try:
        with transaction.atomic():
            record.delete()
            _follow(record)
    except ProtectedError as error:
        refusal = access.denied("in_use", _("Requests depend on it. Switch it off instead of deleting it."))
        raise ActionRefused(refusal) from error


def refuse_to_end_oneself(actor: User, person_id: int | None, *, is_active: bool) -> None:
    """Raise ActionRefused when `actor` would switch his own account off: nobody might be left to switch it on."""
    if person_id == actor.pk and not is_active:
        raise ActionRefused(access.denied("own_account", _("You cannot switch your own account off.")))


def _require(actor: User, record: models.Model) -> None:
    verdict = may_manage(actor, type(record), record)
    if not verdict:
        raise ActionRefused(verdict)


def _follow(record: models.Model) -> None:
    """Keep in step what depends on a record: the staff flag of members, the clock arithmetic of calendars."""
    if isinstance(record, Membership):
        keep_staff_flag(record.person)
    if isinstance(record, CalendarInterval | CalendarException):
        WorkCalendar.objects.filter(pk=record.calendar_id).update(changed_at=now())
    if isinstance(record, WorkCalendar):
        WorkCalendar.objects.filter(pk=record.pk).update(changed_at=now())


def make_default(*, actor: User, line: SupportLine) -> SupportLine:
    """Make `line` the default one and the present default an ordinary one, in one step: never two, never none."""
    _require(actor, line)
    if not line.is_active:
        raise ActionRefused(access.denied("inactive", _("Switch the line on before you make it the default one.")))
    with transaction.atomic():
        for other in SupportLine.objects.select_for_update().filter(is_default=True).exclude(pk=line.pk):
            other.is_default = False
            sign(other, by=actor, at=now())
            other.save()
        line.is_default = True
        sign(line, by=actor, at=now())
        line.save()
    return line


def fill_holidays(*, actor: User, calendar: WorkCalendar, country: str, year: str) -> int:
    """Close the public holidays of `country` (a code such as RU) and `year`; return how many were added.

    Days that the calendar already names stay as they are. Raises ActionRefused, and ValidationError for an unknown country
    or a year that is none.
    """
    _require(actor, calendar)
    if not (year.isascii() and year.isdecimal() and 2000 <= int(year) <= 2100):
        raise bad_input({"year": _("Write a year between 2000 and 2100.")})
    try:
        days = holidays.country_holidays(country, years=int(year))
    except NotImplementedError as error:
        raise bad_input({"country": _("The holidays of this country are not known.")}) from error
    added = 0
    with transaction.atomic():
        known = set(CalendarException.objects.filter(calendar=calendar).values_list("date", flat=True))
        for day, name in sorted(days.items()):
            if day not in known:
                save(actor=actor, record=CalendarException(calendar=calendar, date=day, note=str(name)[:200]))
                added += 1
    return added


def keep_staff_flag(person: User) -> None:
    """Support people are staff: membership and administration give the flag, losing the last of them takes it."""
    access.forget_roles(person)
    staff = bool(access.roles_of(person).rights)
    if person.is_staff != staff:
        person.is_staff = staff
        person.save(update_fields=["is_staff"])
