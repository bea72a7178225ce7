"""Decides how letters leave: leased by one sender at a time, tried again with growing pauses, given up after a day."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation

from helpdesk import access
from helpdesk.models import AccountLetter, Event, Letter, Message, NoticeKind, User
from helpdesk.moment import now
from helpdesk.notify import account_letters, digests, envelope, security_letters, unsubscribing
from helpdesk.notify.wording import sentence

BATCH = 50
LEASE = timedelta(minutes=2)
FIRST_PAUSE = timedelta(minutes=1)
GIVE_UP = timedelta(days=1)
# The worker has other work, and may be asked to end: one run ends after so many seconds, however slow the mail server is.
PATIENCE = 3.0
# Without these a requester would wait in vain for himself.
NEEDED = frozenset({NoticeKind.QUESTION, NoticeKind.SUBMITTED, NoticeKind.REQUESTER_REMINDER})
_WITH_DEADLINE = frozenset({NoticeKind.ASSIGNED, NoticeKind.DUE_SOON, NoticeKind.OVERDUE})
# What these say is known above this layer; whoever sends them brings their writer.
WRITTEN_ABOVE = frozenset({NoticeKind.REPORT.value})
_log = logging.getLogger("helpdesk.letters")


class Writer(NamedTuple):
    """How letters of one kind are written: why one is not sent any more (nothing when it is), and what it says."""

    obstacle: Callable[[Letter], str]
    compose: Callable[[Letter], EmailMultiAlternatives]


def send_letters(writers: Mapping[str, Writer] | None = None, *, batch: int = BATCH) -> int:
    """Send what is due, one letter after the other; return how many left. `writers` are by kind of letter; letters
    `WRITTEN_ABOVE` without one stay."""
    at, known = now(), writers or {}
    free = Q(leased_until=None) | Q(leased_until__lt=at)
    waiting = Letter.objects.filter(free, state=Letter.State.PENDING, next_at__lte=at).order_by("next_at")
    waiting = waiting.exclude(kind__in=WRITTEN_ABOVE - set(known))
    began, left = time.monotonic(), 0
    for pk in list(waiting.values_list("pk", flat=True)[:batch]):
        if time.monotonic() - began > PATIENCE:
            break
        left += _send(pk, known)
    return left


def _send(pk: int, writers: Mapping[str, Writer]) -> int:
    at = now()
    free = Q(leased_until=None) | Q(leased_until__lt=at)
    if not Letter.objects.filter(free, pk=pk, state=Letter.State.PENDING).update(leased_until=at + LEASE):
        return 0
    parts = ("person", "event__ticket__service", "event__actor", "digest__line", "report__schedule__owner")
    letter = Letter.objects.select_related(*parts).get(pk=pk)
    writer = writers.get(letter.kind) or _writer(letter)
    obstacle = "" if letter.person.is_active else "the account is switched off"
    obstacle = obstacle or writer.obstacle(letter)
    if obstacle:
        _close(letter, Letter.State.GIVEN_UP, obstacle)
        return 0
    try:
        writer.compose(letter).send()
    except Exception as error:  # noqa: BLE001 - whatever the mail server says, the letter is kept and tried again
        _log.warning("letter %s was not sent: %s", pk, error)
        _try_later(letter, str(error))
        return 0
    _close(letter, Letter.State.SENT, "")
    return 1


def _writer(letter: Letter) -> Writer:
    if letter.digest is not None:
        return Writer(digests.obstacle, digests.compose)
    if letter.kind in security_letters.SENTENCES:
        return Writer(_invisible, security_letters.compose)
    if letter.kind in (AccountLetter.APPROVED, AccountLetter.APPROVAL):
        return Writer(_invisible, account_letters.compose_about_approval)
    return Writer(_invisible, account_letters.compose if letter.event is None else compose)


def _invisible(letter: Letter) -> str:
    is_hidden = letter.event is not None and not access.can_see(letter.person, letter.event.ticket)
    return "not visible any more" if is_hidden else ""


def _close(letter: Letter, state: str, error: str) -> None:
    sent = now() if state == Letter.State.SENT else None
    Letter.objects.filter(pk=letter.pk).update(state=state, sent_at=sent, leased_until=None, error=error)


def _try_later(letter: Letter, error: str) -> None:
    at, attempts = now(), letter.attempts + 1
    over = at - letter.created_at > GIVE_UP
    Letter.objects.filter(pk=letter.pk).update(
        attempts=attempts,
        error=error[:1000],
        leased_until=None,
        next_at=at + FIRST_PAUSE * 2 ** min(attempts - 1, 8),
        state=Letter.State.GIVEN_UP if over else Letter.State.PENDING,
    )


def compose(letter: Letter) -> EmailMultiAlternatives:
    """Return the letter as HTML and text in the language of its reader, threaded by its ticket."""
    # Letters of digests, reports and accounts have none; their writers are others.
    event = cast("Event", letter.event)
    ticket = event.ticket
    stop = "" if letter.kind in NEEDED else unsubscribing.address_for(letter)
    zone = ZoneInfo(letter.person.time_zone or settings.TIME_ZONE)
    with translation.override(letter.person.language or settings.LANGUAGE_CODE), timezone.override(zone):
        subject = sentence(letter.kind, number=ticket.pk, subject=ticket.subject)
        context = {
            "letter": letter,
            "ticket": ticket,
            "title": subject,
            "text": _message_text(letter.person, event),
            "due": ticket.due_at if letter.kind in _WITH_DEADLINE else None,
            "address": envelope.address(ticket.get_absolute_url()),
            "settings_address": stop,
        }
        text = render_to_string("helpdesk/mail/notice.txt", context)
        html = render_to_string("helpdesk/mail/notice.html", context)
    headers = envelope.headers(f"event-{event.pk}-{letter.person_id}", thread=f"ticket-{ticket.pk}", stop=stop)
    mail = EmailMultiAlternatives(" ".join(subject.split()), text, to=[letter.person.email], headers=headers)
    mail.attach_alternative(html, "text/html")
    return mail


def _message_text(reader: User, event: Event) -> str:
    """What was said in the event, or by the action that made it, if the reader may see it."""
    visible = access.visible_messages(reader, event.ticket)
    if "message" in event.data:
        found = visible.filter(pk=event.data["message"])
    else:
        found = visible.filter(action=event.kind, created_at__lte=event.at).order_by("-id")
    message: Message | None = found.first()
    return message.text if message else ""
