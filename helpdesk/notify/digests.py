"""Decides who is written in the morning what is late and what burns on a line: once a day, when the line opens."""

from __future__ import annotations

import logging
from datetime import date, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from helpdesk import access, queues, worktime
from helpdesk.clocks import calendar_of
from helpdesk.lifecycle import OPEN, Status
from helpdesk.models import Channel, Letter, LineDigest, Membership, NoticeKind, NoticeRole, SupportLine, Ticket, User
from helpdesk.moment import now
from helpdesk.notify import envelope, matrix, unsubscribing
from helpdesk.worktime import Calendar

SHOWN = 15
# When a line that works around the clock has its morning, in the time zone of the desk.
MORNING = time(9)
_log = logging.getLogger("helpdesk.notices")


def write_digests() -> int:
    """Write the digests of the lines that have opened today and have none yet; return how many letters that makes."""
    parts = {role for role, channels in matrix.channels(NoticeKind.DIGEST).items() if Channel.EMAIL in channels}
    written = 0
    for line in SupportLine.objects.filter(is_active=True).select_related("calendar"):
        try:
            written += _write(line, parts)
        except Exception:  # noqa: BLE001 - whatever is wrong with one line, the others have their digest
            _log.exception("the digest of line %s was not written", line.pk)
    return written


def _write(line: SupportLine, parts: set[NoticeRole]) -> int:
    at = now()
    calendar = calendar_of(line.calendar)
    day, opening = opening_of(calendar, at)
    if opening is None or at < opening or LineDigest.objects.filter(line=line, day=day).exists():
        return 0
    with transaction.atomic():
        digest, is_new = LineDigest.objects.get_or_create(line=line, day=day, defaults={"made_at": at})
        if not is_new:
            return 0
        readers = [
            person for person in _readers(line, parts) if any(rows.exists() for rows in _piles(person, line, at))
        ]
        letters = [
            Letter(person=person, digest=digest, kind=NoticeKind.DIGEST, created_at=at, next_at=at)
            for person in readers
        ]
        Letter.objects.bulk_create(letters, ignore_conflicts=True)
    return len(letters)


def opening_of(calendar: Calendar, at: datetime) -> tuple[date, datetime | None]:
    """Return the day of `calendar` at the aware moment `at`, and when it opens that day; None when it does not."""
    if calendar.always_open:
        zone = ZoneInfo(settings.TIME_ZONE)
        day = at.astimezone(zone).date()
        return day, datetime.combine(day, MORNING, zone)
    day = at.astimezone(calendar.zone).date()
    return day, next((start for start, _end in calendar.windows(day)), None)


def _readers(line: SupportLine, parts: set[NoticeRole]) -> list[User]:
    wanted = Q(pk__in=[])
    if NoticeRole.LINE in parts:
        wanted = Q(memberships__line=line)
    elif NoticeRole.LEAD in parts:
        wanted = Q(memberships__line=line, memberships__role=Membership.LineRole.LEAD)
    people = list(User.objects.filter(wanted, is_active=True).exclude(email="").distinct())
    off = matrix.switched_off(NoticeKind.DIGEST, people)
    return [person for person in people if (person.pk, Channel.EMAIL.value) not in off]


def _piles(
    person: User, line: SupportLine, at: datetime
) -> tuple[QuerySet[Ticket], QuerySet[Ticket], QuerySet[Ticket]]:
    """What is late, what is due before the line opens next, and what nobody has taken."""
    calendar = calendar_of(line.calendar)
    day, _opening = opening_of(calendar, at)
    tomorrow = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(settings.TIME_ZONE))
    until = tomorrow if calendar.always_open else worktime.next_working(calendar, _midnight_after(day, calendar))
    mine = access.visible_to(person).filter(line=line, status__in=OPEN).select_related("assignee")
    late = mine.filter(due_at__lt=at)
    burning = mine.filter(due_at__gte=at, due_at__lt=until)
    untaken = mine.filter(status=Status.NEW, assignee=None)
    return queues.by_urgency(late), queues.by_urgency(burning), untaken


def _midnight_after(day: date, calendar: Calendar) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), calendar.zone)


def obstacle(letter: Letter) -> str:
    """Return why a digest is not sent any more, in English for the log; nothing when it is."""
    digest = letter.digest
    is_member = digest is not None and digest.line_id in access.roles_of(letter.person).lines
    return "" if is_member else "not a member of the line any more"


def compose(letter: Letter) -> EmailMultiAlternatives:
    """Return the digest as HTML and text in the language and time zone of its reader, as things are now."""
    # Letters of digests alone are written here.
    digest, person = cast("LineDigest", letter.digest), letter.person
    stop = unsubscribing.address_for(letter)
    zone = ZoneInfo(person.time_zone or settings.TIME_ZONE)
    with translation.override(person.language or settings.LANGUAGE_CODE), timezone.override(zone):
        late, burning, untaken = _piles(person, digest.line, now())
        blocks = [_block(_("Late"), late), _block(_("Due before the line opens next"), burning)]
        counts = {"late": blocks[0]["count"], "burning": blocks[1]["count"]}
        title = _("%(line)s: late %(late)d, due today %(burning)d") % {"line": digest.line.name, **counts}
        context = {
            "title": title,
            "line": digest.line,
            "blocks": blocks,
            "untaken": untaken.count(),
            "address": _list_address(digest.line),
            "settings_address": stop,
        }
        text = render_to_string("helpdesk/mail/digest.txt", context)
        html = render_to_string("helpdesk/mail/digest.html", context)
    headers = envelope.headers(f"digest-{digest.pk}-{person.pk}", stop=stop)
    mail = EmailMultiAlternatives(" ".join(title.split()), text, to=[person.email], headers=headers)
    mail.attach_alternative(html, "text/html")
    return mail


def _block(title: str, rows: QuerySet[Ticket]) -> dict[str, Any]:
    count = rows.count()
    shown = [(ticket, envelope.address(ticket.get_absolute_url())) for ticket in rows[:SHOWN]]
    return {"title": title, "count": count, "rows": shown, "more": count - len(shown)}


def _list_address(line: SupportLine) -> str:
    try:
        path = reverse("admin:helpdesk_ticket_changelist")
    except NoReverseMatch:
        return ""
    return envelope.address(f"{path}?scope=lines&line={line.pk}&status=open")
