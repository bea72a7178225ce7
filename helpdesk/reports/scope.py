"""Decides which tickets a person's report is about: a lead's lines, everything for analysts and administrators, narrowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from helpdesk import access
from helpdesk.access import Right
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import Service, SupportLine, Ticket, User, WorkType
from helpdesk.reports import names
from helpdesk.reports.memory import all_of_lines
from helpdesk.whole_numbers import whole_number

NARROWING = ("line", "service", "work_type", "assignee", "priority")
# What an address says beside ids: nobody's requests, and those that no administrator corrected.
NOBODY, UNCORRECTED = ("assignee", "none"), ("corrected", "no")


@dataclass(frozen=True)
class Scope:
    """The tickets of a report and what narrows them, as the address says it."""

    tickets: QuerySet[Ticket]
    narrowed: Mapping[str, int | str]

    @property
    def query(self) -> str:
        return "".join(f"&{name}={value}" for name, value in self.narrowed.items())


def may_see(user: access.Visitor) -> access.Decision:
    """Answer whether `user` may see reports at all."""
    if access.has_right(user, Right.SEE_REPORTS):
        return access.ALLOWED
    return access.denied("no_right", _("Reports are for line leads, analysts and administrators."))


def may_export(user: access.Visitor) -> access.Decision:
    """Answer whether `user` may take reports out as files."""
    if may_see(user) and access.has_right(user, Right.EXPORT_REPORTS):
        return access.ALLOWED
    return access.denied("no_right", _("Your role does not include taking reports out."))


def sees_all(user: access.Visitor) -> bool:
    """Answer whether the reports of `user` are about all lines, not only those he leads."""
    return access.has_right(user, Right.SEE_ALL_TICKETS)


def lines_of(user: User) -> QuerySet[SupportLine]:
    """Return the lines whose figures `user` may see. Raises ActionRefused."""
    verdict = may_see(user)
    if not verdict:
        raise ActionRefused(verdict)
    if sees_all(user):
        return SupportLine.objects.order_by("name")
    return SupportLine.objects.filter(pk__in=access.roles_of(user).led).order_by("name")


def read(user: User, values: Mapping[str, str]) -> Scope:
    """Return the tickets that `user` may report on, narrowed by `values` (ids as texts, or "none"). Raises ActionRefused."""
    verdict = may_see(user)
    if not verdict:
        raise ActionRefused(verdict)
    tickets = access.visible_to(user) if sees_all(user) else access.on_led_lines(user)
    narrowed: dict[str, int | str] = {
        name: number for name in NARROWING if (number := whole_number(values.get(name))) is not None
    }
    tickets = tickets.filter(**narrowed)
    if values.get("assignee") == "none":
        tickets, narrowed = tickets.filter(assignee__isnull=True), narrowed | dict([NOBODY])
    if values.get("corrected") == "no":
        tickets, narrowed = tickets.filter(corrected=False), narrowed | dict([UNCORRECTED])
    if narrowed.keys() <= {"line"} and tickets.query.where:
        all_of_lines(tickets, _lines_meant(user, frozenset(int(number) for number in narrowed.values())))
    return Scope(tickets, narrowed)


def _lines_meant(user: User, asked: frozenset[int]) -> frozenset[int]:
    """Return the ids of the lines a report is about: those `asked` for, as far as `user` may see them, else all he leads."""
    if sees_all(user):
        return asked
    led = access.roles_of(user).led
    return asked & led if asked else led


def services_of(user: User) -> QuerySet[Service]:
    """Return the services to choose from: those of the tickets `user` may report on. Raises ActionRefused."""
    used = read(user, {}).tickets.order_by().values("service")
    return Service.objects.filter(pk__in=used).order_by("name")


def kinds_of(user: User) -> QuerySet[WorkType]:
    """Return the kinds of work to choose from: those of the tickets `user` may report on. Raises ActionRefused."""
    used = read(user, {}).tickets.order_by().values("work_type")
    return WorkType.objects.filter(pk__in=used).order_by("name")


def assignees_of(user: User) -> QuerySet[User]:
    """Return the people to choose from: members of the lines whose figures `user` may see."""
    return User.objects.filter(lines__in=lines_of(user)).distinct().order_by("last_name", "first_name")


def choices(user: User) -> names.Names:
    """Return the names of what reports of `user` can be narrowed by, asked for at once. Raises ActionRefused."""
    return names.read({
        "line": lines_of(user), "service": services_of(user), "work_type": kinds_of(user), "assignee": assignees_of(user),
    })  # fmt: skip
