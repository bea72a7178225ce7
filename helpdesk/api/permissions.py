"""Decides what a signed-in caller's key opens: a session everything, a token its scopes, some addresses a session only."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import permissions
from rest_framework.request import Request

from helpdesk.api.errors import Problem
from helpdesk.models import ApiToken, TokenScope


class KeyOpens(permissions.IsAuthenticated):
    """Signed in, and the token has the scope of the view: `read` to read, `write` to write, unless the view says more."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if getattr(view, "is_public", False):
            return True
        if not super().has_permission(request, view):
            return False
        if not isinstance(request.auth, ApiToken):
            return True
        if getattr(view, "session_only", False):
            raise Problem(403, "session_required", _("Tokens cannot do this. Sign in and do it yourself."))
        needed = scope_of(view, request.method or "GET")
        if needed not in request.auth.scopes:
            text = _("This token may not be used for this; it needs the scope “%(scope)s”.") % {"scope": needed}
            raise Problem(403, "scope_missing", text, more={"scope": needed})
        return True


def scope_of(view: Any, method: str) -> str:
    """Return the scope a token needs for `method` of `view`."""
    named: str | None = getattr(view, "scope", None)
    if named:
        return named
    return str(TokenScope.READ if method in permissions.SAFE_METHODS else TokenScope.WRITE)
