"""Decides the link by which a reader stops letters of one kind without signing in: signed, for one person and one kind."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.urls import NoReverseMatch, reverse

from helpdesk.models import Letter

SALT = "helpdesk.unsubscribe"


def address_for(letter: Letter) -> str:
    """Return the address that stops letters like `letter` for its reader; nothing where there is no panel."""
    token = signing.dumps([letter.person_id, letter.kind], salt=SALT)
    try:
        return settings.PUBLIC_URL.rstrip("/") + reverse("admin:unsubscribe", args=[token])
    except NoReverseMatch:
        return ""
