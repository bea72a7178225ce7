"""Decides what a signed-in caller's key opens: a session everything, a token its scopes, some addresses a session only."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import permissions
from rest_framework.request import Request

from helpdesk.actions import signing_in
from helpdesk.api.authentication import Pair
from helpdesk.api.errors import Problem
from helpdesk.models import ApiToken, TokenScope
from helpdesk.moment import now


class KeyOpens(permissions.IsAuthenticated):
    """Signed in, and the token has the scope of the view: `read` to read, `write` to write, unless the view says more."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if getattr(view, "is_public", False):
            return True
        if not super().has_permission(request, view):
            return False
        if not isinstance(request.auth, ApiToken):
            _refuse_stale(request, view)
            return True
        if getattr(view, "session_only", False):
            raise Problem(403, "session_required", _("Tokens cannot do this. Sign in and do it yourself."))
        needed = scope_of(view, request.method or "GET")
        if needed not in request.auth.scopes:
            text = _("This token may not be used for this; it needs the scope “%(scope)s”.") % {"scope": needed}
            raise Problem(403, "scope_missing", text, more={"scope": needed})
        return True


def _refuse_stale(request: Request, view: Any) -> None:
    """Raise Problem when a write that guards an account comes from a sign-in of long ago."""
    if not getattr(view, "fresh_only", False) or request.method in permissions.SAFE_METHODS:
        return
    if isinstance(request.auth, Pair):
        fresh = now() - request.auth.shown_at < signing_in.FRESH
    else:
        fresh = signing_in.is_fresh(request)
    if not fresh:
        text = _("You signed in a while ago. Show once more who you are, then repeat this.")
        raise Problem(403, "confirmation_required", text)


def scope_of(view: Any, method: str) -> str:
    """Return the scope a token needs for `method` of `view`."""
    named: str | None = getattr(view, "scope", None)
    if named:
        return named
    return str(TokenScope.READ if method in permissions.SAFE_METHODS else TokenScope.WRITE)
