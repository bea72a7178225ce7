"""Decides who calls: the holder of a personal token, or the person signed in to this browser. Never a key in an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from helpdesk.actions import attempts, pairs, tokens
from helpdesk.api import throttles
from helpdesk.api.errors import CHALLENGE, Problem
from helpdesk.models import ApiToken, User

SCHEME = "Bearer"
LONGEST = 4096


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer hd_…`: a token of a person whose account is on."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        header = request.headers.get("Authorization", "")
        scheme, _space, text = header.partition(" ")
        if scheme.lower() != SCHEME.lower() or _is_signed(text):
            return None
        throttles.refuse_after_failures("token", attempts.address_of(request))
        token = tokens.recognise(text.strip())
        if token is None or token.revoked_at is not None or not token.person.is_active:
            attempts.count_failure("token", attempts.address_of(request))
            raise exceptions.AuthenticationFailed(_("This token is not known, or it was revoked."))
        if not token.is_usable:
            raise exceptions.AuthenticationFailed(_("This token is no longer valid. Make a new one."))
        tokens.touch(token)
        return token.person, token

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


class PairAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer eyJ…`: the access token of a person who signed in with a single-page client."""

    def authenticate(self, request: Request) -> tuple[User, Pair] | None:
        scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME.lower() or not _is_signed(text):
            return None
        found = pairs.recognise(text.strip()) if len(text) < LONGEST else None
        if found is None:
            # An access token runs out every ten minutes: that alone is no attempt to guess one.
            raise exceptions.AuthenticationFailed(_("This token is not known, or it is no longer valid."))
        return found.person, Pair(found.shown_at)

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


@dataclass(frozen=True)
class Pair:
    """The mark of a caller with the access token of a pair: signed in at `shown_at`, without a session."""

    shown_at: datetime


def _is_signed(text: str) -> bool:
    """Say whether this looks like an access token, which has three parts, and not like a personal token."""
    return text.count(".") == 2 and not text.strip().startswith(tokens.PREFIX)


class SessionAuthentication(authentication.SessionAuthentication):
    """The person signed in to this browser; writes need the header X-CSRFToken."""

    def enforce_csrf(self, request: Any) -> None:
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied as error:
            detail = _("The header X-CSRFToken is missing or old. Take the value of the cookie csrftoken.")
            raise Problem(403, "csrf_failed", detail) from error
