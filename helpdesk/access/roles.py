"""Decides what a person is: his groups, his lines, and the rights that do not depend on one ticket."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from helpdesk.models import Membership, Role, SupportLine, User

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

Visitor = User | AnonymousUser


class Right(StrEnum):
    """Powers that do not depend on one ticket."""

    MANAGE_CATALOG = "manage_catalog"
    MANAGE_LINES = "manage_lines"
    MANAGE_PEOPLE = "manage_people"
    EXPORT_PEOPLE = "export_people"
    ERASE_PEOPLE = "erase_people"
    MANAGE_CALENDARS = "manage_calendars"
    MANAGE_TEMPLATES = "manage_templates"
    SEE_REPORTS = "see_reports"
    EXPORT_REPORTS = "export_reports"
    SEE_ALL_TICKETS = "see_all_tickets"
    REGISTER_FOR_OTHERS = "register_for_others"
    WORK_TICKETS = "work_tickets"
    CORRECT = "correct"
    ADMINISTER = "administer"


RIGHT_LABELS: dict[Right, Lazy] = {
    Right.MANAGE_CATALOG: _("keep the catalog of services"),
    Right.MANAGE_LINES: _("keep support lines and their members"),
    Right.MANAGE_PEOPLE: _("keep people and their roles"),
    Right.EXPORT_PEOPLE: _("take out all data of a person"),
    Right.ERASE_PEOPLE: _("erase personal data"),
    Right.MANAGE_CALENDARS: _("keep working calendars"),
    Right.MANAGE_TEMPLATES: _("keep reply templates of the own lines"),
    Right.SEE_REPORTS: _("see the analytics"),
    Right.EXPORT_REPORTS: _("take the analytics out"),
    Right.SEE_ALL_TICKETS: _("see every request"),
    Right.REGISTER_FOR_OTHERS: _("file requests for others"),
    Right.WORK_TICKETS: _("work on requests"),
    Right.CORRECT: _("correct a status"),
    Right.ADMINISTER: _("administer the desk: audit, notices, webhooks, letters"),
}


@dataclass(frozen=True)
class Roles:
    """What a person is: groups by name and lines by id. Made once per request by `roles_of`.

    `working` are those of the lines that are switched on, with no more than their names, in the order in which lines are shown.
    """

    groups: frozenset[str] = frozenset()
    lines: frozenset[int] = frozenset()
    working: tuple[SupportLine, ...] = ()
    led: frozenset[int] = frozenset()
    superuser: bool = False
    rights: frozenset[Right] = field(default=frozenset())

    @property
    def is_agent(self) -> bool:
        return bool(self.lines)

    @property
    def is_lead(self) -> bool:
        return bool(self.led)

    @property
    def is_administrator(self) -> bool:
        return self.superuser or Role.ADMINISTRATOR in self.groups


_ADMINISTRATOR_RIGHTS = frozenset(Right) - {Right.WORK_TICKETS}
_GROUP_RIGHTS: dict[str, frozenset[Right]] = {
    Role.ADMINISTRATOR: _ADMINISTRATOR_RIGHTS,
    Role.CATALOG: frozenset({Right.MANAGE_CATALOG}),
    Role.ANALYST: frozenset({Right.SEE_REPORTS, Right.EXPORT_REPORTS, Right.SEE_ALL_TICKETS}),
}
_AGENT_RIGHTS = frozenset({Right.WORK_TICKETS, Right.REGISTER_FOR_OTHERS})
_LEAD_RIGHTS = frozenset({Right.SEE_REPORTS, Right.EXPORT_REPORTS, Right.MANAGE_TEMPLATES})
NOBODY = Roles()
# The groups and lines of a person; a group has no line. Every request asks for them first: put together by Django, and as
# two questions, that took a tenth of the time of a small answer.
_PLACES = """SELECT a.name AS name, NULL AS line, '' AS role, FALSE AS is_active, FALSE AS is_default
    FROM helpdesk_user_groups g JOIN auth_group a ON a.id = g.group_id WHERE g.user_id = %s
    UNION ALL
    SELECT l.name, l.id, m.role, l.is_active, l.is_default
    FROM helpdesk_membership m JOIN helpdesk_supportline l ON l.id = m.line_id WHERE m.person_id = %s
    ORDER BY is_default DESC, name"""


def roles_of(user: Visitor) -> Roles:
    """Return the roles of `user`; nobody's roles for an anonymous or inactive one. One query, then remembered on
    the object, which lives as long as the request."""
    if not (user.is_authenticated and user.is_active):
        return NOBODY
    known: Roles | None = user.__dict__.get("_helpdesk_roles")
    if known is None:
        known = user.__dict__["_helpdesk_roles"] = _read_roles(user)
    return known


def rights_of_group(name: str) -> frozenset[Right]:
    """Return what being in a group gives by itself; nothing for agents and leads, whose lines give it."""
    return _GROUP_RIGHTS.get(name, frozenset())


def rights_of_role(role: str) -> frozenset[Right]:
    """Return what a role gives: by its group, or as agents and leads have it by their lines."""
    of_lines = {Role.AGENT.value: _AGENT_RIGHTS, Role.LEAD.value: _AGENT_RIGHTS | _LEAD_RIGHTS}
    return of_lines.get(role, rights_of_group(role))


def forget_roles(user: User) -> None:
    """Make the next `roles_of(user)` read again; called after groups or memberships change."""
    user.__dict__.pop("_helpdesk_roles", None)


def _read_roles(user: User) -> Roles:
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, [user.pk, user.pk])
        places = cursor.fetchall()
    groups = frozenset(name for name, line, *_rest in places if line is None)
    memberships = [place for place in places if place[1] is not None]
    rights: set[Right] = set()
    for group in groups:
        rights |= rights_of_group(group)
    if user.is_superuser:
        rights |= _ADMINISTRATOR_RIGHTS
    if memberships:
        rights |= _AGENT_RIGHTS
    led = frozenset(line for _name, line, role, *_rest in memberships if role == Membership.LineRole.LEAD)
    if led:
        rights |= _LEAD_RIGHTS
    lines = frozenset(line for _name, line, *_rest in memberships)
    working = tuple(
        SupportLine.from_db(connection.alias, ("id", "name", "is_active"), (line, name, True))
        for name, line, _role, is_active, _is_default in memberships if is_active
    )  # fmt: skip
    return Roles(groups, lines, working, led, user.is_superuser, frozenset(rights))


def has_right(user: Visitor, right: Right) -> bool:
    """Say whether `user` has a power that does not depend on one ticket."""
    return right in roles_of(user).rights


def people_with(right: Right) -> QuerySet[User]:
    """Return the active people who have `right`, as `has_right` says it of each, by name."""
    groups = [group for group, rights in _GROUP_RIGHTS.items() if right in rights]
    wanted = Q(Exists(User.groups.through.objects.filter(user=OuterRef("pk"), group__name__in=groups)))
    if right in _ADMINISTRATOR_RIGHTS:
        wanted |= Q(is_superuser=True)
    memberships = Membership.objects.filter(person=OuterRef("pk"))
    if right in _AGENT_RIGHTS:
        wanted |= Q(Exists(memberships))
    elif right in _LEAD_RIGHTS:
        wanted |= Q(Exists(memberships.filter(role=Membership.LineRole.LEAD)))
    return User.objects.filter(wanted, is_active=True).order_by("last_name", "first_name", "pk")
