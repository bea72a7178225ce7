"""People make their own accounts: after a letter, once; nothing tells whose login or e-mail is known; nothing else can be set."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from helpdesk import moment, phones
from helpdesk.actions import accounts, signing_up
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import AuditKind, AuditRecord, SignUp, User
from helpdesk.notify import send_joining_letters
from tests.people import NOON, PASSWORD, Desk

VERA = {
    "first_name": "Vera", "last_name": "Zimina", "department": "Accounts", "email": "vera@example.com", "phone": "8 (495) 123-45-67",
    "username": "vera", "password": "correct horse 17", "password_again": "correct horse 17",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _fresh(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def fill(**changed: Any) -> Any:
    return Client(headers={"accept-language": "en"}).post(reverse("admin:sign_up"), {**VERA, **changed})


def link() -> str:
    send_joining_letters()
    found = re.search(r"https?://[^/\s]+(/\S+)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def picture(kind: str = "PNG") -> SimpleUploadedFile:
    data = BytesIO()
    Image.new("RGB", (900, 500), "green").save(data, kind)
    return SimpleUploadedFile("me.png", data.getvalue(), "image/png")


def test_an_account_is_made_by_the_link_once(desk: Desk) -> None:
    assert b"sign-up" in Client().get(reverse("admin:login")).content
    assert fill(photo=picture()).status_code == 200
    assert not User.objects.filter(username="vera").exists()
    address = link()
    assert (len(mail.outbox), mail.outbox[0].to, mail.outbox[0].subject) == (
        1,
        ["vera@example.com"],
        "Confirm your e-mail for HelpDesk",
    )
    assert SignUp.objects.get().digest not in address

    assert Client().get(address).status_code == 200
    assert not User.objects.filter(username="vera").exists()
    done = Client().post(address)
    assert (done.status_code, done["Location"]) == (302, reverse("admin:login"))
    vera = User.objects.get(username="vera")
    assert (vera.get_full_name(), vera.department, vera.email, vera.phone) == (
        "Vera Zimina", "Accounts", "vera@example.com", "+74951234567",
    )  # fmt: skip
    assert (vera.is_active, vera.is_staff, vera.is_superuser, vera.groups.count()) == (True, False, False, 0)
    assert Image.open(vera.photo).size == (320, 320)
    assert vera.check_password("correct horse 17")
    assert AuditRecord.objects.filter(kind=AuditKind.ADDED, person=vera).count() == 1
    assert not SignUp.objects.exists()
    assert (Client().post(address).status_code, Client().get(address).status_code) == (410, 410)
    assert User.objects.filter(email="vera@example.com").count() == 1


def test_the_answer_is_the_same_for_known_and_unknown(desk: Desk, django_assert_num_queries: Any) -> None:
    answers = []
    for changed in ({}, {"email": "ANNA@example.com"}, {"email": "new@example.com", "username": "Anna"}):
        with django_assert_num_queries(5):
            answer = fill(**changed)
        answers.append((answer.status_code, re.sub(rb"[A-Za-z0-9]{64}", b"", answer.content)))

    assert answers[0] == answers[1] == answers[2]
    assert SignUp.objects.count() == 3
    assert send_joining_letters() == 3
    told = {letter.to[0]: letter for letter in mail.outbox}
    assert told["ANNA@example.com"].subject == "You already have a HelpDesk account"
    assert "sign-up" not in str(told["ANNA@example.com"].body)


def test_a_login_that_is_taken_is_told_to_the_holder_of_the_link_alone(desk: Desk) -> None:
    fill(username="ANNA")
    address = link()
    count = User.objects.count()

    taken = Client(headers={"accept-language": "en"}).post(address)
    assert (taken.status_code, "This login is taken" in taken.content.decode()) == (422, True)
    assert Client().post(address, {"username": "a b"}).status_code == 422
    assert User.objects.count() == count
    assert Client().post(address, {"username": "vera.zimina", "is_superuser": "on"}).status_code == 302
    assert not User.objects.get(username="vera.zimina").is_superuser


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first_name", ""), ("department", " "), ("email", "vera"), ("phone", "12"), ("phone", "+7 000 1"), ("username", "ве ра"),
        ("password", "1"), ("password", "vera zimina"), ("password_again", "another"), ("photo", SimpleUploadedFile("a.png", b"<svg/>")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_kept(desk: Desk, field: str, value: Any) -> None:
    changed = {field: value, **({"password_again": value} if field == "password" else {})}
    if (field, value) == ("phone", "12"):
        changed = {"phone": "1 2 3 a"}
    answer = fill(**changed)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert b'value="Zimina"' in answer.content
    assert not SignUp.objects.exists()


def test_nobody_gives_himself_anything(desk: Desk) -> None:
    fill(is_staff="on", is_superuser="on", groups="1", is_service="on", id=str(desk.anna.pk))
    Client().post(link())

    vera = User.objects.get(username="vera")
    assert (vera.is_staff, vera.is_superuser, vera.is_service, vera.pk != desk.anna.pk) == (False, False, False, True)
    with pytest.raises(TypeError):
        signing_up.sign_up(**{k: v for k, v in VERA.items() if k != "password_again"}, is_superuser=True)


def test_sign_up_may_be_closed_or_bound_to_domains(desk: Desk, settings: Any) -> None:
    settings.SIGN_UP_DOMAINS = ["example.org"]
    assert list(fill().context["form"].errors) == ["email"]
    assert fill(email="vera@EXAMPLE.org").status_code == 200
    address = link()
    settings.SIGN_UP = "closed"

    assert (fill().status_code, Client().get(reverse("admin:sign_up")).status_code) == (403, 403)
    assert b"sign-up" not in Client().get(reverse("admin:login")).content
    assert Client().post(address).status_code == 410
    assert not User.objects.filter(username="vera").exists()
    assert SignUp.objects.count() == 1


def test_neither_a_mailbox_nor_the_desk_is_flooded(desk: Desk) -> None:
    for _time in range(3):
        assert fill().status_code == 200
    assert SignUp.objects.count() == 1
    for number in range(17):
        assert fill(email=f"v{number}@example.com").status_code == 200
    assert fill(email="last@example.com").status_code == 429
    assert not SignUp.objects.filter(email="last@example.com").exists()


def test_an_old_link_is_over_and_what_nobody_confirmed_goes_with_its_photo(desk: Desk) -> None:
    fill(photo=picture())
    address, photo = link(), SignUp.objects.get().photo
    with moment.at(NOON + timedelta(days=3)):
        assert Client().post(address).status_code == 410
        with pytest.raises(ActionRefused):
            signing_up.confirm(secret=address.rstrip("/").rpartition("/")[2])
        assert signing_up.forget_old() == 1
    assert not photo.storage.exists(photo.name)
    assert not User.objects.filter(username="vera").exists()


def test_a_letter_that_did_not_leave_is_sent_again(desk: Desk, settings: Any) -> None:
    fill()
    settings.EMAIL_BACKEND = "no.such.Backend"
    assert send_joining_letters() == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send_joining_letters() == 0
    with moment.at(NOON + timedelta(minutes=6)):
        assert send_joining_letters() == 1
        assert Client().post(link()).status_code == 302


@pytest.mark.parametrize(
    ("written", "kept", "read"),
    [
        ("8 (495) 123-45-67", "+74951234567", "+7 495 123-45-67"), ("+49 30 123456", "+4930123456", "+49 30 123456"),
        ("8 495 123-45-67 доб. 12", "+74951234567;ext=12", "+7 495 123-45-67 ext. 12"), ("2-14", "2-14", "2-14"), ("", "", ""),
    ],
)  # fmt: skip
def test_a_phone_is_taken_in_any_notation(written: str, kept: str, read: str) -> None:
    assert (phones.normalised(written), phones.shown(kept)) == (kept, read)
    assert phones.normalised("no number") is None


def test_the_profile_keeps_phones_alike(desk: Desk) -> None:
    assert accounts.update_profile(actor=desk.anna, phone="8 495 123 45 67").phone == "+74951234567"
    with pytest.raises(ValidationError):
        accounts.update_profile(actor=desk.anna, phone="call me")
    assert User.objects.get(username="anna").phone == "+74951234567"


def test_a_password_is_raised_to_argon2_at_the_sign_in(desk: Desk, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["project.hashing.Argon2Hasher", "django.contrib.auth.hashers.MD5PasswordHasher"]
    Client().post(reverse("admin:login"), {"username": "anna", "password": PASSWORD})

    hashed = User.objects.get(username="anna").password
    assert identify_hasher(hashed).algorithm == "argon2"
    assert "m=19456,t=2,p=1" in hashed
