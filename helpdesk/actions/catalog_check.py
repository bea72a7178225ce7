"""Decides what is wrong with the catalog, the lines and the calendars as they stand, before a request runs into it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk import access
from helpdesk.access import Right
from helpdesk.actions.refusals import ActionRefused
from helpdesk.lifecycle import CLOSED
from helpdesk.models import Service, SupportLine, Ticket, WorkCalendar, WorkType
from helpdesk.worktime import Limit, Unit

_MINUTES = {Unit.MINUTES: 1, Unit.HOURS: 60, Unit.BUSINESS_DAYS: 8 * 60, Unit.DAYS: 24 * 60}
NAMES: dict[str, Any] = {
    "without_line": gettext_lazy("Kinds of work without a line: their requests go to the default line"),
    "reaction_longer": gettext_lazy("Reaction limit longer than the execution limit"),
    "unreachable": gettext_lazy("Active services that nobody can choose: no active kind of work"),
    "duplicates": gettext_lazy("Equal names"),
    "no_hours": gettext_lazy("Calendars without working hours"),
    "inactive_line": gettext_lazy("Lines that are switched off but still get or hold requests"),
    "no_members": gettext_lazy("Active lines without members"),
}


@dataclass(frozen=True)
class Finding:
    """One thing to look at: which check found it, the record, and what is the matter with it."""

    check: str
    record: Any
    text: str


def check(user: access.Visitor) -> list[Finding]:
    """Return everything that is wrong now, in the order of `NAMES`. Raises ActionRefused without the right to the catalog."""
    if not access.has_right(user, Right.MANAGE_CATALOG):
        raise ActionRefused(access.denied("no_right", _("Your role does not include this.")))
    return findings()


def findings() -> list[Finding]:
    """Return everything that is wrong now, in the order of `NAMES`."""
    return [*_kinds(), *_unreachable(), *_duplicates(), *_calendars(), *_lines()]


def _kinds() -> Iterator[Finding]:
    active = WorkType.objects.filter(is_active=True, service__is_active=True).select_related("service", "line")
    kinds = list(active)
    for kind in kinds:
        if kind.line_id is None:
            yield Finding("without_line", kind, str(kind.service))
    for kind in kinds:
        if _length(kind.reaction_limit) > _length(kind.execution_limit):
            limits = {"reaction": kind.reaction_limit, "execution": kind.execution_limit}
            yield Finding("reaction_longer", kind, _("reaction %(reaction)s, execution %(execution)s") % limits)


def _length(limit: Limit) -> int:
    return limit.amount * _MINUTES[limit.unit]


def _unreachable() -> Iterator[Finding]:
    usable = WorkType.objects.filter(service=OuterRef("pk"), is_active=True)
    for service in Service.objects.filter(~Exists(usable), is_active=True):
        yield Finding("unreachable", service, service.code)


def _duplicates() -> Iterator[Finding]:
    # Compared here: SQLite folds the case of Latin letters only.
    services: dict[str, list[Service]] = defaultdict(list)
    for service in Service.objects.filter(is_active=True).order_by("code"):
        services[service.name.casefold()].append(service)
    kinds: dict[tuple[int, str], list[WorkType]] = defaultdict(list)
    for kind in WorkType.objects.filter(is_active=True).select_related("service").order_by("code"):
        kinds[kind.service_id, kind.name.casefold()].append(kind)
    for same in services.values():
        for service in same if len(same) > 1 else ():
            yield Finding("duplicates", service, service.code)
    for alike in kinds.values():
        for kind in alike if len(alike) > 1 else ():
            yield Finding("duplicates", kind, f"{kind.service} · {kind.code}")


def _calendars() -> Iterator[Finding]:
    open_days = Q(exceptions__start__isnull=False)
    hours = WorkCalendar.objects.filter(always_open=False).annotate(
        weekly=Count("intervals", distinct=True), extra=Count("exceptions", filter=open_days, distinct=True)
    )
    for calendar in hours.filter(weekly=0):
        yield Finding("no_hours", calendar, _("Requests of its lines would never become due."))


def _lines() -> Iterator[Finding]:
    held = Ticket.objects.filter(line=OuterRef("pk")).exclude(status__in=CLOSED)
    used = WorkType.objects.filter(line=OuterRef("pk"), is_active=True)
    lines = SupportLine.objects.annotate(
        holds=Exists(held), gets=Exists(used), people=Count("members", filter=Q(members__is_active=True))
    )
    for line in lines.filter(is_active=False).filter(Q(holds=True) | Q(gets=True)):
        gets = _("Kinds of work still send requests there.")
        yield Finding("inactive_line", line, gets if line.gets else _("Open requests are still there."))
    for line in lines.filter(is_active=True, people=0):
        yield Finding("no_members", line, _("Nobody would see its requests."))
