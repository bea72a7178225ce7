"""Tokens act as their person within their scopes, end when they should, and are stored by their hash alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from helpdesk import moment
from helpdesk.actions import passwords, tokens
from helpdesk.actions.refusals import ActionRefused, NotFound, ValidationError
from helpdesk.models import ApiToken, Ticket
from tests.api.conftest import Program
from tests.api.test_tickets import new
from tests.people import NOON, PASSWORD, Desk


def holder(desk: Desk, login: str = "anna", scopes: tuple[str, ...] = ("read", "write"), **values) -> Program:
    _token, text = tokens.create(actor=desk.people[login], name="Test", scopes=scopes, **values)
    return Program(Client(raise_request_exception=False), Authorization=f"Bearer {text}")


def test_a_token_acts_as_its_person_and_history_says_so(desk: Desk) -> None:
    ticket = desk.file()
    answer = holder(desk, "alla").post(f"/tickets/{ticket.pk}/actions/take")

    assert answer.status_code == 200
    assert ticket.history.first().history_user == desk.alla
    assert holder(desk, "boris").get(f"/tickets/{ticket.pk}").status_code == 404
    assert ApiToken.objects.filter(last_used_at=NOON).count() == 2


def test_a_token_needs_the_scope(desk: Desk) -> None:
    reader, writer = holder(desk, scopes=("read",)), holder(desk, scopes=("write",))

    refused = reader.post("/tickets", new(desk))

    assert (refused.status_code, refused.json()["code"], refused.json()["scope"]) == (403, "scope_missing", "write")
    assert writer.get("/tickets").json()["code"] == "scope_missing"
    assert Ticket.objects.count() == 0
    assert reader.get("/me").json()["scopes"] == ["read"]


def test_a_token_ends_when_revoked_expired_switched_off_or_with_a_new_password(desk: Desk) -> None:
    revoked = holder(desk)
    tokens.revoke(actor=desk.anna, token_id=ApiToken.objects.get().pk)
    assert revoked.get("/me").json()["code"] == "invalid_token"

    expiring = holder(desk, expires_at=NOON + timedelta(days=1))
    with moment.at(NOON + timedelta(days=2)):
        answer = expiring.get("/me")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="HelpDesk"')
    assert expiring.get("/me").status_code == 200

    before = holder(desk, "boris")
    desk.boris.set_password("four other plain words")
    desk.boris.save()
    assert before.get("/me").status_code == 401

    off = holder(desk, "alla")
    desk.alla.is_active = False
    desk.alla.save()
    assert off.get("/me").status_code == 401


@pytest.mark.parametrize(
    "header", ["Bearer ", "Bearer hd_", "Bearer hd_" + "x" * 43, "Bearer " + "x" * 9000, "Bearer ы"]
)
def test_no_other_text_is_a_token(desk: Desk, header: str) -> None:
    holder(desk)
    client = Client(raise_request_exception=False)

    assert Program(client, Authorization=header).get("/me").status_code == 401


def test_a_key_in_the_address_is_not_looked_at(desk: Desk, program) -> None:
    _token, text = tokens.create(actor=desk.anna, name="Test", scopes=["read"])

    assert program(None).get(f"/tickets?token={text}").status_code == 401


def test_the_database_holds_no_usable_token(desk: Desk) -> None:
    _token, text = tokens.create(actor=desk.anna, name="Test", scopes=["read"])

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM helpdesk_apitoken")
        assert text not in str(cursor.fetchall())


def test_a_token_is_made_in_a_session_shown_once_and_revoked(desk: Desk, program) -> None:
    anna = program("anna")
    body = {"name": "Nightly export", "scopes": ["read", "reports"]}

    made = anna.post("/auth/tokens", body, Idempotency_Key="k")
    again = anna.post("/auth/tokens", body, Idempotency_Key="k")

    assert made.json()["token"].startswith("hd_")
    assert again.json() == {**made.json(), "token": None}
    listed = anna.get("/auth/tokens").json()["results"]
    assert [(row["name"], row["scopes"]) for row in listed] == [("Nightly export", ["read", "reports"])]
    assert "token" not in listed[0]
    assert anna.delete(f"/auth/tokens/{listed[0]['id']}").status_code == 204
    assert anna.get("/auth/tokens").json()["results"] == []


def test_tokens_make_no_tokens_and_change_no_password(desk: Desk) -> None:
    anna = holder(desk)

    for answer in (
        anna.post("/auth/tokens", {"name": "x", "scopes": ["read"]}),
        anna.post("/auth/password", {"old_password": PASSWORD, "new_password": "four other plain words"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "session_required")
    assert ApiToken.objects.count() == 1


def test_administrators_keep_the_tokens_of_service_accounts_and_nobody_else_does(desk: Desk, program) -> None:
    body = {"name": "Monitoring", "scopes": ["write"], "person": desk.boris.pk}

    refused = program("alla").post("/auth/tokens", body)
    made = program("roman").post("/auth/tokens", body)

    assert (refused.status_code, refused.json()["code"]) == (403, "no_right")
    assert made.json()["person"] == desk.boris.pk
    with pytest.raises(NotFound):
        tokens.revoke(actor=desk.anna, token_id=made.json()["id"])
    assert program("roman").delete(f"/auth/tokens/{made.json()['id']}").status_code == 204


def test_the_actions_refuse_what_makes_no_sense(desk: Desk) -> None:
    for values in (
        {"name": ""}, {"scopes": []}, {"scopes": ["root"]}, {"expires_at": NOON}, {"expires_at": NOON + timedelta(days=999)},
    ):  # fmt: skip
        with pytest.raises(ValidationError):
            tokens.create(actor=desk.anna, **{"name": "Test", "scopes": ["read"], **values})
    with pytest.raises(ActionRefused):
        tokens.create(actor=desk.ivan, name="Test", scopes=["read"])
    assert not tokens.visible(actor=desk.anna, person=desk.boris).exists()
    assert ApiToken.objects.count() == 0


def test_a_browser_signs_in_and_out_with_csrf(desk: Desk) -> None:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    program = Program(client)
    csrf = program.get("/auth/session").json()["csrf_token"]
    body = {"username": "anna", "password": PASSWORD}

    assert program.post("/auth/session", body).json()["code"] == "csrf_failed"
    assert (
        program.post("/auth/session", {**body, "password": "x"}, X_CSRFToken=csrf).json()["code"] == "wrong_credentials"
    )
    signed = program.post("/auth/session", body, X_CSRFToken=csrf)
    assert (signed.status_code, signed.json()["username"]) == (200, "anna")
    refused = program.post("/tickets", new(desk))
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
    assert Ticket.objects.count() == 0
    fresh = signed.json()["csrf_token"]
    assert program.post("/tickets", new(desk), X_CSRFToken=fresh).status_code == 201
    assert client.delete("/api/v1/auth/session", headers={"X-CSRFToken": fresh}).status_code == 204
    assert program.get("/me").status_code == 401


def test_wrong_passwords_are_slowed_down_before_they_are_hashed(desk: Desk, monkeypatch) -> None:
    program = Program(Client())
    for _time in range(10):
        assert program.post("/auth/session", {"username": "anna", "password": "x"}).status_code == 401
    monkeypatch.setattr("helpdesk.api.v1.auth.authenticate", lambda *_args, **_named: pytest.fail("hashed"))

    answer = program.post("/auth/session", {"username": "Anna", "password": PASSWORD})

    assert (answer.status_code, answer.json()["code"]) == (429, "throttled")
    assert 0 < int(answer["Retry-After"]) <= 300


def test_guessing_tokens_is_slowed_down(desk: Desk) -> None:
    guesser = Program(Client(), Authorization="Bearer hd_guess")
    statuses = [guesser.get("/me").status_code for _time in range(11)]

    assert statuses == [401] * 10 + [429]


def test_calls_are_counted_by_key_and_class(desk: Desk, monkeypatch) -> None:
    monkeypatch.setattr(
        "helpdesk.api.throttles.CallThrottle.THROTTLE_RATES", {"read": "3/min", "write": "1/min", "sensitive": "1/min"}
    )
    one, other = holder(desk), holder(desk)

    statuses = [one.get("/me").status_code for _time in range(4)]

    assert statuses == [200, 200, 200, 429]
    assert other.get("/me").status_code == 200
    assert one.post("/me/inbox/read-all").status_code == 200
    limited = one.post("/me/inbox/read-all")
    assert (limited.status_code, limited.json()["code"]) == (429, "throttled")
    assert int(limited["Retry-After"]) > 0


def test_a_new_password_ends_other_sessions_and_tokens_but_not_this_session(desk: Desk, program) -> None:
    anna, elsewhere, token = program("anna"), program("anna"), holder(desk)
    body = {"old_password": PASSWORD, "new_password": "four other plain words"}

    assert list(anna.post("/auth/password", {**body, "old_password": "x"}).json()["fields"]) == ["old_password"]
    assert list(anna.post("/auth/password", {**body, "new_password": "1"}).json()["fields"]) == ["new_password"]
    assert elsewhere.get("/me").status_code == 200
    assert anna.post("/auth/password", body).status_code == 204
    assert (anna.get("/me").status_code, elsewhere.get("/me").status_code, token.get("/me").status_code) == (
        200,
        401,
        401,
    )


def test_the_same_password_again_is_refused(desk: Desk) -> None:
    with pytest.raises(ValidationError):
        passwords.change(actor=desk.anna, old=PASSWORD, new=PASSWORD)
