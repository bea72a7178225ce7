"""Decides how a question to a device is kept until its answer comes: in the session, for one purpose, five minutes, once."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest

from helpdesk.actions.passkeys import Asked
from helpdesk.moment import now

LASTS = timedelta(minutes=5)
_KEY = "challenge"


def keep(request: HttpRequest, purpose: str, asked: Asked) -> None:
    """Remember the challenge of a question; an earlier one is forgotten."""
    until = (now() + LASTS).isoformat()
    request.session[_KEY] = {"purpose": purpose, "text": asked.challenge, "until": until}
    if not request.user.is_authenticated and "half" not in request.session:
        request.session.set_expiry(int(LASTS.total_seconds()))


def take(request: HttpRequest, purpose: str) -> str:
    """Return the challenge kept for `purpose`, which is used up by it; nothing when there is none or it is too old."""
    kept = request.session.pop(_KEY, None)
    if kept is None or kept["purpose"] != purpose or now() >= datetime.fromisoformat(kept["until"]):
        return ""
    return str(kept["text"])
