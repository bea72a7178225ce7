"""Decides how things look everywhere: icons, badges, colours, avatars, moments, due times. The only home of such markup."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from html import escape
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from helpdesk import clocks
from helpdesk.lifecycle import Status
from helpdesk.models import Priority, ServiceIcon, Ticket, User
from helpdesk.moment import now
from helpdesk.reports.wording import span_words

STATUS_ICONS = {
    Status.NEW: "circle-dot",
    Status.IN_WORK: "play",
    Status.WAITING: "pause",
    Status.ON_REVIEW: "eye",
    Status.REWORK: "undo-2",
    Status.DONE: "check",
    Status.CANCELLED: "ban",
}
SERVICE_ICONS = {
    ServiceIcon.GENERAL: "life-buoy",
    ServiceIcon.MAIL: "mail",
    ServiceIcon.PHONE: "phone",
    ServiceIcon.COMPUTER: "laptop",
    ServiceIcon.PRINTER: "printer",
    ServiceIcon.NETWORK: "network",
    ServiceIcon.CLOUD: "cloud",
    ServiceIcon.SECURITY: "shield",
    ServiceIcon.SOFTWARE: "package",
    ServiceIcon.DATA: "database",
    ServiceIcon.BUILDING: "building-2",
    ServiceIcon.PEOPLE: "id-card",
}
_TINTS = 8


def icon(name: str, label: str = "") -> SafeString:
    """Return the icon `name` of the sprite as SVG; `label` is read out, an icon without one is decoration."""
    return _icon(name, str(label))


@lru_cache(maxsize=2000)
def _icon(name: str, label: str) -> SafeString:
    href = static("admin_ext/vendor/lucide/icons.svg")
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"></use></svg>', label, href, name
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', href, name)


def options(rows: Iterable[tuple[Any, Any]], chosen: set[str]) -> SafeString:
    """Return the options of a select, from values and labels, written by hand: there are hundreds of them on many a page."""
    told = []
    for value, label in rows:
        text = str(value)
        told.append(
            f'<option value="{escape(text)}"{" selected" if text in chosen else ""}>{escape(str(label))}</option>'
        )
    return mark_safe("".join(told))  # noqa: S308 - values and labels are escaped


def service_icon(name: str) -> SafeString:
    """Return the picture of a service card."""
    return icon(SERVICE_ICONS.get(ServiceIcon(name), "life-buoy"))


def status_badge(status: str) -> SafeString:
    """Return a status as a coloured badge with its icon and name; colour is never the only sign."""
    return _status_badge(status, get_language())


@lru_cache(maxsize=100)
def _status_badge(status: str, _language: str | None) -> SafeString:
    known = Status(status)
    return format_html(
        '<span class="status status--{}">{}<span>{}</span></span>', known.value, icon(STATUS_ICONS[known]), known.label
    )


def priority_mark(priority: int) -> SafeString:
    """Return a mark for what is more or less urgent than usual; nothing for the normal priority."""
    if priority == Priority.NORMAL:
        return SafeString()
    known = Priority(priority)
    sign = {Priority.CRITICAL: "flame", Priority.HIGH: "arrow-up", Priority.LOW: "arrow-down"}[known]
    return format_html('<span class="priority priority--{}" title="{}">{}</span>', known.name.lower(), known.label,
                       icon(sign, str(known.label)))  # fmt: skip


def initials(person: User) -> str:
    """Return up to two letters for a person without a photo."""
    letters = [part[0] for part in (person.first_name, person.last_name) if part]
    return ("".join(letters) or person.username[:2]).upper()


def avatar(person: User | None, size: str = "") -> SafeString:
    """Return a person's photo, or his initials on a colour of his own; a dashed circle for nobody."""
    extra = f" avatar--{size}" if size else ""
    if person is None:
        return format_html('<span class="avatar avatar--nobody{}" aria-hidden="true"></span>', extra)
    if person.photo:
        return format_html('<img class="avatar{}" src="{}" alt="">', extra, reverse("admin:photo", args=[person.pk]))
    return format_html(
        '<span class="avatar avatar--tint{}{}" aria-hidden="true">{}</span>',
        person.pk % _TINTS,
        extra,
        initials(person),
    )


def when(moment: datetime | None) -> SafeString:
    """Return a moment as people say it: "14:05" today, "yesterday 9:30", "3 November"; exact in the title."""
    if moment is None:
        return SafeString("–")
    return _when(timezone.localtime(moment).isoformat(), timezone.localtime(now()).date(), get_language())


# A moment is remembered as it is written: as a datetime it would be equal to the same moment of another zone.
@lru_cache(maxsize=5000)
def _when(moment: str, today: date, language: str | None) -> SafeString:
    local = datetime.fromisoformat(moment)
    days = (today - local.date()).days
    clock = date_format(local, "H:i")
    if days == 0:
        text = clock
    elif days == 1:
        text = _("yesterday %(time)s") % {"time": clock}
    elif days == -1:
        text = _("tomorrow %(time)s") % {"time": clock}
    elif local.year == today.year:
        text = date_format(local, "j E" if language == "ru" else "j M")
    else:
        text = date_format(local, "SHORT_DATE_FORMAT")
    return format_html('<time datetime="{}" title="{}">{}</time>', moment, _exact(moment, language), text)


@lru_cache(maxsize=5000)
def _exact(moment: str, _language: str | None) -> str:
    return date_format(datetime.fromisoformat(moment), "DATETIME_FORMAT")


def due(ticket: Ticket) -> SafeString:
    """Return how a ticket stands to its deadline: left, overdue by, paused, or nothing when it is closed."""
    if ticket.due_at is None:
        if ticket.status != Status.WAITING:
            return SafeString()
        return format_html('<span class="due due--paused">{}{}</span>', icon("pause"), _("clock paused"))
    left = ticket.due_at - now()
    exact = _exact(timezone.localtime(ticket.due_at).isoformat(), get_language())
    if left.total_seconds() < 0:
        state, text, sign = "late", _("overdue by %(amount)s") % {"amount": span_words(left)}, "alarm-clock"
    elif left < timedelta(hours=4):
        state, text, sign = "soon", _("%(amount)s left") % {"amount": span_words(left)}, "clock"
    else:
        state, text, sign = "calm", _("%(amount)s left") % {"amount": span_words(left)}, "clock"
    return format_html('<span class="due due--{}" title="{}">{}<span>{}</span></span>', state, exact, icon(sign), text)


def limit_words(limit: object) -> str:
    """Return a limit of the catalog in words."""
    return clocks.limit_words(limit) if limit else "–"  # type: ignore[arg-type]  # a Limit, as its field gives it
