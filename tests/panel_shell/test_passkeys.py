"""A passkey is made, stands for the second step or for the whole sign-in, and no answer of a device is taken twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from helpdesk import moment
from helpdesk.actions import recovery
from helpdesk.models import AuditKind, AuditRecord, Passkey, User
from tests.device import Device
from tests.people import NOON, PASSWORD, Desk

DESK = "/admin/profile/"


def ask(client: Client, purpose: str) -> dict[str, Any]:
    return client.post(f"/admin/passkeys/options/{purpose}/").json()


def add(client: Client, device: Device, name: str = "Phone") -> Any:
    answer = device.make(ask(client, "add"))
    return client.post(reverse("admin:second_factor"), {"name": name, "credential": answer})


def sign_in(client: Client, device: Device, **more: str) -> Any:
    answer = device.answer(ask(client, "sign-in"))
    return client.post(reverse("admin:by_passkey"), {"credential": answer, "next": DESK, **more})


def is_in(client: Client) -> bool:
    return client.get(DESK).status_code == 200


@pytest.fixture
def phone(desk: Desk) -> Device:
    """Return Anna's phone, on which she has made a passkey."""
    device = Device()
    assert add(desk.client("anna"), device).status_code == 201
    return device


def test_a_passkey_signs_in_without_login_and_password(desk: Desk, phone: Device) -> None:
    client = Client()
    done = sign_in(client, phone, remember="1")

    assert (done.status_code, done["Location"]) == (302, DESK)
    assert client.cookies["sessionid"]["max-age"]
    assert is_in(client)
    key = Passkey.objects.get()
    assert (key.name, key.sign_count, key.used_at, recovery.left(desk.anna)) == ("Phone", 1, NOON, 10)
    kinds = list(AuditRecord.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds[-2:] == [AuditKind.FACTOR_SET_UP, AuditKind.SIGNED_IN]


def test_a_passkey_is_the_second_step_even_if_its_device_asks_for_no_finger(desk: Desk, phone: Device) -> None:
    client = Client()
    sign = client.post(reverse("admin:login"), {"username": "anna", "password": PASSWORD, "next": DESK})
    assert sign["Location"] == reverse("admin:second_step")
    phone.verifies = False
    options = ask(client, "step")
    assert [known["id"] for known in options["allowCredentials"]] == [Passkey.objects.get().credential]

    done = client.post(reverse("admin:second_step"), {"credential": phone.answer(options)})
    assert (done.status_code, done["Location"]) == (302, DESK)
    assert is_in(client)


def wrong(how: str, phone: Device, desk: Desk, settings: Any) -> Device:
    if how == "no finger":
        return replace(phone, verifies=False)
    if how == "another key":
        return Device()
    if how == "unknown":
        return replace(phone, number=b"never seen")
    if how == "false page":
        return replace(phone, origin="http://localhost.example.org:8000")
    if how == "another site":
        return replace(phone, site="example.org")
    if how == "copied":
        Passkey.objects.update(sign_count=5)
    if how == "switched off":
        User.objects.filter(pk=desk.anna.pk).update(is_active=False)
    if how == "company alone":
        settings.OIDC_ONLY = True
    return phone


@pytest.mark.parametrize(
    "how",
    ["no finger", "another key", "unknown", "false page", "another site", "copied", "switched off", "company alone"],
)
def test_a_wrong_answer_signs_nobody_in_and_they_are_told_alike(
    desk: Desk, phone: Device, settings: Any, how: str
) -> None:
    device, client = wrong(how, phone, desk, settings), Client()
    before = Passkey.objects.values().get()
    refused = sign_in(client, device)

    assert refused["Location"] == f"/admin/login/?next={DESK.replace('/', '%2F')}"
    assert "Ключ доступа не принят" in client.get(refused["Location"]).content.decode()
    assert not is_in(client)
    assert Passkey.objects.values().get() == before
    assert AuditRecord.objects.latest("pk").kind == AuditKind.CODE_FAILED


def test_an_answer_is_taken_once_and_only_from_the_browser_that_asked(desk: Desk, phone: Device) -> None:
    asking, other = Client(), Client()
    answer = {"credential": phone.answer(ask(asking, "sign-in")), "next": DESK}
    ask(other, "sign-in")

    other.post(reverse("admin:by_passkey"), answer)
    assert not is_in(other)
    asking.post(reverse("admin:by_passkey"), answer)
    assert is_in(asking)
    asking.post("/admin/logout/")
    asking.post(reverse("admin:by_passkey"), answer)
    assert not is_in(asking)


def test_a_question_is_open_for_five_minutes_and_for_its_purpose(desk: Desk, phone: Device) -> None:
    client = Client()
    late = phone.answer(ask(client, "sign-in"))
    with moment.at(NOON + timedelta(minutes=5)):
        client.post(reverse("admin:by_passkey"), {"credential": late})
    assert not is_in(client)

    client.post(reverse("admin:login"), {"username": "anna", "password": PASSWORD})
    other_purpose = phone.answer(ask(client, "step"))
    client.post(reverse("admin:by_passkey"), {"credential": other_purpose})
    assert not is_in(client)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "no json", '{"id": 1}', "9" * 100_000, "[" * 5_000])
