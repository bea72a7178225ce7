"""Employees make their own accounts by the API alone, by the rules of the panel's page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from helpdesk.actions import inviting, signing_up
from helpdesk.models import SignUp, User
from helpdesk.notify import send_joining_letters
from tests.api.conftest import Program
from tests.panel_shell.test_signing_up import picture
from tests.people import Desk

VERA = {
    "first_name": "Vera", "last_name": "Zimina", "department": "Accounts", "email": "vera@example.com",
    "phone": "8 (495) 123-45-67", "username": "vera", "password": "correct horse 17",
}  # fmt: skip


@pytest.fixture
def nobody(program: Any, settings: Any) -> Program:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return program(None)


def secret() -> str:
    send_joining_letters()
    found = re.search(r"https?://\S+/([^/\s]+)/?(?:\s|$)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def test_an_account_is_made_by_the_letter_once(desk: Desk, nobody: Program) -> None:
    assert nobody.post("/auth/sign-up", VERA).status_code == 204
    assert not User.objects.filter(username="vera").exists()
    given = {"secret": secret()}

    made = nobody.post("/auth/sign-up/confirm", given)
    again = nobody.post("/auth/sign-up/confirm", given)

    assert (made.status_code, made.json()) == (200, {"username": "vera", "waits": False})
    assert (again.status_code, again.json()["code"]) == (403, "link_over")
    signed_in = nobody.post("/auth/token", {"username": "vera", "password": VERA["password"]}).json()
    told = nobody.get("/me", Authorization=f"Bearer {signed_in['access']}").json()
    assert (told["name"], told["rights"], told["lines"]) == ("Vera Zimina", [], [])


def test_known_or_not_is_answered_alike_and_a_taken_login_can_be_changed(desk: Desk, nobody: Program) -> None:
    unknown = nobody.post("/auth/sign-up", {**VERA, "username": "anna"})
    known = nobody.post("/auth/sign-up", {**VERA, "email": desk.anna.email})
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content) == (204, b"")

    row = SignUp.objects.get(email=VERA["email"])
    SignUp.objects.exclude(pk=row.pk).delete()
    given = {"secret": secret()}
    taken = nobody.post("/auth/sign-up/confirm", given)
    assert (taken.status_code, list(taken.json()["fields"])) == (400, ["username"])
    assert nobody.post("/auth/sign-up/confirm", {**given, "username": "vera"}).json()["username"] == "vera"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"password": "12345"}, "password"), ({"email": "vera"}, "email"), ({"phone": "abc"}, "phone"),
        ({"username": "a b"}, "username"), ({"department": 0}, "department"), ({"is_staff": True}, "is_staff"), ({"first_name": ""}, "first_name"),
    ],
)  # fmt: skip
def test_what_has_to_be_mended_is_told_by_field_and_nothing_is_kept(
    desk: Desk, nobody: Program, changed: dict[str, Any], field: str
) -> None:
    answer = nobody.post("/auth/sign-up", {**VERA, **changed})

    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
    assert not SignUp.objects.exists()


def test_closed_sign_up_and_a_crowd_are_refused(desk: Desk, nobody: Program, settings: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(signing_up, "FROM_ONE_ADDRESS", 1)
    assert nobody.post("/auth/sign-up", VERA).status_code == 204
    crowd = nobody.post("/auth/sign-up", {**VERA, "email": "second@example.com"})
    assert (crowd.status_code, crowd.json()["code"], int(crowd["Retry-After"]) > 0) == (429, "throttled", True)
    settings.SIGN_UP = "closed"
    closed = nobody.post("/auth/sign-up/confirm", {"secret": secret()})
    assert (closed.status_code, closed.json()["code"]) == (403, "link_over")
    assert SignUp.objects.count() == 1


def test_a_photo_comes_with_the_form(desk: Desk, nobody: Program) -> None:
    client = Client(headers={"accept-language": "en"})
    for wrong in (
        {"files": SimpleUploadedFile("a.png", b"<svg/>")},
        {"files": [picture(), picture()]},
        {"avatar": picture()},
    ):
        answer = client.post("/api/v1/auth/sign-up", {**VERA, **wrong})
        assert (answer.status_code, SignUp.objects.exists()) == (400, False), wrong
    assert client.post("/api/v1/auth/sign-up", {**VERA, "files": picture()}).status_code == 204
    nobody.post("/auth/sign-up/confirm", {"secret": secret()})
    assert User.objects.get(username="vera").photo


def test_an_administrator_may_have_to_approve(desk: Desk, nobody: Program, settings: Any) -> None:
    settings.SIGN_UP = "approval"
    nobody.post("/auth/sign-up", VERA)
    made = nobody.post("/auth/sign-up/confirm", {"secret": secret()})
    assert (made.status_code, made.json()) == (200, {"username": None, "waits": True})
    assert not User.objects.filter(username="vera").exists()


def test_an_invitation_is_accepted_once_under_the_e_mail_of_its_letter(desk: Desk, nobody: Program) -> None:
    inviting.invite(actor=desk.roman, emails=["vera@corp.example"])
    said = {name: value for name, value in VERA.items() if name != "email"}
    given = {**said, "secret": secret()}
    assert list(nobody.post("/auth/sign-up/invited", {**given, "email": "a@b.example"}).json()["fields"]) == ["email"]
    assert nobody.post("/auth/sign-up/invited", {**given, "secret": "wrong"}).json()["code"] == "link_over"
    assert nobody.post("/auth/sign-up/invited", {**given, "username": "anna"}).status_code == 400
    assert not User.objects.filter(email="vera@corp.example").exists()
    assert nobody.post("/auth/sign-up/invited", given).json() == {"username": "vera", "waits": False}
    assert nobody.post("/auth/sign-up/invited", {**given, "username": "vera2"}).status_code == 403
    assert User.objects.get(username="vera").email == "vera@corp.example"
