"""A forgotten password is set by the link of a letter, once; nobody learns whose addresses are known; failures are counted."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from helpdesk import moment
from helpdesk.actions import passwords
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import ApiToken, Letter, User
from helpdesk.notify import send_letters
from tests.people import NOON, PASSWORD, Desk

NEW = "correct horse 17"


@pytest.fixture(autouse=True)
def _fresh(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def ask(email: str) -> Any:
    return Client().post(reverse("admin:password_forgotten"), {"email": email})


def link() -> str:
    send_letters()
    found = re.search(r"https?://[^/\s]+(/\S+)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def test_a_forgotten_password_is_set_by_the_link_once(desk: Desk) -> None:
    assert ask("ANNA@example.com").status_code == 200
    address = link()
    assert (len(mail.outbox), mail.outbox[0].to, mail.outbox[0].subject) == (
        1,
        ["anna@example.com"],
        "A new HelpDesk password",
    )
    assert Client().get(address).status_code == 200

    short = Client().post(address, {"new_password1": "1", "new_password2": "1"})
    other = Client().post(address, {"new_password1": NEW, "new_password2": NEW + "x"})
    assert (short.status_code, other.status_code) == (422, 422)
    assert User.objects.get(username="anna").check_password(PASSWORD)

    done = Client().post(address, {"new_password1": NEW, "new_password2": NEW})
    assert (done.status_code, done["Location"]) == (302, reverse("admin:login"))
    assert User.objects.get(username="anna").check_password(NEW)
    assert (
        Client().post(address, {"new_password1": "another 99 one", "new_password2": "another 99 one"}).status_code
        == 410
    )
    assert User.objects.get(username="anna").check_password(NEW)


def test_the_answer_does_not_tell_whether_an_address_is_known(desk: Desk) -> None:
    answers = [
        re.sub(rb"[A-Za-z0-9]{64}", b"", ask(email).content)
        for email in ("anna@example.com", "nobody@example.com", "ivan@example.com")
    ]

    assert answers[0] == answers[1] == answers[2]
    assert list(Letter.objects.values_list("person__username", flat=True)) == ["anna"]


def test_a_mailbox_cannot_be_flooded(desk: Desk) -> None:
    for _time in range(3):
        ask("anna@example.com")
    assert Letter.objects.count() == 1
    send_letters()
    ask("anna@example.com")
    assert Letter.objects.count() == 1
    with moment.at(NOON + timedelta(minutes=6)):
        ask("anna@example.com")
    assert Letter.objects.count() == 2


def test_an_account_that_was_switched_off_gets_no_letter_and_no_password(desk: Desk) -> None:
    ask("anna@example.com")
    address = link()
    ask("boris@example.com")
    User.objects.filter(username__in=["anna", "boris"]).update(is_active=False)

    assert send_letters() == 0
    assert Client().post(address, {"new_password1": NEW, "new_password2": NEW}).status_code == 410
    assert User.objects.get(username="anna").check_password(PASSWORD)


@pytest.mark.parametrize(
    ("uid", "token"), [("MQ", "x"), ("@@", "x"), ("OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk", "x"), ("LTE", "x")]
)
def test_a_wrong_link_is_over(desk: Desk, uid: str, token: str) -> None:
    address = reverse("admin:password_set", args=[uid, token])

    assert Client().get(address).status_code == 410
    with pytest.raises(ActionRefused):
        passwords.set_by_link(uid=uid, token=token, new=NEW)


def test_a_new_password_ends_tokens(desk: Desk) -> None:
    from helpdesk.actions import tokens

    tokens.create(actor=desk.anna, person=None, name="t", scopes=["read"], expires_at=None)
    ask("anna@example.com")
    Client().post(link(), {"new_password1": NEW, "new_password2": NEW})

    assert not ApiToken.objects.filter(person=desk.anna, revoked_at=None).exists()


def test_people_of_an_import_get_a_link(desk: Desk) -> None:
    assert passwords.invite(actor=desk.roman, people=[desk.anna, desk.ivan]) == 1
    send_letters()
    assert (mail.outbox[0].to, mail.outbox[0].subject) == (["anna@example.com"], "Your HelpDesk account")
    with pytest.raises(ActionRefused):
        passwords.invite(actor=desk.alla, people=[desk.anna])
    assert Letter.objects.count() == 1


def sign_in(password: str, login: str = "anna") -> Any:
    return Client().post(reverse("admin:login"), {"username": login, "password": password, "next": "/admin/"})


def test_failed_sign_ins_rest_and_the_api_counts_with_them(desk: Desk) -> None:
    for _time in range(10):
        assert sign_in("wrong").status_code == 200

    refused = sign_in(PASSWORD)
    assert "Слишком много неудачных попыток" in refused.content.decode()
    assert sign_in(PASSWORD, "boris").status_code == 302
    assert (
        Client()
        .post("/api/v1/auth/session", {"username": "anna", "password": PASSWORD}, "application/json")
        .status_code
        == 429
    )


def test_a_success_forgives_the_failures(desk: Desk) -> None:
    for _time in range(9):
        sign_in("wrong")
    assert sign_in(PASSWORD).status_code == 302
    for _time in range(9):
        sign_in("wrong")
    assert sign_in(PASSWORD).status_code == 302


@pytest.mark.parametrize(("given", "lasts"), [({}, False), ({"remember": "1"}, True)])
def test_a_sign_in_ends_with_the_browser_unless_the_person_is_to_be_remembered(
    desk: Desk, given: dict[str, str], lasts: bool
) -> None:
    answer = Client().post(reverse("admin:login"), {"username": "anna", "password": PASSWORD, **given})

    assert answer.status_code == 302
    assert bool(answer.cookies["sessionid"]["max-age"]) is lasts
