"""Decides which tickets lie in which pile, how many, and which is next: scopes, status chips, counters, urgency."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from helpdesk import access, full_piles, planned_once
from helpdesk.access import Right, Roles
from helpdesk.lifecycle import CLOSED, OPEN, Status
from helpdesk.models import SupportLine, Ticket, User
from helpdesk.moment import now

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

Statement = tuple[str, tuple[Any, ...]]
# What is counted as one number: the rows of one query after those of another.
Pile = tuple[QuerySet[Any], ...]

CAP = 10_000
# The menu shows no number above 99.
MENU_CAP = 100
# From so many on a list is not sorted as a whole.
MANY = 1000


class Scope(StrEnum):
    MINE = "mine"
    ASSIGNED = "assigned"
    LINES = "lines"
    ALL = "all"


SCOPE_LABELS: dict[Scope, Lazy] = {
    Scope.MINE: _("My requests"),
    Scope.ASSIGNED: _("Assigned to me"),
    Scope.LINES: _("My lines"),
    Scope.ALL: pgettext_lazy("tickets", "All"),
}


class Chip(StrEnum):
    """The status chips over a list: a status each, the overdue, and everything that is open."""

    OPEN = "open"
    NEW = "new"
    IN_WORK = "in_work"
    WAITING = "waiting"
    ON_REVIEW = "on_review"
    REWORK = "rework"
    OVERDUE = "overdue"
    DONE = "done"
    CANCELLED = "cancelled"
    ANY = "any"


_PILES = (*(Chip(status) for status in Status.values), Chip.OVERDUE)


class Way(StrEnum):
    """How the chips of a list are counted: a whole tab pile by pile along the indexes, no further than CAP; what filters narrow
    with the open ones apart, which are few and lie in one index with all they are narrowed by; what a search has found, which is
    bounded already, all at once, because each further pass would search again."""

    PILES = "piles"
    OPEN_APART = "open_apart"
    AT_ONCE = "at_once"


CHIP_LABELS: dict[Chip, Lazy] = {
    Chip.OPEN: pgettext_lazy("tickets", "Open"),
    Chip.NEW: pgettext_lazy("tickets", "New"),
    Chip.IN_WORK: pgettext_lazy("tickets", "In work"),
    Chip.WAITING: pgettext_lazy("tickets", "Waiting"),
    Chip.ON_REVIEW: pgettext_lazy("tickets", "On review"),
    Chip.REWORK: pgettext_lazy("tickets", "For rework"),
    Chip.DONE: pgettext_lazy("tickets", "Done"),
    Chip.CANCELLED: pgettext_lazy("tickets", "Cancelled"),
    Chip.OVERDUE: pgettext_lazy("tickets", "Overdue"),
    Chip.ANY: pgettext_lazy("tickets", "Any status"),
}


def scopes_for(user: User) -> list[Scope]:
    """Return the tabs `user` has, the first being where he starts."""
    roles = access.roles_of(user)
    scopes = [Scope.MINE]
    if roles.lines:
        scopes = [Scope.LINES, Scope.ASSIGNED, Scope.MINE]
    if roles.lines or Right.SEE_ALL_TICKETS in roles.rights:
        scopes.append(Scope.ALL)
    return scopes


def in_scope(user: User, scope: Scope) -> QuerySet[Ticket]:
    """Return the tickets of one tab; always a part of what `user` may see, and each an index of its own."""
    roles = access.roles_of(user)
    if scope is Scope.MINE:
        return Ticket.objects.filter(requester=user) if user.is_active else Ticket.objects.none()
    if scope is Scope.ASSIGNED:
        # Support sees whatever it is given; said once more, SQLite would go through all that was ever done.
        is_support = roles.lines or Right.SEE_ALL_TICKETS in roles.rights
        return (Ticket.objects.all() if is_support else access.visible_to(user)).filter(assignee=user)
    if scope is Scope.LINES:
        return Ticket.objects.filter(line__in=roles.lines)
    return access.visible_to(user)


def narrow(tickets: QuerySet[Ticket], chip: Chip) -> QuerySet[Ticket]:
    """Return the tickets of one chip."""
    if chip is Chip.ANY:
        return tickets
    if chip is Chip.OPEN:
        return tickets.filter(status__in=OPEN)
    if chip is Chip.OVERDUE:
        return tickets.filter(due_at__lt=now())
    return tickets.filter(status=chip.value)


def _statement(piles: Iterable[Pile], *, cap: int) -> Statement:
    """Return one statement that counts how many rows each pile has, at most `cap`.

    It is put together as text: composed as one expression it takes Django longer than the database needs to answer.
    """
    counts: list[str] = []
    values: list[Any] = []
    for pile in piles:
        found = []
        for part in pile:
            try:
                text, params = part.order_by().values("pk")[:cap].query.sql_with_params()
            except EmptyResultSet:
                # Django knows beforehand that there is no row.
                continue
            found.append(f"SELECT 1 FROM ({text}) part")  # noqa: S608 - its values are parameters
            values += params
        both = " UNION ALL ".join(found)
        counts.append(f"(SELECT COUNT(*) FROM ({both} LIMIT {cap}) capped)" if found else "0")  # noqa: S608 - as above
    return f"SELECT {', '.join(counts)}", tuple(values)


def _counted(statement: Statement) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return [int(count) for count in cursor.fetchone()]


def chip_counts(tickets: QuerySet[Ticket], way: Way = Way.AT_ONCE) -> dict[Chip, int]:
    """Return how many of `tickets` each chip has, at most CAP; one query, two where the open ones are counted apart."""
    counts = _WAYS[way](tickets)
    counts[Chip.OPEN] = sum(counts[Chip(status.value)] for status in OPEN)
    counts[Chip.ANY] = sum(counts[Chip(status.value)] for status in Status)
    return {chip: min(count, CAP) for chip, count in counts.items()}


def standing() -> dict[str, int]:
    """Return how many tickets of the whole desk are open by status, and overdue; at most CAP each, along indexes."""
    counts = chip_counts(Ticket.objects.all(), Way.PILES)
    return {chip.value: counts[chip] for chip in (*(Chip(status.value) for status in OPEN), Chip.OVERDUE)}


def _in_one_pass(tickets: QuerySet[Ticket]) -> dict[Chip, int]:
    late = Count("pk", filter=Q(due_at__lt=now()))
    # Grouped by a bare column SQLite would walk every ticket along its index, instead of those that pass the filters.
    state = Coalesce("status", Value(""))
    rows = list(tickets.order_by().values_list(state).annotate(counted=Count("pk"), late=late))
    counts = {Chip(status): 0 for status in Status.values}
    counts |= {Chip(status): counted for status, counted, _late in rows}
    return {**counts, Chip.OVERDUE: sum(overdue for _status, _counted, overdue in rows)}


def _open_apart(tickets: QuerySet[Ticket]) -> dict[Chip, int]:
    # Said as the index of open tickets says it; their statuses say the same.
    still_open = _in_one_pass(tickets.filter(closed_at=None))
    return still_open | _up_to_cap(tickets, [Chip(status) for status in CLOSED])


def _up_to_cap(tickets: QuerySet[Ticket], chips: Iterable[Chip] = _PILES) -> dict[Chip, int]:
    try:
        found_by = tickets.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return dict.fromkeys(chips, 0)
    names = {chip: (chip, CAP, str(found_by)) for chip in chips}
    asked = [chip for chip, name in names.items() if not full_piles.is_full(name)]
    counted = _counted(_statement(((narrow(tickets, chip),) for chip in asked), cap=CAP)) if asked else []
    counts = dict.fromkeys(names, CAP) | dict(zip(asked, counted, strict=True))
    for chip in asked:
        if counts[chip] == CAP:
            full_piles.remember(names[chip])
    return counts


_WAYS = {Way.PILES: _up_to_cap, Way.OPEN_APART: _open_apart, Way.AT_ONCE: _in_one_pass}


@dataclass(frozen=True)
class LineCount:
    """How many new tickets a line has."""

    line: SupportLine
    new: int

    @property
    def key(self) -> str:
        return str(self.line.pk)


@dataclass(frozen=True)
class Counters:
    """The live numbers of the side menu and the envelope."""

    lines: tuple[LineCount, ...]
    assigned: int
    waiting_for_me: int
    unread: int


# The statements of those who were here last: composed anew they would cost more than everything else in the menu.
_of_people: dict[tuple[int, Roles, int], Statement] = {}
_REMEMBERED = 500


def counters(user: User, *, cap: int = CAP) -> Counters:
    """Return the numbers beside `user`'s menu entries: new per line, his own work, what waits for him, unread; each number
    is counted up to `cap`. One query.

    "Waits for me" is what the person alone can move on: his requests with a question or a result to judge.
    """
    roles = access.roles_of(user)
    key = (user.pk, roles, cap)
    statement = _of_people.get(key)
    if statement is None:
        if len(_of_people) >= _REMEMBERED:
            _of_people.clear()
        statement = _of_people[key] = _statement(_piles_of(user), cap=cap)
    waiting_for_me, assigned, unread, *new = planned_once.counts(*statement)
    lines = tuple(LineCount(line, count) for line, count in zip(roles.working, new, strict=True))
    return Counters(
        lines=lines,
        assigned=assigned,
        waiting_for_me=waiting_for_me,
        unread=unread,
    )


def _piles_of(user: User) -> Iterator[Pile]:
    """Yield what is counted beside the menu; it depends on the person's key and roles alone."""
    yield (Ticket.objects.filter(requester=user, status__in=(Status.WAITING, Status.ON_REVIEW)),)
    # Only support is given work.
    yield (
        (Ticket.objects.filter(assignee=user, status__in=(Status.IN_WORK, Status.REWORK)),)
        if access.roles_of(user).lines
        else ()
    )
    # Notices are looked at only as far as the messages leave room under the cap: each costs a look at its ticket.
    yield access.unread_messages(user), access.unread_notices(user)
    yield from ((Ticket.objects.filter(line=line, status=Status.NEW),) for line in access.roles_of(user).working)


