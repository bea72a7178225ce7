"""Groups of the company give roles and lines at each sign-in, and take what they gave; what people gave stays, and the last administrator."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from helpdesk.actions import accounts, company, company_claims, records
from helpdesk.actions.company_claims import Comer
from helpdesk.actions.refusals import ActionRefused, ValidationError
from helpdesk.models import AuditKind, AuditRecord, CompanyGroup, CompanyIdentity, Membership, Role, User
from tests.people import Desk

ISSUER = "https://login.example.org"


@pytest.fixture(autouse=True)
def _used(settings: Any) -> None:
    settings.OIDC_ISSUER = ISSUER


def rule(desk: Desk, group: str, **gives: Any) -> None:
    records.save(actor=desk.roman, record=CompanyGroup(group=group, **gives))


def sign_in(*groups: str, person: str = "vera", known: bool = True) -> User:
    comer = Comer(ISSUER, person, login=person, groups=list(groups) if known else None)
    return company.sign_in(comer)


def linked(person: User) -> User:
    CompanyIdentity.objects.create(person=person, issuer=ISSUER, subject=person.username)
    return person


def place(person: User, line: Any) -> str | None:
    return Membership.objects.filter(person=person, line=line).values_list("role", flat=True).first()


def roles(person: User) -> set[str]:
    return set(person.groups.values_list("name", flat=True)) - {Role.AGENT, Role.LEAD}


def test_what_the_groups_say_is_given_and_taken(desk: Desk) -> None:
    rule(desk, "support", line=desk.first)
    rule(desk, "bosses", role=Role.ANALYST, line=desk.first, line_role="lead")
    vera = sign_in("support", "unknown")
    assert (place(vera, desk.first), place(vera, desk.second), roles(vera)) == ("member", None, set())
    assert User.objects.get(pk=vera.pk).is_staff

    sign_in("support", "bosses")
    assert (place(vera, desk.first), roles(vera)) == ("lead", {"analyst"})
    sign_in("support")
    assert (place(vera, desk.first), roles(vera)) == ("member", set())
    # The provider does not say: nothing is taken on a guess.
    sign_in(known=False)
    assert place(vera, desk.first) == "member"
    sign_in()
    assert (place(vera, desk.first), User.objects.get(pk=vera.pk).is_staff) == (None, False)


def test_old_and_new_are_in_the_audit_without_an_actor(desk: Desk) -> None:
    rule(desk, "bosses", role=Role.ANALYST, line=desk.first, line_role="lead")
    vera = sign_in("bosses")
    sign_in()
    told = AuditRecord.objects.filter(person=vera, kind__in=(AuditKind.ROLES, AuditKind.MEMBERSHIP)).order_by("pk")
    changes = [change for row in told for change in row.data["changes"] if change[0] in ("role", "groups")]
    without = [[name, *(drop_lines(value) for value in values)] for name, *values in changes]
    assert ["role", None, "lead"] in without
    assert ["role", "lead", None] in without
    assert ["groups", [], ["analyst"]] in without
    assert ["groups", ["analyst"], []] in without
    assert {row.actor for row in told} == {None}
    assert {row.data["reason"] for row in told if row.data.get("reason")} == {"Вход через компанию"}


def drop_lines(value: Any) -> Any:
    return [name for name in value if name not in (Role.AGENT, Role.LEAD)] if isinstance(value, list) else value


def test_what_was_given_by_hand_stays(desk: Desk) -> None:
    rule(desk, "support", role=Role.CATALOG, line=desk.first)
    alla = linked(desk.alla)
    accounts.set_groups(actor=desk.roman, person=alla, groups=[Role.CATALOG])
    sign_in("support", person="alla")
    sign_in(person="alla")
    assert (place(alla, desk.first), roles(alla)) == ("member", {"catalog"})


def test_a_part_that_was_changed_by_hand_stays_changed(desk: Desk) -> None:
    rule(desk, "support", line=desk.first)
    vera = sign_in("support")
    membership = Membership.objects.get(person=vera)
    membership.role = "lead"
    records.save(actor=desk.roman, record=membership)
    sign_in("support")
    assert place(vera, desk.first) == "lead"
    sign_in()
    assert place(vera, desk.first) == "lead"


def test_a_rule_that_is_gone_takes_what_it_gave(desk: Desk) -> None:
    rule(desk, "support", line=desk.first)
    vera = sign_in("support")
    records.delete(actor=desk.roman, record=CompanyGroup.objects.get())
    sign_in("support")
    assert place(vera, desk.first) is None


def test_the_last_administrator_stays_one(desk: Desk) -> None:
    rule(desk, "admins", role=Role.ADMINISTRATOR)
    vera, dora = sign_in("admins"), sign_in("admins", person="dora")
    accounts.set_groups(actor=vera, person=desk.roman, groups=[])
    User.objects.filter(pk=desk.ivan.pk).update(is_superuser=True)  # switched off, so no help
    sign_in(person="dora")
    assert (roles(vera), roles(dora)) == ({"administrator"}, set())
    sign_in()
    assert roles(vera) == {"administrator"}
    # Somebody else administers again: what was left to be taken is taken.
    sign_in("admins", person="dora")
    sign_in()
    assert roles(vera) == set()


def test_taking_the_link_away_takes_what_it_gave(desk: Desk) -> None:
    rule(desk, "support", role=Role.ANALYST, line=desk.first)
    vera = sign_in("support")
    company.unlink(actor=desk.roman, person=vera)
    assert (place(vera, desk.first), roles(vera)) == (None, set())


def test_only_administrators_write_rules_and_a_rule_gives_something(desk: Desk) -> None:
    for actor in (desk.lev, desk.katya, desk.anna):
        with pytest.raises(ActionRefused):
            records.save(actor=actor, record=CompanyGroup(group="mine", role=Role.ADMINISTRATOR))
    for wrong in ({}, {"role": Role.AGENT}, {"role": "root"}):
        with pytest.raises(ValidationError):
            records.save(actor=desk.roman, record=CompanyGroup(group="mine", **wrong))
    assert not CompanyGroup.objects.exists()
    rule(desk, "mine", role=Role.ANALYST)
    with pytest.raises(ValidationError):
        rule(desk, "mine", role=Role.ANALYST)


def test_a_sign_in_that_changes_nothing_costs_little(desk: Desk) -> None:
    rule(desk, "support", role=Role.ANALYST, line=desk.first)
    sign_in("support")
    with CaptureQueriesContext(connection) as queries:
        sign_in("support")
    asked = [query for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
    assert len(asked) <= 8


@pytest.mark.parametrize(
    ("claim", "claims", "groups"),
    [
        ("groups", {"groups": ["b", "a", 5, "", "x" * 201]}, ["a", "b"]), ("groups", {"groups": "one"}, ["one"]), ("groups", {}, []),
        ("realm_access.roles", {"realm_access": {"roles": ["a"]}}, ["a"]), ("realm_access.roles", {"realm_access": 1}, []),
        ("https://example.org/groups", {"https://example.org/groups": ["a"]}, ["a"]),
        ("groups", {"_claim_names": {"groups": "src1"}, "_claim_sources": {}}, None),
    ],
)  # fmt: skip
def test_groups_are_read_where_the_provider_puts_them(
    settings: Any, claim: str, claims: dict[str, Any], groups: list[str] | None
) -> None:
    settings.OIDC_GROUPS_CLAIM = claim
    assert company_claims.read({"iss": ISSUER, "sub": "1", **claims}).groups == groups
