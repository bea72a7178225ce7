"""Decides how a single-page client stays signed in: a short access token and a refresh token that works once (JWT).

Both end with a new password, with the account, when their person signs out everywhere, and when they are revoked; each
refresh brings a new pair.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token
from rest_framework_simplejwt.utils import aware_utcnow

from helpdesk import access
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import User
from helpdesk.moment import now

# Claims: what ends the pair, whether a second step was taken, when the person showed who he is (seconds from 1970).
_STAMP, _SECOND, _SHOWN = "stamp", "second", "shown"


@dataclass(frozen=True)
class Pair:
    """The texts of two tokens, and for how many seconds the first is valid."""

    access: str
    refresh: str
    expires_in: int


@dataclass(frozen=True)
class Recognised:
    """Whose access token it is, and when he showed who he is."""

    person: User
    shown_at: datetime


def issue(*, actor: User, second: bool = False) -> Pair:
    """Return a new pair for a person who has just shown who he is; `second` tells of a second step."""
    return _issue(actor, second=second, shown=int(now().timestamp()))


def _issue(actor: User, *, second: bool, shown: int) -> Pair:
    # Not `for_user`, which would keep the text: a copy of the database must hold no token that still works.
    refresh = RefreshToken()
    refresh["user_id"], refresh[_STAMP] = actor.pk, _stamp(actor)
    refresh[_SECOND], refresh[_SHOWN] = second, shown
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
        return _issue(person, second=bool(token.get(_SECOND)), shown=_shown(token))


def revoke(*, text: str) -> None:
    """End a refresh token. Raises ActionRefused for one that is not valid, or not any more."""
    token, _person = _refresh(text)
    token.blacklist()


def recognise(text: str) -> Recognised | None:
    """Return whom an access token speaks for, if it is still valid; one query."""
    try:
        token = AccessToken(text)  # type: ignore[arg-type]  # the package wants its own type of text
    except TokenError:
        return None
    person = _person_of(token)
    return Recognised(person, datetime.fromtimestamp(_shown(token), UTC)) if person is not None else None


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
    if person is None or not hmac.compare_digest(stamp, _stamp(person)):
        return None
    lacks_second = not token.get(_SECOND) and access.demands_second_factor(person)
    return None if lacks_second else person


def _shown(token: Token) -> int:
    shown = token.get(_SHOWN)
    return shown if isinstance(shown, int) else 0


def _stamp(person: User) -> str:
    """Return what changes with the password and when every pair is ended, and tells nothing of the password."""
    return f"{person.get_session_auth_hash()[:32]}.{person.pair_round}"


def _refused() -> ActionRefused:
    return ActionRefused(
        access.denied("invalid_token", _("This token is used up or not valid any more. Sign in again."))
    )
