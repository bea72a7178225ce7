"""Between password and desk nobody is signed in; codes work once; who must have a second factor sets it up first."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from helpdesk import moment
from helpdesk.actions import recovery, sealing, totp
from helpdesk.health import doctor
from helpdesk.models import AuditKind, AuditRecord, Authenticator, BrowserSession, Letter, RecoveryCode
from helpdesk.notify import account_letters
from tests.panel_shell.second_factors import DESK, SECRET, SIGN_IN, code, codes, is_in, kinds, password, second
from tests.people import NOON, Desk

__all__ = ["codes"]


def test_a_sign_in_is_finished_by_the_code_and_leads_on(desk: Desk, codes: list[str]) -> None:
    client = Client()
    first = password(client, remember="1")
    assert (first.status_code, first["Location"]) == (302, reverse("admin:second_step"))
    key = client.cookies["sessionid"].value

    done = second(client, code())
    assert (done.status_code, done["Location"]) == (302, DESK)
    assert client.cookies["sessionid"].value != key
    assert client.cookies["sessionid"]["max-age"]
    assert is_in(client)
    assert kinds()[-1] == AuditKind.SIGNED_IN


def test_between_the_steps_nobody_is_signed_in(desk: Desk, codes: list[str]) -> None:
    client = Client()
    password(client)

    assert not is_in(client)
    assert client.get("/api/v1/me").status_code == 401
    assert client.get("/api/v1/auth/session").json()["signed_in"] is False
    assert client.post("/admin/passkeys/options/add/").status_code == 404
    assert AuditKind.SIGNED_IN not in kinds()
    assert not BrowserSession.objects.filter(person=desk.anna).exists()


@pytest.mark.parametrize("after", [timedelta(minutes=10), timedelta(hours=2)])
def test_the_first_step_is_over_after_ten_minutes(desk: Desk, codes: list[str], after: timedelta) -> None:
    client = Client()
    password(client)
    with moment.at(NOON + after):
        assert second(client, code(after))["Location"].startswith(reverse("admin:login"))
        assert not is_in(client)


def test_a_new_password_in_between_ends_the_first_step(desk: Desk, codes: list[str]) -> None:
    client = Client()
    password(client)
    desk.anna.set_password("correct horse 17")
    desk.anna.save()

    second(client, code())
    assert not is_in(client)


@pytest.mark.parametrize(("seconds", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_code_is_right_for_half_a_minute_to_each_side(
    desk: Desk, codes: list[str], seconds: int, taken: bool
) -> None:
    client = Client()
    password(client)

    assert (second(client, code(timedelta(seconds=seconds))).status_code == 302) is taken
    assert is_in(client) is taken


def test_a_code_works_once(desk: Desk, codes: list[str]) -> None:
    first, again = Client(), Client()
    for client in (first, again):
        password(client)

    assert second(first, code()).status_code == 302
    before = Authenticator.objects.values().get()
    refused = second(again, code())
    assert refused.status_code == 422
    # nor the one before it, which would have been right a moment ago
    assert second(again, code(timedelta(seconds=-30))).status_code == 422
    assert not is_in(again)
    assert Authenticator.objects.values().get() == before
    assert kinds().count(AuditKind.CODE_FAILED) == 2


def test_a_recovery_code_works_once_and_a_letter_tells(desk: Desk, codes: list[str]) -> None:
    first, again = Client(), Client()
    for client in (first, again):
        password(client)
    Letter.objects.all().delete()

    assert second(first, codes[0].upper().replace("-", " ")).status_code == 302
    assert is_in(first)
    assert second(again, codes[0]).status_code == 422
    assert not is_in(again)
    assert recovery.left(desk.anna) == 9
    assert list(Letter.objects.values_list("kind", "person__username")) == [("recovery_used", "anna")]
    used = AuditRecord.objects.get(kind=AuditKind.RECOVERY_USED)
    assert (used.person, used.data) == (desk.anna, {"left": 9})


def test_nothing_that_is_kept_opens_the_account(desk: Desk, codes: list[str]) -> None:
    kept = Authenticator.objects.get().secret
    assert SECRET not in kept
    assert sealing.unseal(kept) == SECRET
    stored = set(RecoveryCode.objects.values_list("digest", flat=True))
    assert len(codes) == len(stored) == 10
    assert not stored & {text.replace("-", "") for text in codes}


def test_a_secret_outlives_a_change_of_the_key_when_the_former_one_is_named(
    desk: Desk, codes: list[str], settings: Any
) -> None:
    former = settings.SECRET_KEY
    settings.SECRET_KEY = "n" * 50
    assert sealing.unseal(Authenticator.objects.get().secret) is None
    assert not totp.use(desk.anna, code())
    assert [finding.level for finding in doctor.apps_for_codes()] == ["failed"]

    settings.SECRET_KEY_FALLBACKS = [former]
    assert totp.use(desk.anna, code())
    settings.SECRET_KEY_FALLBACKS = []
    assert [finding.level for finding in doctor.apps_for_codes()] == ["ok"]
    assert sealing.unseal(Authenticator.objects.get().secret) == SECRET


def test_guessing_rests_and_the_recovery_code_is_the_way_out(desk: Desk, codes: list[str]) -> None:
    guesser = Client(REMOTE_ADDR="10.9.8.7")
    password(guesser)
    for _time in range(10):
        assert second(guesser, "000000").status_code == 422
    assert "Слишком много" in second(guesser, code()).content.decode()
    assert not is_in(guesser)

    anna = Client()
    password(anna)
    assert second(anna, code()).status_code == 422
    assert second(anna, codes[3]).status_code == 302
    assert is_in(anna)


def test_recovery_codes_rest_for_who_guesses_them_alone(desk: Desk, codes: list[str]) -> None:
    guesser, anna = Client(REMOTE_ADDR="10.9.8.7"), Client()
    password(guesser)
    for _time in range(10):
        second(guesser, "abcd-efgh-ijkl-mnop-qrst-uvwx")
    assert second(guesser, codes[0]).status_code == 422

    password(anna)
    assert second(anna, codes[0]).status_code == 302


def test_a_wrong_password_tells_nothing_of_a_second_factor(desk: Desk, codes: list[str]) -> None:
    wrong = {"password": "wrong", "next": DESK}
    answers = [
        re.sub(rb"[A-Za-z0-9]{64}|anna|boris|nobody", b"", Client().post(reverse("admin:login"), {**wrong, "username": login}).content)
        for login in ("anna", "boris", "nobody")
    ]  # fmt: skip

    assert answers[0] == answers[1] == answers[2]
    assert b"second-step" not in answers[0]
    assert Client().get(reverse("admin:second_step"))["Location"] == reverse("admin:login")


def test_the_api_asks_for_the_code_and_tells_it_only_to_who_knows_the_password(desk: Desk, codes: list[str]) -> None:
    def sign_in(path: str, **more: str) -> tuple[int, str]:
        answer = Client().post(f"/api/v1/auth/{path}", {**SIGN_IN, **more}, "application/json")
        return answer.status_code, answer.json().get("code", "")

    for path in ("token", "session"):
        assert sign_in(path) == (401, "code_required")
        assert sign_in(path, code="000000") == (401, "wrong_code")
        assert sign_in(path, password="wrong", code=code()) == (401, "wrong_credentials")
        assert sign_in(path, username="nobody", password="wrong") == (401, "wrong_credentials")
    assert sign_in("token", code=code()) == (200, "")
    assert sign_in("session", code=code()) == (401, "wrong_code")
    assert sign_in("session", code=codes[5]) == (200, "")


def test_a_new_password_by_link_does_not_go_around_the_second_step(desk: Desk, codes: list[str]) -> None:
    uid, token = account_letters.password_link(desk.anna).rstrip("/").split("/")[-2:]
    new, client = "correct horse 17", Client()
    client.post(reverse("admin:password_set", args=[uid, token]), {"new_password1": new, "new_password2": new})
    assert not is_in(client)

    assert password(client, password=new)["Location"] == reverse("admin:second_step")
    assert not is_in(client)
