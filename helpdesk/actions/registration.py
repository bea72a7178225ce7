"""Decides how a ticket is registered: by the requester or for him, on which line, with which limits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk import access, clocks, notify, search
from helpdesk.access import Right
from helpdesk.actions import attachments, stays
from helpdesk.actions.refusals import ActionRefused, bad_input
from helpdesk.actions.texts import clean_line, clean_text
from helpdesk.lifecycle import REGISTER
from helpdesk.models import SupportLine, Ticket, User, WorkType
from helpdesk.models.recording import sign
from helpdesk.moment import now


def register(
    *,
    actor: User,
    work_type: WorkType | None,
    subject: str,
    text: str,
    requester: User | None = None,
    files: Sequence[Any] = (),
) -> Ticket:
    """Register a request and return it, with its clocks running and its line told.

    It lands on the line of its kind of work, else on the default one; limits and calendar are copied from there.
    `requester` other than `actor` needs the right to register for others. Raises ActionRefused, ValidationError.
    """
    subject = clean_line(subject, "subject", maximum=200)
    text = clean_text(text, "text", maximum=20_000)
    if work_type is None or not work_type.is_active or not work_type.service.is_active:
        raise bad_input({"work_type": _("Choose a kind of work from the catalog.")})
    person = _requester(actor, requester)
    checked = attachments.check(files)
    at = now()
    with transaction.atomic():
        line = _line_for(work_type)
        ticket = draft(actor=actor, requester=person, work_type=work_type, line=line, subject=subject, text=text, at=at)
        started = clocks.reckon(ticket, REGISTER, {}, at=at, actor=actor)
        _store(ticket, actor=actor, at=at)
        stays.record(ticket, at=at)
        clocks.write(started)
        attachments.keep(checked, ticket=ticket, message=None, actor=actor)
        search.index(ticket, messages=())
        notify.record(ticket, REGISTER, actor=actor, at=at, data={"line": line.pk})
    return ticket


def draft(
    *, actor: User, requester: User, work_type: WorkType, line: SupportLine, subject: str, text: str, at: datetime
) -> Ticket:
    """Return a new ticket that is not stored yet, with the limits and the calendar it is to be judged by."""
    return Ticket(
        subject=subject,
        text=text,
        requester=requester,
        registered_by=actor,
        line=line,
        service=work_type.service,
        work_type=work_type,
        priority=work_type.priority,
        reaction_limit=work_type.reaction_limit,
        execution_limit=work_type.execution_limit,
        calendar=line.calendar,
        created_at=at,
        updated_at=at,
        last_action=REGISTER,
    )


def _store(ticket: Ticket, *, actor: User, at: Any) -> None:
    sign(ticket, by=actor, at=at)
    ticket.save()


def _requester(actor: User, requester: User | None) -> User:
    if not actor.is_active:
        raise ActionRefused(access.denied("inactive", _("This account is switched off.")))
    if requester is None or requester == actor:
        return actor
    if not access.has_right(actor, Right.REGISTER_FOR_OTHERS):
        raise ActionRefused(access.denied("not_support", _("Only support files requests on behalf of others.")))
    if not requester.is_active:
        raise bad_input({"requester": _("This person's account is switched off.")})
    return requester


def _line_for(work_type: WorkType) -> SupportLine:
    line = work_type.line
    if line is not None and line.is_active:
        return line
    default = SupportLine.objects.filter(is_default=True).select_related("calendar").first()
    if default is None:
        raise bad_input({"work_type": _("No support line is set as the default one. Please tell the administrator.")})
    return default
