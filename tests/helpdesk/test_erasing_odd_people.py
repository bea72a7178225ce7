"""Erasing people with short names, and where a login like that of an erased person is somebody's."""

from __future__ import annotations

from helpdesk.actions import erasing
from helpdesk.models import User
from tests.people import Desk


def test_names_too_short_to_look_for_name_no_request(desk: Desk) -> None:
    short = User.objects.create(username="li", last_name="Ли")
    desk.file("anna", text="Ли said: li.")

    assert list(erasing.mentions(actor=desk.roman, person=short)) == []


def test_an_erased_person_gets_a_login_that_is_nobodys(desk: Desk) -> None:
    wanted = f"erased-{desk.boris.pk}"
    for login in (wanted.upper(), f"{wanted}-"):
        User.objects.create(username=login)

    person = erasing.erase(actor=desk.roman, person=desk.boris, typed="boris")

    assert person.username == f"{wanted}--"
    assert User.objects.get(pk=person.pk).erased_at is not None
