"""Decides what every letter says of itself to mail programs: that a machine wrote it, which thread it is of, how to stop it."""

from __future__ import annotations

from django.conf import settings
from django.urls import NoReverseMatch, reverse


def headers(name: str, *, thread: str = "", stop: str = "") -> dict[str, str]:
    """Return the headers of the letter `name`, unique in the desk; `thread` is what it answers, `stop` the address that stops it."""
    host = settings.PUBLIC_URL.split("://", 1)[-1].split("/")[0].split(":")[0]
    found = {
        "Message-ID": f"<{name}@{host}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if thread:
        found |= {"References": f"<{thread}@{host}>", "In-Reply-To": f"<{thread}@{host}>"}
    if stop:
        found |= {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return found


def address(path: str) -> str:
    """Return the address of a page, as people type it."""
    return settings.PUBLIC_URL.rstrip("/") + path


def page(name: str, *parts: str) -> str:
    """Return the address of a page of the panel; where there is none, the place its client keeps for it (docs/api.md)."""
    try:
        return address(reverse(f"admin:{name}", args=parts))
    except NoReverseMatch:
        return address("/" + "/".join([name.replace("_", "-"), *parts]) + "/")