def test_nonsense_instead_of_an_answer_is_a_wrong_answer(desk: Desk, phone: Device, text: str) -> None:
    client, anna = Client(), desk.client("anna")
    ask(client, "sign-in")
    ask(anna, "add")

    assert client.post(reverse("admin:by_passkey"), {"credential": text}).status_code == 302
    assert not is_in(client)
    assert anna.post(reverse("admin:second_factor"), {"name": "X", "credential": text}).status_code == 422
    assert Passkey.objects.count() == 1


def test_a_passkey_of_somebody_else_is_no_second_step(desk: Desk, phone: Device) -> None:
    tablet = Device(number=b"tablet-of-boris")
    add(desk.client("boris"), tablet)
    client = Client()
    client.post(reverse("admin:login"), {"username": "anna", "password": PASSWORD})

    refused = client.post(reverse("admin:second_step"), {"credential": tablet.answer(ask(client, "step"))})
    assert refused.status_code == 200
    assert not is_in(client)


def test_several_have_names_one_device_is_known_once_and_the_last_one_takes_the_codes_along(
    desk: Desk, phone: Device
) -> None:
    anna = desk.client("anna")
    options = ask(anna, "add")
    assert [known["id"] for known in options["excludeCredentials"]] == [Passkey.objects.get().credential]
    refused = anna.post(reverse("admin:second_factor"), {"name": "Again", "credential": phone.make(options)})
    assert refused.status_code == 422
    assert add(anna, Device(number=b"a security key"), "Key").status_code == 302
    first, second = Passkey.objects.all()
    assert (first.name, second.name, first.handle == second.handle) == ("Phone", "Key", True)

    assert desk.client("boris").post(reverse("admin:passkey_remove", args=[first.pk])).status_code == 404
    assert Passkey.objects.count() == 2
    for key in (first, second):
        assert recovery.left(desk.anna) == 10
        assert anna.post(reverse("admin:passkey_remove", args=[key.pk])).status_code == 302
    assert recovery.left(desk.anna) == 0


def test_a_passkey_is_set_up_before_the_desk_opens_where_a_factor_is_demanded(desk: Desk, settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = ["agent"]
    client, phone = Client(), Device()
    client.post(reverse("admin:login"), {"username": "alla", "password": PASSWORD, "next": DESK})
    assert not is_in(client)

    answer = phone.make(ask(client, "add"))
    done = client.post(reverse("admin:second_step"), {"name": "Phone", "credential": answer})
    assert done.status_code == 201
    assert is_in(client)
    assert recovery.left(desk.alla) == 10


def test_a_passkey_shows_again_who_is_there(desk: Desk, phone: Device) -> None:
    client = Client()
    sign_in(client, phone)
    tokens = reverse("admin:tokens")
    with moment.at(NOON + timedelta(hours=1)):
        assert client.get(tokens).status_code == 302
        answer = phone.answer(ask(client, "step"))
        assert client.post(reverse("admin:show_again"), {"credential": answer, "next": tokens})["Location"] == tokens
        assert client.get(tokens).status_code == 200