def by_urgency(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Order tickets as an agent should work them: nearest due time first, then priority, then age."""
    return tickets.order_by(F("due_at").asc(nulls_last=True), "priority", "pk")


def stretch(tickets: QuerySet[Ticket], start: int, stop: int) -> QuerySet[Ticket]:
    """Return the ordered `tickets` from `start` to `stop`, in the same order, to be joined with what belongs to them.

    They are chosen by their keys first: joined before, every ticket that is sorted or passed over would be joined too.
    """
    return Ticket.objects.filter(pk__in=tickets.values("pk")[start:stop]).order_by(*tickets.query.order_by)


def most_urgent(tickets: QuerySet[Ticket], start: int, stop: int) -> QuerySet[Ticket]:
    """Return what `stretch` returns of the `tickets` by urgency, where there are many of them.

    Those with a due time come first and lie in its index in order; sorting all of them for a page takes as long as there
    are tickets open.
    """
    due = tickets.filter(due_at__isnull=False).order_by("due_at", "priority", "pk")
    found = list(due.values_list("pk", flat=True)[start:stop])
    if len(found) < stop - start:
        return stretch(by_urgency(tickets), start, stop)
    return Ticket.objects.filter(pk__in=found).order_by(*due.query.order_by)


def next_for(user: User) -> int | None:
    """Return the number of the most urgent untaken ticket of `user`'s lines, or None."""
    waiting = in_scope(user, Scope.LINES).filter(status=Status.NEW, assignee=None)
    return by_urgency(waiting).values_list("pk", flat=True).first()


def open_by(field: str) -> dict[int, int]:
    """Return how many requests are open now for each value of `field`, a foreign key; numbers only, of all lines."""
    open_now = Ticket.objects.filter(status__in=OPEN).order_by()
    return dict(open_now.values_list(field).annotate(count=Count("pk")))


def is_closed(chip: Chip) -> bool:
    """Say whether a chip shows finished tickets, which have no due time to sort by."""
    return chip.value in CLOSED
