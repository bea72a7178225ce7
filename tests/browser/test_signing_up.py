"""In a real browser: somebody new signs up and files his first request, a forgotten password is set; axe finds nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail

from helpdesk.notify import send_joining_letters, send_letters
from tests.browser.conftest import Person
from tests.people import Desk

pytestmark = pytest.mark.browser

VERA = {
    "first_name": "Vera", "last_name": "Zimina", "department": "Accounts", "email": "vera@example.com", "phone": "8 495 123-45-67",
    "username": "vera", "password": "correct horse 17", "password_again": "correct horse 17",
}  # fmt: skip


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_from_the_sign_up_to_the_first_request(
    browser: Any, live_server: Any, desk: Desk, settings: Any, size: str
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    vera = Person(browser, live_server.url, "", size)
    vera.page.click("a:has-text('Sign up')")
    assert vera.complaints() == []
    for name, value in VERA.items():
        vera.page.fill(f"[name={name}]", value)
    vera.page.click("form.card button")
    vera.page.wait_for_selector("h1:has-text('mailbox')")
    assert vera.complaints() == []

    assert send_joining_letters() == 1
    found = re.search(r"/admin/sign-up/\S+", str(mail.outbox[-1].body))
    assert found is not None
    vera.go(found[0])
    assert vera.complaints() == []
    vera.page.click("button:has-text('Make the account')")
    vera.page.wait_for_url("**/admin/login/**")
    vera.page.fill("[name=username]", "vera")
    vera.page.fill("[name=password]", VERA["password"])
    vera.page.click("form.card button")
    vera.page.wait_for_url("**/admin/")

    vera.page.click("a.service:has-text('Mail')")
    vera.page.check("label.kind:has-text('Mailbox') input")
    vera.page.fill("[name=subject]", "My first request")
    vera.page.fill("[name=text]", "Outlook says 550.")
    vera.page.click("button:has-text('Send the request')")
    vera.page.wait_for_selector("h1:has-text('My first request')")
    assert vera.errors == []


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_forgotten_password_is_set_by_the_letter(
    browser: Any, live_server: Any, desk: Desk, settings: Any, size: str
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    anna = Person(browser, live_server.url, "", size)
    anna.page.click("a[href*='forgotten']")
    assert anna.complaints() == []
    anna.page.fill("[name=email]", desk.anna.email)
    anna.page.click("form.card button")
    anna.page.wait_for_selector("h1:has-text('mailbox')")

    assert send_letters() == 1
    found = re.search(r"/admin/password/set/\S+", str(mail.outbox[-1].body))
    assert found is not None
    anna.go(found[0])
    assert anna.complaints() == []
    anna.page.fill("[name=new_password1]", "correct horse 17")
    anna.page.fill("[name=new_password2]", "correct horse 17")
    anna.page.click("form.card button")
    anna.page.wait_for_url("**/admin/login/**")
    anna.page.fill("[name=username]", "anna")
    anna.page.fill("[name=password]", "correct horse 17")
    anna.page.click("form.card button")
    anna.page.wait_for_url("**/admin/")

    anna.go(found[0])
    anna.page.wait_for_selector("h1:has-text('The link is over')")
