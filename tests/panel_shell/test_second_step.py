"""Between password and desk nobody is signed in; codes work once; who must have a second factor sets it up first."""

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
from helpdesk.health import doctor
from helpdesk.models import AuditKind, AuditRecord, Authenticator, BrowserSession, Letter, RecoveryCode, User
from helpdesk.notify import account_letters
from tests.people import NOON, PASSWORD, Desk

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SIGN_IN = {"username": "anna", "password": PASSWORD}
DESK = "/admin/profile/"


def code(after: timedelta = timedelta()) -> str:
    """Return what Anna's app shows `after` noon."""
    return pyotp.TOTP(SECRET).at(NOON + after)


@pytest.fixture
def codes(desk: Desk) -> list[str]:
    """Let Anna have an app, set up an hour before noon, and return her recovery codes."""
    before = NOON - timedelta(hours=1)
    with moment.at(before):
        return second_factors.set_up_app(
            actor=desk.anna, secret=SECRET, code=pyotp.TOTP(SECRET).at(before), session=None
        )


def password(client: Client, **more: str) -> Any:
    return client.post(reverse("admin:login"), {**SIGN_IN, "next": DESK, **more})


def second(client: Client, text: str) -> Any:
    return client.post(reverse("admin:second_step"), {"code": text})


def is_in(client: Client) -> bool:
    return client.get(DESK).status_code == 200


def kinds() -> list[str]:
    return list(AuditRecord.objects.order_by("pk").values_list("kind", flat=True))


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


def test_a_new_password_by_link_does_not_go_around_the_second_step(desk: Desk, codes: list[str]) -> None:
    uid, token = account_letters.password_link(desk.anna).rstrip("/").split("/")[-2:]
    new, client = "correct horse 17", Client()
    client.post(reverse("admin:password_set", args=[uid, token]), {"new_password1": new, "new_password2": new})
    assert not is_in(client)

    assert password(client, password=new)["Location"] == reverse("admin:second_step")
    assert not is_in(client)


def test_the_machine_takes_away_what_the_last_administrator_has_lost(desk: Desk, codes: list[str]) -> None:
    from django.core.management import CommandError, call_command

    for login in ("boris", "nobody"):
        with pytest.raises(CommandError):
            call_command("take_second_factor", login)
    assert second_factors.has_some(desk.anna)
    call_command("take_second_factor", "anna")
    assert not second_factors.has_some(desk.anna)
    assert AuditRecord.objects.get(kind=AuditKind.FACTOR_RESET).person == desk.anna
