"""A single-page client signs in for a pair of tokens, renews it, loses it; a forgotten password is set by the API alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken
from rest_framework_simplejwt.tokens import RefreshToken

from helpdesk.actions import attempts, pairs, passwords, tokens
from helpdesk.models import Letter
from helpdesk.notify import account_letters
from tests.api.conftest import Program
from tests.people import PASSWORD, Desk

SIGN_IN = {"username": "anna", "password": PASSWORD}


@pytest.fixture
def nobody(program: Any) -> Program:
    return program(None)


def bearer(text: str) -> Program:
    return Program(Client(raise_request_exception=False), Authorization=f"Bearer {text}")


def test_a_client_signs_in_works_and_renews(desk: Desk, nobody: Program) -> None:
    first = nobody.post("/auth/token", SIGN_IN).json()
    second = nobody.post("/auth/token/refresh", {"refresh": first["refresh"]}).json()

    assert first["expires_in"] == 600
    assert bearer(first["access"]).get("/me").json()["username"] == "anna"
    assert bearer(second["access"]).get("/me").json()["scopes"] is None
    made = bearer(second["access"]).post("/auth/tokens", {"name": "CI", "scopes": ["read"]})
    assert made.status_code == 201


def test_a_refresh_token_works_once_and_not_after_it_was_revoked(desk: Desk, nobody: Program) -> None:
    used, revoked = (nobody.post("/auth/token", SIGN_IN).json()["refresh"] for _time in range(2))
    nobody.post("/auth/token/refresh", {"refresh": used})
    assert nobody.post("/auth/token/revoke", {"refresh": revoked}).status_code == 204

    for text in (used, revoked, "nonsense", used[:-4] + "AAAA", nobody.post("/auth/token", SIGN_IN).json()["access"]):
        answer = nobody.post("/auth/token/refresh", {"refresh": text})
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token"), text


@pytest.mark.parametrize("end", ["password", "account"])
def test_a_pair_ends_with_the_password_and_with_the_account(desk: Desk, nobody: Program, end: str) -> None:
    pair = nobody.post("/auth/token", SIGN_IN).json()
    if end == "password":
        passwords.change(actor=desk.anna, old=PASSWORD, new="four other plain words")
    else:
        desk.anna.is_active = False
        desk.anna.save()

    assert bearer(pair["access"]).get("/me").json()["code"] == "invalid_token"
    assert nobody.post("/auth/token/refresh", {"refresh": pair["refresh"]}).status_code == 401


def test_a_wrong_password_counts_as_in_the_panel(desk: Desk, nobody: Program) -> None:
    wrong = {**SIGN_IN, "password": "wrong"}
    codes = [nobody.post("/auth/token", wrong).status_code for _time in range(attempts.FAILURES + 1)]

    assert codes == [401] * attempts.FAILURES + [429]
    assert nobody.post("/auth/session", SIGN_IN).status_code in (403, 429)
    assert nobody.post("/auth/token", {"username": "ivan", "password": PASSWORD}).status_code in (401, 429)


def test_forged_tokens_open_nothing(desk: Desk) -> None:
    forged = RefreshToken()
    forged["user_id"] = desk.roman.pk

    for text in (str(forged.access_token), str(forged), "a.b.c", "..", "x" * 5000 + "..", "eyJhbGciOiJub25lIn0.e30."):
        assert bearer(text).get("/me").status_code == 401, text[:40]


def test_the_database_holds_no_token_that_works(desk: Desk, nobody: Program) -> None:
    pair = nobody.post("/auth/token", SIGN_IN).json()
    nobody.post("/auth/token/refresh", {"refresh": pair["refresh"]})
    kept = list(OutstandingToken.objects.values_list("token", flat=True))

    assert kept == [pair["refresh"]]
    assert nobody.post("/auth/token/refresh", {"refresh": kept[0]}).status_code == 401


def test_what_has_run_out_is_forgotten(desk: Desk) -> None:
    pairs.renew(text=pairs.issue(actor=desk.anna).refresh)
    assert pairs.forget_old() == 0
    with connection.cursor() as cursor:
        cursor.execute("UPDATE token_blacklist_outstandingtoken SET expires_at = '2020-01-01 00:00:00+00:00'")

    assert pairs.forget_old() == 2
    assert OutstandingToken.objects.count() == 0


def test_a_forgotten_password_is_set_by_the_link_of_the_letter(desk: Desk, nobody: Program) -> None:
    answers = [
        nobody.post("/auth/password/forgotten", {"email": email}) for email in ("anna@example.com", "who@example.com")
    ]
    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b"")] * 2
    letter = Letter.objects.get()
    uid, token = account_letters.password_link(letter.person).rstrip("/").split("/")[-2:]
    before = tokens.create(actor=desk.anna, name="Old", scopes=["read"])[1]

    weak = nobody.post("/auth/password/set", {"uid": uid, "token": token, "new_password": "123"})
    done = nobody.post("/auth/password/set", {"uid": uid, "token": token, "new_password": "four other plain words"})
    again = nobody.post("/auth/password/set", {"uid": uid, "token": token, "new_password": "five other plain words"})

    assert (weak.status_code, list(weak.json()["fields"])) == (400, ["new_password"])
    assert (done.status_code, again.status_code, again.json()["code"]) == (204, 403, "link_over")
    assert bearer(before).get("/me").status_code == 401
    desk.anna.refresh_from_db()
    assert desk.anna.check_password("four other plain words")
