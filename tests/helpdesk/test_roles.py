"""Role groups are kept in step with roles and lines: by every change of a membership, and by a command that tells what was not."""

from __future__ import annotations

from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from helpdesk.actions import accounts, records, roles
from helpdesk.models import AuditRecord, Membership, User
from tests.people import Desk


def groups_of(login: str) -> list[str]:
    return sorted(User.objects.get(username=login).groups.values_list("name", flat=True))


def ran(*options: str) -> str:
    out = StringIO()
    call_command("sync_roles", *options, stdout=out)
    return out.getvalue()


def test_groups_follow_the_lines(desk: Desk) -> None:
    row = Membership(line=desk.second, person=desk.anna, role="lead")
    records.save(actor=desk.roman, record=row)
    assert groups_of("anna") == ["agent", "lead"]
    row.role = "member"
    records.save(actor=desk.roman, record=row)
    assert groups_of("anna") == ["agent"]
    newest = User.history.filter(username="anna").latest("history_id")
    assert newest.history_user == desk.roman
    records.delete(actor=desk.roman, record=row)
    assert (groups_of("anna"), User.objects.get(username="anna").is_staff) == ([], False)


def test_nobody_becomes_an_agent_by_a_group(desk: Desk) -> None:
    accounts.set_groups(actor=desk.roman, person=desk.anna, groups=["lead", "agent", "analyst"])
    accounts.set_groups(actor=desk.roman, person=desk.alla, groups=["catalog"])

    assert (groups_of("anna"), groups_of("alla")) == (["analyst"], ["agent", "catalog"])


def test_the_command_tells_and_mends_what_is_out_of_step_once(desk: Desk) -> None:
    Group.objects.filter(name="analyst").delete()
    User.groups.through.objects.filter(user=desk.lev, group__name="lead").delete()
    desk.boris.groups.add(Group.objects.get(name="agent"))
    User.objects.filter(username="katya").update(is_staff=False)
    before = [groups_of(login) for login in ("lev", "boris")]

    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("sync_roles", "--check", stdout=out)
    assert [groups_of(login) for login in ("lev", "boris")] == before
    told = ["groups: +analyst", "boris: -agent", "lev: +lead", "katya: staff", "olga: no staff"]
    assert sorted(out.getvalue().splitlines()) == sorted([*told, "5 out of step."])

    assert "5 brought into step." in ran()

    assert ran() == ran("--check") == "Roles and groups are in step.\n"
    assert (groups_of("lev"), groups_of("boris")) == (["agent", "lead"], [])
    assert Group.objects.filter(name="analyst").exists()
    assert User.objects.get(username="katya").is_staff
    rows = AuditRecord.objects.filter(kind="roles").order_by("pk")
    assert [(row.actor, row.person.username) for row in rows if row.data["changes"][0][1] != row.data["changes"][0][2]] == [
        (None, "boris"), (None, "lev"),
    ]  # fmt: skip
    assert roles.differences() == []


def test_the_command_asks_as_often_for_many_people(desk: Desk, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(4):  # type: ignore[operator]  # a fixture
        roles.differences()
