"""Decides how the address of the ticket list becomes a query: scope, status, filters, search, order, page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from helpdesk import access, queues, search
from helpdesk.models import Service, SupportLine, Ticket, User, WorkType
from helpdesk.queues import Chip, Scope, Way
from helpdesk.whole_numbers import whole_number

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

ORDERS = {
    "due": _("By deadline"),
    "newest": _("Newest first"),
    "oldest": _("Oldest first"),
    "updated": _("Last changed first"),
}
_COLUMNS = {"newest": ["-pk"], "oldest": ["pk"], "updated": ["-updated_at", "-pk"]}
# What is narrowed by days lies in order in their index; numbers go the same way, but for cases brought in from elsewhere.
_COLUMNS_OF_DAYS = {**_COLUMNS, "newest": ["-created_at", "-pk"], "oldest": ["created_at", "pk"]}
_DAYS = {"from", "to"}
# Days outside these years are typing errors, and the calendar's own ends cannot be reckoned with.
_YEARS = range(1990, 2200)


@dataclass
class TicketFilter:
    """What the list shows, read from its address; anything unknown in the address is ignored."""

    user: User
    scope: Scope
    chip: Chip
    order: str
    page: int = 1
    query: str = ""
    chosen: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, user: User, values: QueryDict) -> TicketFilter:
        """Return the filter that `values` of the address mean for `user`."""
        scopes = queues.scopes_for(user)
        scope = values.get("scope", "")
        chip = values.get("status", "")
        found = cls(
            user=user,
            scope=Scope(scope) if scope in scopes else scopes[0],
            chip=Chip(chip) if chip in list(Chip) else Chip.OPEN,
            order=values.get("sort", "") if values.get("sort") in ORDERS else "",
            page=max(1, min(whole_number(values.get("page")) or 1, 400)),
            query=values.get("q", "").strip()[:200],
        )
        for name, read in _READERS.items():
            value = read(values.get(name, ""))
            if value is not None:
                found.chosen[name] = value
        return found

    def base(self) -> QuerySet[Ticket]:
        """Return the tickets of the scope that pass the filters, of any status; the counts of the chips are theirs."""
        tickets = self._narrowed()
        return search.matching(tickets, self.user, self.query) if self.query else tickets

    def _narrowed(self) -> QuerySet[Ticket]:
        tickets = queues.in_scope(self.user, self.scope)
        for name, value in self.chosen.items():
            tickets = _NARROW[name](tickets, value, self.user)
        return tickets

    def rows(self, tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
        """Return those of `tickets` that the chip shows, in order."""
        shown = queues.narrow(tickets, self.chip)
        if self.shown_order == "due":
            return queues.by_urgency(shown)
        of_days = self.chosen.keys() & _DAYS
        return shown.order_by(*(_COLUMNS_OF_DAYS if of_days else _COLUMNS)[self.shown_order])

    def newest(self, start: int, stop: int) -> QuerySet[Ticket] | None:
        """Return the rows of a search from `start` to `stop`, the newest first, which are found without looking at all of it;
        None for a list in any other order."""
        if self.shown_order != "newest" or self.chosen.keys() & _DAYS:
            return None
        tickets = queues.narrow(self._narrowed(), self.chip)
        numbers = search.newest_matching(tickets, self.user, self.query, start, stop)
        return queues.in_scope(self.user, self.scope).filter(pk__in=numbers).order_by("-pk")

    @property
    def finds_many(self) -> bool:
        """Whether the list is of a search that finds so many that they are counted after the page."""
        return bool(self.query) and search.finds_many(self.user, self.query)

    @property
    def default_order(self) -> str:
        """The order nobody asked for: open tickets by deadline, others, which have none, newest first."""
        return "newest" if queues.is_closed(self.chip) or self.chip is Chip.ANY else "due"

    @property
    def shown_order(self) -> str:
        """The order in use, the default of the chip included."""
        return self.order or self.default_order

    @property
    def is_narrowed(self) -> bool:
        """Whether anything beyond tab and status narrows the list."""
        return bool(self.chosen or self.query)

    @property
    def way(self) -> Way:
        """How the piles of the list are counted. Lines and assignees have an index by status each, the rest has none."""
        if self.query or "unread" in self.chosen:
            return Way.AT_ONCE
        return Way.OPEN_APART if self.chosen.keys() - {"line", "assignee"} else Way.PILES

    @property
    def shows_lines(self) -> bool:
        """Whether rows of several lines may stand together, so that each has to name its own."""
        if self.scope is Scope.LINES:
            return len(access.roles_of(self.user).lines) > 1 and "line" not in self.chosen
        return self.scope is not Scope.MINE


def _person(value: str) -> str | int | None:
    return value if value in ("me", "none") else whole_number(value)


def _date(value: str) -> date | None:
    try:
        day = parse_date(value)
    except ValueError:
        return None
    return day if day is not None and day.year in _YEARS else None


_READERS: dict[str, Callable[[str], Any]] = {
    "line": whole_number,
    "service": whole_number,
    "kind": whole_number,
    "assignee": _person,
    "from": _date,
    "to": _date,
    "unread": lambda value: True if value == "1" else None,
}


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _by_assignee(tickets: QuerySet[Ticket], value: str | int, user: User) -> QuerySet[Ticket]:
    if value == "none":
        return tickets.filter(assignee=None)
    return tickets.filter(assignee=user.pk if isinstance(value, str) else value)


_NARROW: dict[str, Callable[[QuerySet[Ticket], Any, User], QuerySet[Ticket]]] = {
    "line": lambda tickets, value, _user: tickets.filter(line=value),
    "service": lambda tickets, value, _user: tickets.filter(service=value),
    "kind": lambda tickets, value, _user: tickets.filter(work_type=value),
    "assignee": _by_assignee,
    "from": lambda tickets, value, _user: tickets.filter(created_at__gte=_midnight(value)),
    "to": lambda tickets, value, _user: tickets.filter(created_at__lt=_midnight(value + timedelta(days=1))),
    "unread": lambda tickets, _value, user: tickets.filter(
        pk__in=access.unread_messages(user).order_by().values("ticket")
    ),
}


@dataclass(frozen=True)
class Choices:
    """What the filter form offers a person."""

    services: list[Service]
    kinds: list[WorkType]
    lines: list[SupportLine]
    people: list[User]


def choices(filtered: TicketFilter) -> Choices:
    """Return the services, kinds, lines and people to filter by; kinds only of a chosen service."""
    user, service, kind = filtered.user, filtered.chosen.get("service"), filtered.chosen.get("kind")
    support = bool(access.roles_of(user).lines) or filtered.scope is Scope.ALL
    kinds = WorkType.objects.filter(service=service) if service else WorkType.objects.filter(pk=kind or 0)
    return Choices(
        services=list(access.visible_services(user).order_by("name")),
        kinds=list(kinds.order_by("name")) if service or kind else [],
        lines=list(access.visible_lines(user)) if support else [],
        people=list(access.line_people(user)) if support else [],
    )


@dataclass(frozen=True)
class Pill:
    """One thing that narrows the list, in words, and the keys of the address that would be taken away with it."""

    label: Lazy | str
    value: Lazy | str
    keys: tuple[str, ...]


def pills(filtered: TicketFilter, offered: Choices) -> list[Pill]:
    """Return what narrows the list besides tab and status, in the order of the form."""
    chosen, found = filtered.chosen, []
    if filtered.query:
        found.append(Pill(_("Search"), filtered.query, ("q",)))
    for key, label, rows in (
        ("line", _("Support line"), offered.lines),
        ("service", _("Service"), offered.services),
        ("kind", _("Kind of work"), offered.kinds),
    ):
        if key in chosen:
            found.append(Pill(label, _named(chosen[key], rows), (key, "kind") if key == "service" else (key,)))
    if "assignee" in chosen:
        words = {"me": _("Me"), "none": _("Nobody yet")}.get(chosen["assignee"])
        found.append(Pill(_("Assignee"), str(words or _named(chosen["assignee"], offered.people)), ("assignee",)))
    for key, label in (("from", _("Registered from")), ("to", _("Registered to"))):
        if key in chosen:
            found.append(Pill(label, date_format(chosen[key], "SHORT_DATE_FORMAT"), (key,)))
    if chosen.get("unread"):
        found.append(Pill("", _("With unread messages"), ("unread",)))
    return found


def _named(number: int, rows: Iterable[Model]) -> str:
    """Return the name of the row that was chosen; a row the person is not offered keeps its number only."""
    return next((str(row) for row in rows if row.pk == number), f"#{number}")
