"""Decides how a single-page client stays signed in: a short access token and a refresh token that works once (JWT).

Both end with a new password, with the account, and when they are revoked; each refresh brings a new pair.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token
from rest_framework_simplejwt.utils import aware_utcnow

from helpdesk import access
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import User

_STAMP = "stamp"


@dataclass(frozen=True)
class Pair:
    """The texts of two tokens, and for how many seconds the first is valid."""

    access: str
    refresh: str
    expires_in: int


def issue(*, actor: User) -> Pair:
    """Return a new pair for a person who has just shown who he is."""
    # Not `for_user`, which would keep the text: a copy of the database must hold no token that still works.
    refresh = RefreshToken()
    refresh["user_id"], refresh[_STAMP] = actor.pk, _stamp(actor)
    brief = refresh.access_token
    return Pair(str(brief), str(refresh), int(brief.lifetime.total_seconds()))


def renew(*, text: str) -> Pair:
    """Return a new pair for a refresh token, which is used up by it. Raises ActionRefused for one that is not valid."""
    with transaction.atomic():
        token, person = _refresh(text)
        is_first = token.blacklist()[1]  # type: ignore[index]  # it returns what get_or_create does
        if not is_first:
            # Somebody else was quicker with it: whoever comes second has to sign in again.
            raise _refused()
        return issue(actor=person)


def revoke(*, text: str) -> None:
    """End a refresh token. Raises ActionRefused for one that is not valid, or not any more."""
    token, _person = _refresh(text)
    token.blacklist()


def recognise(text: str) -> User | None:
    """Return the person an access token speaks for, if it is still valid; one query."""
    try:
        return _person_of(AccessToken(text))  # type: ignore[arg-type]  # the package wants its own type of text
    except TokenError:
        return None


def forget_old() -> int:
    """Delete what is kept of refresh tokens that have run out by themselves; return how many. A periodic job."""
    deleted, _by_model = OutstandingToken.objects.filter(expires_at__lt=aware_utcnow()).delete()
    return deleted


def _refresh(text: str) -> tuple[RefreshToken, User]:
    try:
        token = RefreshToken(text)  # type: ignore[arg-type]  # as above
    except TokenError as error:
        raise _refused() from error
    person = _person_of(token)
    if person is None:
        raise _refused()
    return token, person


def _person_of(token: Token) -> User | None:
    try:
        person = User.objects.filter(pk=int(token["user_id"]), is_active=True).first()
        stamp = str(token[_STAMP])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return person if person is not None and hmac.compare_digest(stamp, _stamp(person)) else None


def _stamp(person: User) -> str:
    """Return what changes with the password, and tells nothing of it."""
    return person.get_session_auth_hash()[:32]


def _refused() -> ActionRefused:
    return ActionRefused(
        access.denied("invalid_token", _("This token is used up or not valid any more. Sign in again."))
    )
