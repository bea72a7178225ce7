"""Decides which of his sign-ins a person sees, and how they end: one, all others, or all."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from helpdesk.access import sessions
from helpdesk.access.sessions import SessionStore
from helpdesk.actions import audit
from helpdesk.actions.refusals import NotFound
from helpdesk.models import AuditKind, BrowserSession, User
from helpdesk.moment import now

# Reading must not become writing every time.
SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True)
class SignIn:
    """A browser that is signed in. `number` names it without telling the key of its session."""

    number: str
    began_at: datetime
    seen_at: datetime
    address: str
    browser: str
    is_this: bool


def of(*, person: User, session: str | None = None) -> list[SignIn]:
    """Return the sign-ins of `person`, the one with the key `session` first, then the one seen last."""
    rows = BrowserSession.objects.filter(
        person=person, expire_date__gt=timezone.now()
    )  # the clock of Django's sessions
    found = [
        SignIn(_number(row.pk), row.began_at, row.seen_at, row.address, row.browser, row.pk == session)
        for row in rows
        if row.began_at is not None and row.seen_at is not None
    ]
    return sorted(found, key=lambda each: (not each.is_this, -each.seen_at.timestamp()))


def end(*, actor: User, number: str) -> None:
    """End one of one's sign-ins. Raises NotFound."""
    keys = [key for key in _keys(actor) if _number(key) == number]
    with transaction.atomic():
        if not BrowserSession.objects.filter(person=actor, session_key__in=keys).delete()[0]:
            raise NotFound(number)
        audit.record(AuditKind.SIGN_INS_ENDED, actor=actor, person=actor, count=1)


def end_others(*, actor: User, session: str | None) -> int:
    """End every sign-in of `actor` but the one with the key `session`, and every pair of tokens; return how many browsers."""
    with transaction.atomic():
        count = end_all(person=actor, but=session)
        audit.record(AuditKind.SIGN_INS_ENDED, actor=actor, person=actor, count=count)
    return count


def end_all(*, person: User, but: str | None = None) -> int:
    """End what is signed in as `person` in browsers and by pairs of tokens; return how many browsers."""
    User.objects.filter(pk=person.pk).update(pair_round=F("pair_round") + 1)
    person.refresh_from_db(fields=["pair_round"])
    return BrowserSession.objects.filter(person=person).exclude(session_key=but or "").delete()[0]


def note_seen(session: SessionStore) -> None:
    """Remember that a browser was just seen, once in five minutes; a sign-in that is used goes on."""
    row, at = session.row, now()
    if row is not None and row.seen_at is not None and at - row.seen_at >= SEEN_EVERY:
        row.seen_at, row.expire_date = at, sessions.end_of(session.get(sessions.ENDS))
        BrowserSession.objects.filter(pk=row.pk).update(seen_at=at, expire_date=row.expire_date)


def _keys(person: User) -> list[str]:
    return list(BrowserSession.objects.filter(person=person).values_list("session_key", flat=True))


def _number(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:20]
