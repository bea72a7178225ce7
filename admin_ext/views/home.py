"""Decides what a person sees first: what waits for him, his work, what burns, and the way to a new request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import Case, Count, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from admin_ext import service_cards
from admin_ext.pages import Page
from helpdesk import access, queues
from helpdesk.lifecycle import OPEN, Status
from helpdesk.models import Service, SupportLine, Ticket, User
from helpdesk.moment import now
from helpdesk.queues import Chip, Scope

SHOWN = 6
CARDS = 9
_ROW = ("requester", "assignee", "service", "line")
_ASKED = (Status.WAITING, Status.ON_REVIEW)


@dataclass(frozen=True)
class LineState:
    """How a line stands: how many are open, of them new, in work, and late."""

    line: SupportLine
    open: int = 0
    new: int = 0
    in_work: int = 0
    overdue: int = 0


@dataclass(frozen=True)
class Load:
    """What one person of a lead's lines has on his desk."""

    person: User | None
    open: int
    overdue: int


def home(request: HttpRequest) -> TemplateResponse:
    """Answer with the home page of the signed-in person."""
    user = request.user
    context = {**admin.site.each_context(request), "title": _("Home"), "greeting": greeting()}
    if isinstance(user, User):
        context |= _own(user)
        roles = access.roles_of(user)
        if roles.lines:
            context |= _work(user)
        if roles.led:
            context |= _lead(user)
    return TemplateResponse(request, "admin_ext/home/page.html", context)


def greeting() -> str:
    """Return the greeting for the time of day where the person is."""
    hour = timezone.localtime(now()).hour
    if 5 <= hour < 12:
        return _("Good morning")
    if 12 <= hour < 18:
        return _("Good afternoon")
    return _("Good evening")


def _own(user: User) -> dict[str, Any]:
    """Return what a requester sees: what waits for him, his open requests, the catalog."""
    mine = queues.in_scope(user, Scope.MINE).filter(status__in=OPEN).select_related(*_ROW)
    asked_first = Case(When(status__in=_ASKED, then=Value(0)), default=Value(1))
    tickets = list(mine.order_by(asked_first, "-pk")[: SHOWN * 3])
    waiting = [ticket for ticket in tickets if ticket.status in _ASKED]
    found = {"waiting": waiting, "own": [ticket for ticket in tickets if ticket not in waiting][:SHOWN]}
    return found | ({} if access.roles_of(user).lines else {"services": _cards(user)})


def _cards(user: User) -> list[Service]:
    """Return the services a person most likely came for."""
    return service_cards.ordered(user, access.visible_services(user).filter(is_active=True))[:CARDS]


def _work(user: User) -> dict[str, Any]:
    """Return what an agent sees: his lines, what is due next, his own work."""
    lines = queues.in_scope(user, Scope.LINES)
    due = lines.filter(status__in=OPEN, due_at__isnull=False)
    # A lead has a list of its own for what is late.
    due = due.filter(due_at__gte=now()) if access.roles_of(user).led else due
    return {
        "line_states": _line_states(lines, user),
        "due_next": _rows(queues.by_urgency(due)),
        "assigned": _rows(queues.by_urgency(queues.in_scope(user, Scope.ASSIGNED).filter(status__in=OPEN))),
    }


def _rows(tickets: QuerySet[Ticket]) -> list[Ticket]:
    return list(queues.stretch(tickets, 0, SHOWN).select_related(*_ROW))


def _line_states(tickets: QuerySet[Ticket], user: User) -> list[LineState]:
    # Said as the index of open tickets says it, which has all that is counted.
    counted = tickets.filter(closed_at=None).order_by().values_list("line").annotate(
        open=Count("pk"),
        new=Count("pk", filter=Q(status=Status.NEW)),
        in_work=Count("pk", filter=Q(status=Status.IN_WORK)),
        overdue=Count("pk", filter=Q(due_at__lt=now())),
    )  # fmt: skip
    by_line: dict[int, list[int]] = {line: numbers for line, *numbers in counted}
    found = access.visible_lines(user).filter(pk__in=access.roles_of(user).lines, is_active=True)
    return [LineState(line, *by_line.get(line.pk, [])) for line in found]


def _lead(user: User) -> dict[str, Any]:
    """Return what a lead sees besides: the load of each person and what is late."""
    roles = access.roles_of(user)
    led = queues.in_scope(user, Scope.LINES).filter(line__in=roles.led)
    # Grouped by the bare column SQLite would walk every ticket along its index, instead of the open ones of the lines.
    rows = led.filter(status__in=OPEN).order_by().values_list(Coalesce("assignee", Value(0))).annotate(
        open=Count("pk"), overdue=Count("pk", filter=Q(due_at__lt=now()))
    )  # fmt: skip
    people = User.objects.in_bulk([assignee for assignee, _open, _overdue in rows if assignee])
    load = [Load(people.get(assignee), number, late) for assignee, number, late in rows]
    load.sort(key=lambda row: (row.person is not None, -row.open))
    return {
        "load": load,
        "most_open": max((row.open for row in load), default=1),
        "late": _rows(queues.by_urgency(queues.narrow(led, Chip.OVERDUE))),
        # The list has no tab for the led lines alone: where they are not all of his, its rows would be others.
        "leads_all": roles.led == roles.lines,
    }


PAGES: list[Page] = []
