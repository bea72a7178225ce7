"""Decides what surrounds every page: the side menu of the person, its live counters, theme and language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from helpdesk import access, queues
from helpdesk.access import Right
from helpdesk.actions import approving
from helpdesk.models import ReplyTemplate, Service, SupportLine, User, Webhook, WorkCalendar, WorkType
from helpdesk.queues import Counters, Scope


@dataclass(frozen=True)
class Entry:
    """A line of the side menu. `counter` names its live number, `number` is that number now, `hint` what it counts."""

    label: str
    href: str
    icon: str
    counter: str = ""
    number: int = 0
    hint: str = ""
    current: bool = False


@dataclass(frozen=True)
class Section:
    label: str
    entries: tuple[Entry, ...]


_RECORDS = (
    (Right.MANAGE_CATALOG, "service", "layers"),
    (Right.MANAGE_CATALOG, "worktype", "wrench"),
    (Right.MANAGE_LINES, "supportline", "headphones"),
    (Right.MANAGE_PEOPLE, "user", "users"),
    (Right.MANAGE_CALENDARS, "workcalendar", "calendar-days"),
    (Right.MANAGE_TEMPLATES, "replytemplate", "sticky-note"),
    (Right.ADMINISTER, "webhook", "share-2"),
)


def panel_context(request: HttpRequest) -> dict[str, Any]:
    """Return the context of the shell for the signed-in person; nothing for an anonymous visitor."""
    user = request.user
    if not isinstance(user, User) or not user.is_active:
        return {}
    counters: Any = SimpleLazyObject(lambda: queues.counters(user, cap=queues.MENU_CAP))
    return {
        "counters": counters,
        "menu": SimpleLazyObject(lambda: menu(request, user, counters)),
        "may_take_next": access.has_right(user, Right.WORK_TICKETS),
    }


def menu(request: HttpRequest, user: User, counters: Counters) -> list[Section]:
    """Return the sections of the side menu that `user`'s rights open, each entry with its number."""
    sections = [Section("", (_entry(request, _("Home"), _address("index"), "house"),))]
    sections.append(Section(_("Requests"), tuple(_tickets(request, user, counters))))
    records = tuple(_records(request, user))
    if records:
        sections.append(Section(_("Management"), records))
    sections.append(Section("", (_entry(request, _("Help"), _address("help"), "circle-help"),)))
    return sections


def _tickets(request: HttpRequest, user: User, counters: Counters) -> list[Entry]:
    base = _address("helpdesk_ticket_changelist")
    scopes = queues.scopes_for(user)
    entries = []
    for count in counters.lines:
        href = f"{base}?scope=lines&line={count.line.pk}"
        number = (f"line-{count.line.pk}", count.new, pgettext("counter", "new"))
        entries.append(_entry(request, str(count.line), href, "inbox", *number))
    if Scope.ASSIGNED in scopes:
        number = ("assigned", counters.assigned, pgettext("counter", "in work and for rework"))
        entries.append(_entry(request, _("Assigned to me"), f"{base}?scope=assigned", "clipboard-list", *number))
    number = ("waiting", counters.waiting_for_me, pgettext("counter", "waiting for you"))
    entries.append(_entry(request, _("My requests"), f"{base}?scope=mine", "ticket", *number))
    if Scope.ALL in scopes:
        entries.append(_entry(request, _("All requests"), f"{base}?scope=all", "list"))
    if access.has_right(user, Right.SEE_REPORTS):
        entries.append(_entry(request, _("Analytics"), _address("analytics"), "chart-column"))
        entries.append(_entry(request, _("What-if"), _address("what_if"), "sliders-horizontal"))
    if access.has_right(user, Right.EXPORT_REPORTS):
        entries.append(_entry(request, _("Reports by mail"), _address("helpdesk_reportschedule_changelist"), "mail"))
    return entries


def _records(request: HttpRequest, user: User) -> list[Entry]:
    kept = (Service, WorkType, SupportLine, User, WorkCalendar, ReplyTemplate, Webhook)
    models = {model._meta.model_name: model for model in kept}
    entries = []
    for right, name, icon in _RECORDS:
        if access.has_right(user, right):
            label = str(models[name]._meta.verbose_name_plural)
            entries.append(
                _entry(request, label[:1].upper() + label[1:], _address(f"helpdesk_{name}_changelist"), icon)
            )
    if access.has_right(user, Right.MANAGE_PEOPLE) and settings.SIGN_UP == "approval":
        number = ("sign-ups", approving.waiting_for(user).count(), pgettext("counter", "waiting for approval"))
        entries.append(_entry(request, _("Sign-ups"), _address("joining"), "user-plus", *number))
    if access.has_right(user, Right.MANAGE_CATALOG):
        entries.append(_entry(request, _("Import and export"), _address("import"), "file-spreadsheet"))
    if access.has_right(user, Right.ADMINISTER):
        entries.append(_entry(request, _("Foreign cases"), _address("cases"), "upload"))
        entries.append(_entry(request, _("Notices"), _address("notice_rules"), "bell"))
        entries.append(_entry(request, _("Audit"), _address("audit"), "shield"))
    return entries


@cache
def _address(name: str) -> str:
    """Return the address of a page of the panel; they stay as they are for as long as it runs."""
    return reverse(f"admin:{name}")


def _entry(
    request: HttpRequest, label: str, href: str, icon: str, counter: str = "", number: int = 0, hint: str = ""
) -> Entry:
    return Entry(label, href, icon, counter, number, hint, _is_current(request, href))


def _is_current(request: HttpRequest, href: str) -> bool:
    """Say whether `href` leads to the page that is shown, or to the one above it."""
    path, _sep, query = href.partition("?")
    if not (path and request.path.startswith(path)):
        return False
    if path == _address("index"):
        return request.path == path
    wanted = dict(part.split("=", 1) for part in query.split("&") if part)
    return all(request.GET.get(key) == value for key, value in wanted.items())
