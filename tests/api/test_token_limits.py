"""How many tokens a person has, who makes one for another, and which new password ends them."""

from __future__ import annotations

import pytest
from django.contrib.auth import password_validation

from helpdesk.actions import tokens
from helpdesk.actions.refusals import ActionRefused, ValidationError
from helpdesk.models import ApiToken, AuditRecord
from tests.people import Desk


def make(desk: Desk, actor: str, person: str | None = None) -> ApiToken:
    owner = desk.people[person] if person else None
    return tokens.create(actor=desk.people[actor], name="CI", scopes=["read"], person=owner)[0]


def test_who_manages_people_makes_a_token_for_another_and_nobody_else_does(desk: Desk) -> None:
    with pytest.raises(ActionRefused, match="no_right"):
        make(desk, "lev", "alla")
    assert not ApiToken.objects.exists()

    assert make(desk, "roman", "alla").person == desk.alla


def test_a_person_has_twenty_tokens_at_most_and_a_revoked_one_makes_room(desk: Desk) -> None:
    made = [make(desk, "anna") for _number in range(tokens.MOST)]

    with pytest.raises(ValidationError) as refused:
        make(desk, "anna")

    assert list(refused.value.message_dict) == ["name"]
    assert ApiToken.objects.count() == tokens.MOST
    tokens.revoke(actor=desk.anna, token_id=made[0].pk)
    assert make(desk, "anna").revoked_at is None


def test_a_password_ends_the_tokens_of_its_owner_and_one_of_nobody_ends_none(desk: Desk) -> None:
    token = make(desk, "anna")
    before = AuditRecord.objects.count()

    password_validation.password_changed("four other plain words")
    token.refresh_from_db()
    assert (token.revoked_at, AuditRecord.objects.count()) == (None, before)

    password_validation.password_changed("four other plain words", desk.anna)
    token.refresh_from_db()
    assert token.revoked_at is not None
