"""Decides that the role groups say what is so: each role has its group, agents and leads are the people of the lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q

from helpdesk import access
from helpdesk.actions import audit
from helpdesk.models import AuditKind, Membership, Role, User
from helpdesk.models.recording import sign
from helpdesk.moment import now

# Nobody is put into these by hand: they follow from the lines.
OF_LINES = frozenset({Role.AGENT.value, Role.LEAD.value})


@dataclass(frozen=True)
class Difference:
    """Something out of step: a role without its group (`person` is None), or a person's groups and staff flag."""

    person: User | None
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    is_staff: bool | None = None

    def __str__(self) -> str:
        signs = [*(f"+{name}" for name in self.missing), *(f"-{name}" for name in self.extra)]
        if self.is_staff is not None:
            signs.append("staff" if self.is_staff else "no staff")
        return f"{'groups' if self.person is None else self.person.username}: {' '.join(signs)}"


def ensure_groups() -> None:
    """Create the role groups that are missing; safe to repeat."""
    for role in Role.values:
        Group.objects.get_or_create(name=role)


def of_lines(person: User) -> frozenset[str]:
    """Return the groups in which the lines put `person`. One query."""
    held = set(Membership.objects.filter(person=person).values_list("role", flat=True))
    return _groups_for(held)


def follow(person: User, *, by: User | None = None) -> None:
    """Put `person` into the groups that his lines say, out of those they do not say, and keep his staff flag."""
    access.forget_roles(person)
    before = set(person.groups.values_list("name", flat=True))
    wanted = (before - OF_LINES) | of_lines(person)
    if wanted != before:
        sign(person, by=by, at=now())
        ensure_groups()
        person.groups.set(Group.objects.filter(name__in=wanted))
        access.forget_roles(person)
    staff = bool(access.roles_of(person).rights)
    if person.is_active and person.is_staff != staff:
        sign(person, by=by, at=now())
        person.is_staff = staff
        person.save(update_fields=["is_staff"])


def differences() -> list[Difference]:
    """Return everything that is out of step. Four queries, however many people there are."""
    lacking = tuple(sorted(set(Role.values) - set(Group.objects.values_list("name", flat=True))))
    return [*([Difference(None, lacking)] if lacking else []), *_of_people()]


def sync() -> list[Difference]:
    """Bring everything into step in one transaction and return what was out of it; nothing the second time."""
    with transaction.atomic():
        found = differences()
        ensure_groups()
        for each in found:
            if each.person is None:
                continue
            before = sorted(each.person.groups.values_list("name", flat=True))
            follow(each.person)
            after = sorted(each.person.groups.values_list("name", flat=True))
            audit.record(AuditKind.ROLES, actor=None, about=each.person, changes=[["groups", before, after]])
    return found


def _of_people() -> Iterator[Difference]:
    lines: dict[int, set[str]] = {}
    for number, role in Membership.objects.values_list("person_id", "role"):
        lines.setdefault(number, set()).add(role)
    groups: dict[int, set[str]] = {}
    for number, name in User.groups.through.objects.values_list("user_id", "group__name"):
        groups.setdefault(number, set()).add(name)
    people = User.objects.filter(Q(pk__in=lines) | Q(pk__in=groups) | Q(is_staff=True) | Q(is_superuser=True))
    for person in people.order_by("pk"):
        held, wanted = groups.get(person.pk, set()), _groups_for(lines.get(person.pk, set()))
        staff = bool(person.pk in lines or person.is_superuser or any(access.rights_of_group(name) for name in held))
        missing, extra = wanted - held, (held & OF_LINES) - wanted
        flag = staff if person.is_active and person.is_staff != staff else None
        if missing or extra or flag is not None:
            yield Difference(person, tuple(sorted(missing)), tuple(sorted(extra)), flag)


def _groups_for(held: set[str]) -> frozenset[str]:
    agent = {Role.AGENT.value} if held else set()
    return frozenset(agent | ({Role.LEAD.value} if Membership.LineRole.LEAD in held else set()))
