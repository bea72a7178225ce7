"""Decides when reports by mail are written down as letters: each period once, to those of its readers who may have it.

A desk that was off for long writes the newest period only. What a letter says is decided when it leaves (`mailing`).
"""

from __future__ import annotations

import logging
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from helpdesk import access
from helpdesk.access import Right
from helpdesk.actions import audit, report_schedules, report_times
from helpdesk.actions.refusals import ActionRefused
from helpdesk.actions.report_times import Turn
from helpdesk.models import AuditKind, Channel, Letter, NoticeKind, ReportSchedule, ReportSending, User
from helpdesk.moment import now
from helpdesk.notify import matrix

# Why a reader gets none: the code that is kept, the words of the log, the words of the page.
HINDRANCES = {
    "inactive": ("the account is switched off", _("the account is switched off")),
    "no_email": ("there is no e-mail", _("there is no e-mail")),
    "no_right": ("may not see reports any more", _("may not see reports")),
    "foreign_line": ("may not see the line", _("may not see the figures of the line")),
    "not_wanted": ("does not want reports by mail", _("does not want reports by mail")),
}
_log = logging.getLogger("helpdesk.notices")


class Person(NamedTuple):
    """A reader of a report, and why he gets none; nothing when he does."""

    who: User
    hindrance: str


def write_due() -> int:
    """Write the reports by mail whose hour has come; return how many letters that makes."""
    at, written = now(), 0
    for schedule in ReportSchedule.objects.filter(is_active=True, starts_at__lte=at).select_related("owner"):
        try:
            written += _write(schedule)
        except Exception:  # noqa: BLE001 - whatever is wrong with one report, the others go out
            _log.exception("the report by mail %s was not written", schedule.pk)
    return written


def _write(schedule: ReportSchedule) -> int:
    turn = due(schedule)
    if turn is None or not may_go(schedule):
        return 0
    with transaction.atomic():
        # Who changes or pauses it meanwhile waits, or has been first.
        locked = ReportSchedule.objects.select_for_update().filter(pk=schedule.pk, is_active=True).first()
        if locked is None or due(locked) != turn:
            return 0
        people = [Person(person, hindrance(person, locked)) for person in locked.recipients.order_by("pk")]
        skipped = [[person.who.pk, person.hindrance] for person in people if person.hindrance]
        sending = ReportSending.objects.create(
            schedule=locked, first=turn.first, last=turn.last, made_at=now(), skipped=skipped
        )
        readers = [person.who for person in people if not person.hindrance]
        Letter.objects.bulk_create([_letter(sending, reader, turn) for reader in readers])
        audit.record(AuditKind.EXPORTED, actor=locked.owner, about=locked, form="e-mail", count=len(readers))
    return len(readers)


def _letter(sending: ReportSending, reader: User, turn: Turn) -> Letter:
    """Return the letter, which waits until the days of the report are over where its reader lives."""
    at = now()
    next_at = max(at, report_times.ended_for(reader, turn))
    return Letter(person=reader, report=sending, kind=NoticeKind.REPORT, created_at=at, next_at=next_at)


def due(schedule: ReportSchedule) -> Turn | None:
    """Return the turn of an active schedule that has come and is not written yet; None when there is none."""
    turn = report_times.newest(schedule, now())
    if not schedule.is_active or turn.at < schedule.starts_at or _is_written(schedule, turn):
        return None
    return turn


def upcoming(schedule: ReportSchedule) -> Turn | None:
    """Return the turn that is written next, which may be due already; None while nothing is sent."""
    if not schedule.is_active or not may_go(schedule):
        return None
    turn = due(schedule)
    if turn is None:
        turn = report_times.upcoming(schedule, now())
        if _is_written(schedule, turn):
            turn = report_times.upcoming(schedule, turn.at)
    return turn


def _is_written(schedule: ReportSchedule, turn: Turn) -> bool:
    recent = getattr(schedule, "recent", None)
    if recent is not None:
        return any((sending.first, sending.last) == (turn.first, turn.last) for sending in recent)
    rows = ReportSending.objects.filter(schedule=schedule, asked_by=None, first=turn.first, last=turn.last)
    return rows.exists()


def may_go(schedule: ReportSchedule) -> bool:
    """Say whether somebody stands for the schedule: its owner may still take reports out."""
    known: bool | None = getattr(schedule, "stands", None)
    return access.has_right(schedule.owner, Right.EXPORT_REPORTS) if known is None else known


def hindrance(person: User, schedule: ReportSchedule) -> str:
    """Return the code of what keeps the report from `person`, as `HINDRANCES` has them; nothing when he may have it."""
    roles = access.roles_of(person)
    if not person.is_active:
        return "inactive"
    if Right.SEE_REPORTS not in roles.rights:
        return "no_right"
    if schedule.line_id and Right.SEE_ALL_TICKETS not in roles.rights and schedule.line_id not in roles.led:
        return "foreign_line"
    if not person.email:
        return "no_email"
    off = matrix.switched_off(NoticeKind.REPORT, [person])
    return "not_wanted" if (person.pk, Channel.EMAIL.value) in off else ""


def send_now(*, actor: User, schedule: ReportSchedule) -> Letter:
    """Write the newest whole period of a schedule to `actor` alone, soon; it does not count as the sending of that period.

    Raises ActionRefused without the right, or without an e-mail to send it to.
    """
    report_schedules.keeper(actor)
    reason = hindrance(actor, schedule)
    if reason and reason != "not_wanted":
        raise ActionRefused(access.denied(reason, HINDRANCES[reason][1]))
    turn = report_times.newest(schedule, now())
    with transaction.atomic():
        sending = ReportSending.objects.create(
            schedule=schedule, first=turn.first, last=turn.last, made_at=now(), asked_by=actor
        )
        letter = _letter(sending, actor, turn)
        letter.save()
        audit.record(AuditKind.EXPORTED, actor=actor, about=schedule, form="e-mail", count=1)
    return letter


def log_of(schedule: ReportSchedule) -> QuerySet[ReportSending]:
    """Return the sendings of a schedule, newest first, with the numbers of their letters."""
    return report_schedules.told(schedule.sendings.select_related("asked_by")).order_by("-id")
