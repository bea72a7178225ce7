"""Accounts of programs: no password, no session, tokens only; what an account is cannot be changed later."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from helpdesk.actions import passwords, tokens
from helpdesk.models import Letter, User
from tests.people import PASSWORD, Desk


def make_monitor(desk: Desk) -> User:
    values = {
        "username": "monitor", "first_name": "", "last_name": "Monitor", "email": "m@example.com", "department": "", "phone": "",
        "is_service": "on", "usable_password": "true", "password1": "kitten-orbit-42", "password2": "kitten-orbit-42",
    }  # fmt: skip
    desk.client("roman").post(reverse("admin:helpdesk_user_add"), values)
    return User.objects.get(username="monitor")


def test_a_service_account_acts_by_tokens_only(desk: Desk) -> None:
    monitor = make_monitor(desk)
    _token, text = tokens.create(actor=desk.roman, name="watch", scopes=["read"], person=monitor)
    bearer = {"Authorization": f"Bearer {text}"}

    assert (monitor.is_service, monitor.has_usable_password()) == (True, False)
    assert Client().get("/api/v1/me", headers=bearer).status_code == 200
    monitor.set_password(PASSWORD)  # even if something else gave it one
    monitor.save()
    _token, text = tokens.create(actor=desk.roman, name="watch", scopes=["read"], person=monitor)
    assert not Client().login(username="monitor", password=PASSWORD)
    browser = Client()
    browser.force_login(monitor)
    assert browser.get(reverse("admin:profile")).status_code == 302
    passwords.ask_for_link(email="m@example.com")
    assert (passwords.invite(actor=desk.roman, people=[monitor]), Letter.objects.count()) == (0, 0)
    page = desk.client("roman").get(reverse("admin:auth_user_password_change", args=[monitor.pk]))
    assert page.status_code == 403


def test_what_an_account_is_cannot_be_changed(desk: Desk) -> None:
    values = {"username": "anna", "first_name": "Anna", "last_name": "S", "email": "anna@example.com", "is_active": "on", "is_service": "on"}  # fmt: skip

    desk.client("roman").post(reverse("admin:helpdesk_user_change", args=[desk.anna.pk]), values)

    desk.anna.refresh_from_db()
    assert (desk.anna.last_name, desk.anna.is_service) == ("S", False)
