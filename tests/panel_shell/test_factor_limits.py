"""Passkeys, apps and recovery codes within their limits: how many, how often guessed, and that no answer counts twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest
from django.test import RequestFactory

from helpdesk import moment
from helpdesk.access.sessions import SessionStore
from helpdesk.actions import attempts, passkeys, recovery, second_factors, signing_in
from helpdesk.actions.refusals import ActionRefused, ValidationError
from helpdesk.models import AuditKind, AuditRecord, Authenticator, BrowserSession, Letter, Passkey, User
from tests.device import Device
from tests.panel_shell.second_factors import DESK, SECRET, codes
from tests.people import NOON, Desk

__all__ = ["codes"]


@pytest.fixture
def phone(desk: Desk) -> Device:
    """Return Anna's phone with a passkey, of the kind that does not count its answers."""
    device, asked = Device(), passkeys.ask_new(desk.anna)
    answer = device.make(json.loads(asked.options))
    passkeys.add(person=desk.anna, name="Phone", answer=answer, challenge=asked.challenge)
    return device


def answered(device: Device) -> dict[str, Any]:
    device.count = -1
    asked = passkeys.ask(None)
    return {"answer": device.answer(json.loads(asked.options)), "challenge": asked.challenge, "person": None}


def test_an_answer_of_a_device_that_does_not_count_is_taken_once(desk: Desk, phone: Device) -> None:
    said = answered(phone)
    assert passkeys.judge(**said, address="10.0.0.1") == desk.anna
    used = Passkey.objects.values().get()

    with pytest.raises(ActionRefused, match="wrong_passkey"):
        passkeys.judge(**said, address="10.0.0.1")

    assert Passkey.objects.values().get() == used
    assert passkeys.judge(**answered(phone), address="10.0.0.1") == desk.anna


def test_an_address_that_failed_fifty_times_rests_and_the_others_go_on(desk: Desk, phone: Device) -> None:
    for _time in range(attempts.FAILURES * 5):
        attempts.count_failure("passkey", "10.0.0.1")
    said = answered(phone)

    with pytest.raises(ActionRefused, match="wrong_passkey"):
        passkeys.judge(**said, address="10.0.0.1")

    assert Passkey.objects.get().used_at is None
    assert not AuditRecord.objects.filter(kind=AuditKind.CODE_FAILED).exists()
    assert passkeys.judge(**said, address="10.0.0.2") == desk.anna


def test_a_person_has_ten_passkeys_at_most(desk: Desk) -> None:
    Passkey.objects.bulk_create(
        Passkey(person=desk.anna, name=f"{number}", credential=f"{number}", public_key=b"", handle="aaaa")
        for number in range(passkeys.MOST)
    )
    device, asked = Device(), passkeys.ask_new(desk.boris)
    answer = device.make(json.loads(asked.options))

    with pytest.raises(ValidationError) as refused:
        passkeys.add(person=desk.anna, name="Phone", answer=answer, challenge=asked.challenge)

    assert list(refused.value.message_dict) == ["name"]
    assert Passkey.objects.count() == passkeys.MOST
    passkeys.add(person=desk.boris, name="Phone", answer=answer, challenge=asked.challenge)
    assert Passkey.objects.get(person=desk.boris).name == "Phone"


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "１２３４５６"])
def test_what_is_no_code_sets_no_app_up(desk: Desk, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        second_factors.set_up_app(actor=desk.anna, secret=SECRET, code=code, session=None)

    assert list(refused.value.message_dict) == ["code"]
    assert not Authenticator.objects.exists()
    assert not AuditRecord.objects.filter(kind=AuditKind.FACTOR_SET_UP).exists()


@pytest.mark.parametrize("cut", [slice(0), slice(1), slice(-1)])
def test_a_piece_of_a_recovery_code_lets_nobody_in(desk: Desk, codes: list[str], cut: slice) -> None:
    checked = second_factors.check(person=desk.anna, text=codes[0][cut] or "x", address="10.0.0.1")

    assert (checked.taken, recovery.left(desk.anna)) == (False, 10)
    assert AuditRecord.objects.latest("pk").kind == AuditKind.CODE_FAILED
    assert second_factors.check(person=desk.anna, text=codes[0], address="10.0.0.1").taken


@pytest.mark.parametrize("actor", ["boris", "lev", "olga"])
def test_only_who_manages_people_takes_factors_of_another_away(desk: Desk, codes: list[str], actor: str) -> None:
    with pytest.raises(ActionRefused, match="no_right"):
        second_factors.reset(actor=desk.people[actor], person=desk.anna)
    assert (second_factors.has_app(desk.anna), recovery.left(desk.anna)) == (True, 10)

    second_factors.reset(actor=desk.roman, person=desk.anna)
    assert (second_factors.has_some(desk.anna), recovery.left(desk.anna)) == (False, 0)


def test_who_has_no_address_loses_his_factors_without_a_letter(desk: Desk, codes: list[str]) -> None:
    User.objects.filter(pk=desk.anna.pk).update(email="")
    desk.anna.refresh_from_db()
    before = Letter.objects.count()

    second_factors.reset(actor=desk.roman, person=desk.anna)

    assert not second_factors.has_some(desk.anna)
    assert (Letter.objects.count(), AuditRecord.objects.latest("pk").kind) == (before, AuditKind.FACTOR_RESET)


@contextmanager
def locked(table: str) -> Iterator[list[str]]:
    """Let every update of a table fail, as it does while somebody holds it for long; yield those that have failed."""
    failed: list[str] = []

    def fail(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith(f'UPDATE "{table}"'):
            failed.append(sql)
            raise OperationalError("database is locked")
        return execute(sql, *rest)

    with connection.execute_wrapper(fail):
        yield failed


def kept(key: str) -> HttpRequest:
    """Return a request of the browser with this session, looked at as every request is before it is answered."""
    request = RequestFactory().get(DESK)
    request.session = SessionStore(key)
    request.user = get_user(request)
    signing_in.keep(request)
    return request


def test_a_browser_goes_on_even_if_it_cannot_be_noted_that_it_was_seen(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    key = desk.client("anna").cookies["sessionid"].value
    BrowserSession.objects.update(began_at=NOON, seen_at=NOON)
    after = NOON + timedelta(minutes=6)

    # A page runs in no transaction, unlike this test, which goes on after the error.
    with moment.at(after), transaction.atomic(), locked(BrowserSession._meta.db_table) as failed:
        assert kept(key).user == desk.anna

    assert len(failed) == 1
    assert "it could not be noted that a browser was seen" in caplog.text
    assert BrowserSession.objects.get().seen_at == NOON
    with moment.at(after):
        assert kept(key).user == desk.anna
    assert BrowserSession.objects.get().seen_at == after
