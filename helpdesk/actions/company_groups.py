"""Decides what the groups of the company give here: at each sign-in roles and lines are given and taken by the rules.

Taken is only what a rule gave before. What somebody gave by hand stays until somebody takes it by hand, and the last
administrator stays one.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import Group
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from helpdesk.actions import audit, roles
from helpdesk.models import AuditKind, CompanyGrant, CompanyGroup, CompanyIdentity, Membership, Role, User
from helpdesk.models.recording import sign
from helpdesk.moment import now

_LEAD = Membership.LineRole.LEAD.value


def apply(person: User, groups: Iterable[str]) -> None:
    """Give `person` what the rules say for `groups`, and take what they gave before and say no more.

    Called inside the transaction of the sign-in, with the row of the person locked.
    """
    rules = list(CompanyGroup.objects.filter(group__in=list(groups)))
    wanted = {rule.role for rule in rules if rule.role}
    lines: dict[int, str] = {}
    for rule in rules:
        if rule.line_id is not None and lines.get(rule.line_id) != _LEAD:
            lines[rule.line_id] = rule.line_role
    grants = list(CompanyGrant.objects.filter(person=person))
    _keep_lines(person, lines, {grant.line_id: grant for grant in grants if grant.line_id is not None})
    _keep_roles(person, wanted, {grant.role: grant for grant in grants if grant.line_id is None})


def given_to(person: User) -> list[str]:
    """Return in words what `person` has because of his groups."""
    labels = {value: str(label) for value, label in (*Role.choices, *Membership.LineRole.choices)}
    grants = CompanyGrant.objects.filter(person=person).select_related("line").order_by("pk")
    return [f"{grant.line}: {labels[grant.line_role]}" if grant.line else labels[grant.role] for grant in grants]


def reason() -> str:
    """Return what audit and history say of a change at a sign-in: in the language of the desk, whoever signs in."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("Company sign-in")


def _stays() -> str:
    with translation.override(settings.LANGUAGE_CODE):
        return _("the last administrator stays one")


def lately_seen() -> list[str]:
    """Return the groups of the latest sign-ins for which there is no rule, the first fifty."""
    known = set(CompanyGroup.objects.values_list("group", flat=True))
    latest = CompanyIdentity.objects.order_by("-last_at").values_list("groups", flat=True)[:100]
    return sorted({group for groups in latest for group in groups} - known)[:50]


def _keep_roles(person: User, wanted: set[str], given: dict[str, CompanyGrant]) -> None:
    has = set(person.groups.values_list("name", flat=True))
    taken = (given.keys() - wanted) & has
    if Role.ADMINISTRATOR in taken and _is_last_administrator(person):
        taken.discard(Role.ADMINISTRATOR)
        audit.record(AuditKind.ROLES, actor=None, about=person, changes=[], reason=f"{reason()}: {_stays()}")
        wanted = {*wanted, Role.ADMINISTRATOR.value}
    for role in given.keys() - wanted:
        given[role].delete()
    for role in wanted - has - given.keys():
        CompanyGrant.objects.create(person=person, role=role)
    after = (has | wanted) - taken
    if after != has:
        sign(person, by=None, at=now(), reason=reason())
        person.groups.set(Group.objects.filter(name__in=after))
        changes = [["groups", sorted(has), sorted(after)]]
        audit.record(AuditKind.ROLES, actor=None, about=person, changes=changes, reason=reason())
        roles.follow(person)


def _keep_lines(person: User, wanted: dict[int, str], given: dict[int, CompanyGrant]) -> None:
    has = {row.line_id: row for row in Membership.objects.filter(person=person).select_related("line")}
    for held in has.values():
        held.person = person
    for line_id, role in wanted.items():
        row, grant = has.get(line_id), given.get(line_id)
        if row is None:
            row = Membership(person=person, line_id=line_id)
        elif grant is None or row.role != grant.line_role or row.role == role:
            # One that was made or changed by hand is somebody's decision.
            continue
        row.role = role
        _save(row)
        CompanyGrant.objects.update_or_create(person=person, line_id=line_id, defaults={"line_role": role})
    for line_id in given.keys() - wanted.keys():
        row = has.get(line_id)
        if row is not None and row.role == given[line_id].line_role:
            _delete(row)
        given[line_id].delete()


def _save(row: Membership) -> None:
    before = audit.values_of(row)
    sign(row, by=None, at=now(), reason=reason())
    row.save()
    roles.follow(row.person)
    audit.changed(row, before, actor=None, reason=reason())


def _delete(row: Membership) -> None:
    before, number = audit.values_of(row), row.pk
    sign(row, by=None, at=now(), reason=reason())
    row.delete()
    roles.follow(row.person)
    audit.deleted(row, before, number, actor=None, reason=reason())


def _is_last_administrator(person: User) -> bool:
    """Say whether nobody else who can sign in administers. Two who would both be the last but one wait for each other."""
    Group.objects.select_for_update().filter(name=Role.ADMINISTRATOR).first()
    others = User.objects.filter(Q(is_superuser=True) | Q(groups__name=Role.ADMINISTRATOR), is_active=True)
    return not others.filter(is_service=False).exclude(pk=person.pk).exists()
