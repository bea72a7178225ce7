"""Who must have a second factor, how it is set up, kept and taken away; what guards an account asks again who is there."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from django.test import Client
from django.urls import reverse

from helpdesk import moment
from helpdesk.access.sessions import SessionStore
from helpdesk.actions import recovery, sealing, second_factors, totp
from helpdesk.actions.refusals import ActionRefused, ValidationError
from helpdesk.models import AuditKind, AuditRecord, Authenticator, Letter, RecoveryCode, User
from tests.panel_shell.second_factors import DESK, SECRET, SIGN_IN, code, codes, is_in, kinds, password, second
from tests.people import NOON, PASSWORD, Desk

__all__ = ["codes"]


def test_who_must_have_a_second_factor_can_do_nothing_before_it_is_set_up(desk: Desk, settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = ["lead"]
    client = Client()
    lev = {"username": "lev", "password": PASSWORD}
    assert client.post(reverse("admin:login"), {**lev, "next": DESK})["Location"] == reverse("admin:second_step")
    assert not is_in(client)
    assert client.get("/api/v1/me").status_code == 401
    assert Client().post("/api/v1/auth/token", lev, "application/json").json()["code"] == "second_factor_missing"

    page = client.get(reverse("admin:second_step")).content.decode()
    found = re.search(r"data-secret>([A-Z2-7 ]+)<", page)
    assert found is not None
    secret = found[1].replace(" ", "")
    assert secret not in str(SessionStore(client.cookies["sessionid"].value).load())
    assert second(client, "000000").status_code == 422
    assert not is_in(client)

    done = second(client, pyotp.TOTP(secret).at(NOON))
    assert done.status_code == 201
    assert len(re.findall(r"<code>[a-z2-7-]{29}</code>", done.content.decode())) == 10
    assert is_in(client)
    assert totp.step_of(sealing.unseal(Authenticator.objects.get(person=desk.lev).secret) or "", "000000") is None
    # Anna leads nothing.
    assert password(Client())["Location"] == DESK


@pytest.mark.parametrize(
    ("role", "people"),
    [("requester", "anna alla lev olga"), ("agent", "alla lev"), ("lead", "lev"), ("administrator", "roman"), ("analyst", "olga")],
)  # fmt: skip
def test_a_role_is_what_people_do(desk: Desk, settings: Any, role: str, people: str) -> None:
    settings.SECOND_FACTOR_ROLES = [role]
    asked = [
        login
        for login in ("anna", "alla", "lev", "olga", "roman")
        if Client().post(reverse("admin:login"), {"username": login, "password": PASSWORD, "next": DESK})["Location"]
        != DESK
    ]
    assert set(people.split()) <= set(asked)
    assert role == "requester" or set(people.split()) == set(asked)


def test_a_rule_that_comes_later_ends_what_was_signed_in_without_a_second_step(desk: Desk, settings: Any) -> None:
    client, pair = Client(), Client().post("/api/v1/auth/token", SIGN_IN, "application/json").json()
    password(client)
    assert is_in(client)
    settings.SECOND_FACTOR_ROLES = ["requester"]

    assert not is_in(client)
    assert client.get("/api/v1/me").status_code == 401
    assert Client().get("/api/v1/me", HTTP_AUTHORIZATION=f"Bearer {pair['access']}").status_code == 401
    refreshed = Client().post("/api/v1/auth/token/refresh", {"refresh": pair["refresh"]}, "application/json")
    assert refreshed.status_code == 401


def test_the_first_factor_ends_other_sign_ins_and_keeps_this_one(desk: Desk) -> None:
    here, elsewhere = Client(), Client()
    pair = Client().post("/api/v1/auth/token", SIGN_IN, "application/json").json()
    for client in (here, elsewhere):
        password(client)
    page = here.get(reverse("admin:second_factor")).content.decode()
    secret = re.search(r"data-secret>([A-Z2-7 ]+)<", page)[1].replace(" ", "")  # type: ignore[index]

    done = here.post(reverse("admin:second_factor"), {"code": pyotp.TOTP(secret).at(NOON)})
    assert done.status_code == 201
    assert (is_in(here), is_in(elsewhere)) == (True, False)
    assert Client().get("/api/v1/me", HTTP_AUTHORIZATION=f"Bearer {pair['access']}").status_code == 401
    assert kinds()[-1] == AuditKind.FACTOR_SET_UP


def test_the_last_factor_stays_where_one_is_demanded(desk: Desk, codes: list[str], settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = ["requester"]
    with pytest.raises(ActionRefused):
        second_factors.remove_app(actor=desk.anna)
    assert Authenticator.objects.filter(person=desk.anna).exists()
    assert recovery.left(desk.anna) == 10

    settings.SECOND_FACTOR_ROLES = []
    second_factors.remove_app(actor=desk.anna)
    assert not Authenticator.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert password(Client())["Location"] == DESK


def test_a_wrong_code_sets_nothing_up(desk: Desk) -> None:
    with pytest.raises(ValidationError):
        second_factors.set_up_app(actor=desk.anna, secret=SECRET, code="000000", session=None)
    assert not Authenticator.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert not Letter.objects.exists()


def test_an_administrator_takes_lost_factors_away_and_the_person_is_told(desk: Desk, codes: list[str]) -> None:
    anna = Client()
    password(anna)
    second(anna, code())
    Letter.objects.all().delete()
    address = reverse("admin:reset_factor", args=[desk.anna.pk])
    assert desk.client("lev").post(address).status_code == 403
    assert desk.client("anna").post(address).status_code == 403
    with pytest.raises(ActionRefused):
        second_factors.reset(actor=desk.roman, person=desk.roman)
    assert second_factors.of(desk.anna).codes_left == 10

    assert desk.client("roman").post(address).status_code == 302
    assert not second_factors.has_some(desk.anna)
    assert recovery.left(desk.anna) == 0
    assert not is_in(anna)
    assert list(Letter.objects.values_list("kind", "person__username")) == [("factor_reset", "anna")]
    told = AuditRecord.objects.get(kind=AuditKind.FACTOR_RESET)
    assert (told.actor, told.person) == (desk.roman, desk.anna)


def test_what_guards_an_account_is_shown_only_to_who_has_lately_shown_himself(desk: Desk) -> None:
    client = Client()
    password(client)
    guarded = [reverse(f"admin:{name}") for name in ("second_factor", "tokens")]
    with moment.at(NOON + timedelta(minutes=15)):
        for address in guarded:
            answer = client.get(address)
            assert (answer.status_code, answer["Location"]) == (
                302,
                f"/admin/profile/show-again/?next={address.replace('/', '%2F')}",
            )
        refused = client.post("/api/v1/auth/tokens", {"name": "CI", "scopes": ["read"]}, "application/json")
        assert (refused.status_code, refused.json()["code"]) == (403, "confirmation_required")

        again = reverse("admin:show_again")
        assert client.post(again, {"proof": "wrong", "next": guarded[1]}).status_code == 422
        assert client.get(guarded[1]).status_code == 302
        shown = client.post(again, {"proof": PASSWORD, "next": guarded[1]})
        assert (shown.status_code, shown["Location"]) == (302, guarded[1])
        assert client.get(guarded[1]).status_code == 200
        assert (
            client.post("/api/v1/auth/tokens", {"name": "CI", "scopes": ["read"]}, "application/json").status_code
            == 201
        )
    assert not desk.boris.api_tokens.exists()


def test_the_api_lets_a_person_show_himself_again(desk: Desk, codes: list[str]) -> None:
    client = Client()
    password(client)
    second(client, code())
    pair = Client().post("/api/v1/auth/token", {**SIGN_IN, "code": codes[0]}, "application/json").json()
    later = timedelta(minutes=20)
    with moment.at(NOON + later):

        def confirm(proof: str) -> int:
            return client.post("/api/v1/auth/session/confirm", {"proof": proof}, "application/json").status_code

        assert confirm("wrong") == 403
        assert confirm(code(later)) == 204
        assert (
            client.post("/api/v1/auth/tokens", {"name": "CI", "scopes": ["read"]}, "application/json").status_code
            == 201
        )
        stale = Client().post(
            "/api/v1/auth/tokens", {"name": "CI", "scopes": ["read"]}, "application/json",
            HTTP_AUTHORIZATION=f"Bearer {pair['access']}",
        )  # fmt: skip
        assert (stale.status_code, stale.json()["code"]) == (403, "confirmation_required")


def test_new_codes_end_the_present_ones(desk: Desk, codes: list[str]) -> None:
    client = Client()
    password(client)
    second(client, code())
    page = client.post(reverse("admin:recovery_codes"))
    fresh = re.findall(r"<code>([a-z2-7-]{29})</code>", page.content.decode())

    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    assert not recovery.use(desk.anna, codes[0])
    assert recovery.use(desk.anna, fresh[0])
    assert desk.client("boris").post(reverse("admin:recovery_codes"))["Location"] == reverse("admin:second_factor")
    assert not RecoveryCode.objects.filter(person=desk.boris).exists()


def test_a_letter_about_the_account_is_in_the_readers_language(desk: Desk, codes: list[str], settings: Any) -> None:
    from django.core import mail

    from helpdesk.notify import send_letters

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    User.objects.filter(pk=desk.anna.pk).update(language="ru")
    send_letters()

    assert (mail.outbox[0].to, mail.outbox[0].subject) == (["anna@example.com"], "Настроен второй фактор")
    assert "/admin/profile/second-factor/" in mail.outbox[0].body
    assert SECRET not in mail.outbox[0].body


def test_the_machine_takes_away_what_the_last_administrator_has_lost(desk: Desk, codes: list[str]) -> None:
    from django.core.management import CommandError, call_command

    for login in ("boris", "nobody"):
        with pytest.raises(CommandError):
            call_command("take_second_factor", login)
    assert second_factors.has_some(desk.anna)
    call_command("take_second_factor", "anna")
    assert not second_factors.has_some(desk.anna)
    assert AuditRecord.objects.get(kind=AuditKind.FACTOR_RESET).person == desk.anna
