"""Decides how programs get, use and lose the right to act as a person: tokens are made, shown once, touched, revoked."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from helpdesk import access
from helpdesk.access import Right
from helpdesk.actions import audit
from helpdesk.actions.refusals import ActionRefused, NotFound, bad_input
from helpdesk.actions.texts import clean_line
from helpdesk.models import ApiToken, AuditKind, TokenScope, User
from helpdesk.moment import now

PREFIX = "hd_"
LONGEST = timedelta(days=366)
MOST = 20
_TOUCH = timedelta(minutes=1)


def visible(*, actor: User, person: User | None = None) -> QuerySet[ApiToken]:
    """Return the tokens of `person`, by default one's own, newest first; another's only for who manages people."""
    owner = person or actor
    if owner != actor and not access.has_right(actor, Right.MANAGE_PEOPLE):
        return ApiToken.objects.none()
    return ApiToken.objects.filter(person=owner, revoked_at=None)


def owner(*, actor: User, person_id: int | None) -> User:
    """Return whose tokens `actor` wants to look after: his own, or with the right to manage people anybody's.

    Raises ActionRefused, NotFound.
    """
    if person_id is None or person_id == actor.pk:
        return actor
    if not access.has_right(actor, Right.MANAGE_PEOPLE):
        raise ActionRefused(access.denied("no_right", _("Your role does not include this.")))
    found = User.objects.filter(pk=person_id).first()
    if found is None:
        raise NotFound(person_id)
    return found


def create(
    *, actor: User, name: str, scopes: Iterable[str], expires_at: datetime | None = None, person: User | None = None
) -> tuple[ApiToken, str]:
    """Make a token and return it with its text, which is not kept and cannot be shown again.

    `person` other than `actor` (a service account) needs the right to manage people; without `expires_at` it is valid
    for a year. Raises ActionRefused, ValidationError.
    """
    owner = person or actor
    if not owner.is_active or not actor.is_active:
        raise ActionRefused(access.denied("inactive", _("This account is switched off.")))
    if owner != actor and not access.has_right(actor, Right.MANAGE_PEOPLE):
        raise ActionRefused(access.denied("no_right", _("Your role does not include this.")))
    name = clean_line(name, "name", maximum=100)
    wanted = _scopes(scopes)
    until = _until(expires_at)
    if ApiToken.objects.filter(person=owner, revoked_at=None).count() >= MOST:
        raise bad_input({"name": _("There are too many tokens. Revoke those that nobody uses.")})
    text = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        token = ApiToken.objects.create(
            person=owner, name=name, start=text[:8], digest=_digest(text), scopes=wanted, created_by=actor,
            created_at=now(), expires_at=until,
        )  # fmt: skip
        audit.record(AuditKind.TOKEN_MADE, actor=actor, person=owner, about=token, scopes=wanted)
    return token, text


def revoke(*, actor: User, token_id: int) -> ApiToken:
    """End a token at once and return it: one's own, or anybody's for who manages people. Raises NotFound."""
    tokens = ApiToken.objects.filter(pk=token_id, revoked_at=None)
    if not access.has_right(actor, Right.MANAGE_PEOPLE):
        tokens = tokens.filter(person=actor)
    with transaction.atomic():
        token = tokens.select_for_update(of=("self",)).select_related("person").first()
        if token is None:
            raise NotFound(token_id)
        token.revoked_at = now()
        token.save(update_fields=["revoked_at"])
        audit.record(AuditKind.TOKEN_REVOKED, actor=actor, person=token.person, about=token)
    return token


def revoke_all(*, person: User) -> int:
    """End every token of `person`, as a new password does; return how many."""
    with transaction.atomic():
        count = ApiToken.objects.filter(person=person, revoked_at=None).update(revoked_at=now())
        if count:
            audit.record(AuditKind.TOKEN_REVOKED, actor=audit.who_asks(), person=person, count=count)
    return count


def recognise(text: str) -> ApiToken | None:
    """Return the token whose text this is, usable or not; one query. A hash is looked up, so timing tells nothing."""
    if not text.startswith(PREFIX) or len(text) > 100:
        return None
    return ApiToken.objects.select_related("person").filter(digest=_digest(text)).first()


def touch(token: ApiToken) -> None:
    """Remember that the token was used, to the minute: reading must not become writing every time.

    The audit hears of its first use on a day of the desk.
    """
    at = now()
    if token.last_used_at is None or localdate(token.last_used_at) != localdate(at):
        audit.record(AuditKind.TOKEN_USED, actor=token.person, person=token.person, about=token)
    if token.last_used_at is None or at - token.last_used_at > _TOUCH:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
        token.last_used_at = at


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _scopes(scopes: Iterable[str]) -> list[str]:
    wanted = set(scopes)
    if not wanted or not wanted <= set(TokenScope.values):
        raise bad_input({"scopes": _("Choose from: %(scopes)s.") % {"scopes": ", ".join(TokenScope.values)}})
    return [scope for scope in TokenScope.values if scope in wanted]


def _until(expires_at: datetime | None) -> datetime:
    at = now()
    if expires_at is None:
        return at + LONGEST
    if expires_at <= at:
        raise bad_input({"expires_at": _("This moment has passed.")})
    if expires_at > at + LONGEST:
        raise bad_input({"expires_at": _("A token is valid for a year at most.")})
    return expires_at
