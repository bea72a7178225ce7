"""Decides how templates of the panel draw recurring things; the drawing itself is in `admin_ext.displays`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django import template
from django.db.models import Model
from django.http import HttpRequest
from django.utils.html import urlize
from django.utils.safestring import SafeString, mark_safe

from admin_ext import displays
from admin_ext.ticket_rows import Shown
from admin_ext.ticket_rows import rows as drawn_rows
from helpdesk import phones
from helpdesk.models import Ticket, User

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw an icon of the sprite; with `label` it speaks for itself, else screen readers skip it."""
    return displays.icon(name, label)


@register.simple_tag
def service_icon(service: Any) -> SafeString:
    """Draw the picture of a service."""
    return displays.service_icon(service.icon)


@register.simple_tag
def status_badge(ticket: Ticket) -> SafeString:
    """Draw the status of a ticket."""
    return displays.status_badge(ticket.status)


@register.filter
def phone(stored: str) -> str:
    """Write a phone number as people read it."""
    return phones.shown(stored)


@register.filter
def as_status(status: str) -> SafeString:
    """Draw a bare status value."""
    return displays.status_badge(status)


@register.simple_tag
def options(rows: Iterable[Model], chosen: object) -> SafeString:
    """Draw rows as the options of a select; `chosen` is the key of the one that was chosen."""
    return displays.options(((row.pk, str(row)) for row in rows), {str(chosen)})


@register.simple_tag
def due(ticket: Ticket) -> SafeString:
    """Draw how a ticket stands to its deadline."""
    return displays.due(ticket)


@register.simple_tag
def avatar(person: User | None, size: str = "") -> SafeString:
    """Draw a person; `size` is empty, `sm` or `lg`."""
    return displays.avatar(person, size)


@register.simple_tag
def ticket_rows(tickets: Iterable[Ticket], unread: Collection[int], shown: Shown) -> SafeString:
    """Draw the rows of a table of requests."""
    return drawn_rows(tickets, unread, shown)


@register.simple_tag
def priority_mark(ticket: Ticket) -> SafeString:
    """Draw the priority where it is not the usual one."""
    return displays.priority_mark(ticket.priority)


@register.filter
def when(moment: datetime | None) -> SafeString:
    """Write a moment as people say it."""
    return displays.when(moment)


@register.filter
def limit_words(limit: object) -> str:
    """Write a limit in words."""
    return displays.limit_words(limit)


@register.filter
def plain_text(text: str) -> SafeString:
    """Write what a person typed: escaped, with links and line breaks."""
    linked = urlize(text, nofollow=True, autoescape=True)
    return mark_safe(linked.replace("\n", "<br>"))  # noqa: S308 - urlize has escaped it


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """Return the query of the current address with `changes`; an empty value removes a key, and pages start again."""
    request: HttpRequest = context["request"]
    values = request.GET.copy()
    values.pop("page", None)
    for key, value in changes.items():
        if value in (None, ""):
            values.pop(key, None)
        else:
            values[key] = str(value)
    return f"?{values.urlencode()}" if values else "?"
