"""What nobody may set of an account: settings that are not offered, fields that are not one's own, roles that are not his to give."""

from __future__ import annotations

from typing import Any

import pytest

from helpdesk.actions import accounts
from helpdesk.actions.refusals import ActionRefused, ValidationError
from helpdesk.models import AuditRecord, User
from tests.people import Desk


def account(person: User) -> Any:
    row = User.objects.filter(pk=person.pk).values().get()
    return row, sorted(person.groups.values_list("name", flat=True)), User.history.count(), AuditRecord.objects.count()


@pytest.mark.parametrize("values", [{"language": "xx"}, {"theme": "pink"}, {"time_zone": "Mars/Base"}])
def test_a_setting_that_is_not_offered_is_told_at_its_field(desk: Desk, values: dict[str, str]) -> None:
    before = account(desk.anna)

    with pytest.raises(ValidationError) as told:
        accounts.update_profile(actor=desk.anna, department="Plumage", **values)

    assert set(told.value.message_dict) == set(values)
    assert account(desk.anna) == before


def test_nobody_sets_his_own_staff_flag_or_login(desk: Desk) -> None:
    before = account(desk.anna)

    for name, value in (("is_staff", True), ("username", "root"), ("email", "root@example.com")):
        with pytest.raises(TypeError, match=name):
            accounts.update_profile(actor=desk.anna, **{name: value})

    assert account(desk.anna) == before


@pytest.mark.parametrize(
    ("actor", "person", "groups", "code"),
    [
        ("lev", "anna", ["analyst"], "no_right"), ("katya", "katya", ["administrator"], "no_right"),
        ("roman", "roman", ["analyst"], "own_role"), ("roman", "roman", [], "own_role"),
    ],
)  # fmt: skip
def test_roles_are_given_by_administrators_who_stay_ones(
    desk: Desk, actor: str, person: str, groups: list[str], code: str
) -> None:
    before = account(desk.people[person])

    with pytest.raises(ActionRefused) as refusal:
        accounts.set_groups(actor=desk.people[actor], person=desk.people[person], groups=groups)

    assert (refusal.value.code, account(desk.people[person])) == (code, before)


def test_a_role_that_does_not_exist_is_told_and_gives_nothing(desk: Desk) -> None:
    before = account(desk.anna)

    with pytest.raises(ValidationError) as told:
        accounts.set_groups(actor=desk.roman, person=desk.anna, groups=["analyst", "root"])

    assert (set(told.value.message_dict), account(desk.anna)) == ({"groups"}, before)
