"""A person of the company in a real browser: goes to the provider and back, has an account, files his first request; axe finds nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail

from helpdesk import openid
from helpdesk.models import CompanyGroup, User
from helpdesk.notify import send_joining_letters
from tests.browser.conftest import Person
from tests.openid_provider import Provider, running
from tests.people import PASSWORD, Desk

pytestmark = pytest.mark.browser

VERA = {
    "given_name": "Vera", "family_name": "Zimina", "email": "vera@example.com", "email_verified": True,
    "preferred_username": "vera", "groups": ["support"],
}  # fmt: skip


@pytest.fixture
def provider(live_server: Any, settings: Any) -> Iterator[Provider]:
    people = {"vera": VERA, "anna": {**VERA, "email": "anna@example.com", "groups": []}}
    with running(people=people) as provider:
        openid.forget()
        for name, value in {**provider.settings(), "PUBLIC_URL": live_server.url}.items():
            setattr(settings, name, value)
        yield provider


def file_first_request(person: Person) -> None:
    person.page.click("a.service:has-text('Mail')")
    person.page.check("label.kind:has-text('Mailbox') input")
    person.page.fill("[name=subject]", "My first request")
    person.page.fill("[name=text]", "Outlook says 550.")
    person.page.click("button:has-text('Send the request')")
    person.page.wait_for_selector("h1:has-text('My first request')")


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_from_the_company_to_the_first_request(
    browser: Any, live_server: Any, desk: Desk, provider: Provider, size: str
) -> None:
    CompanyGroup.objects.create(group="support", line=desk.first)
    vera = Person(browser, live_server.url, "", size)
    assert vera.complaints() == []
    vera.go("/admin/new/").click("a:has-text('Sign in with Horns and Hooves')")
    vera.page.click("button:has-text('vera')")
    vera.page.wait_for_url("**/admin/new/")
    file_first_request(vera)
    assert User.objects.get(username="vera").memberships.get().line == desk.first
    vera.go("/admin/profile/")
    assert vera.complaints() == []

    vera.page.evaluate("document.querySelector(\"form[action='/admin/logout/']\").requestSubmit()")
    vera.page.wait_for_selector("h1:has-text('signed out')")
    assert vera.complaints() == []
    vera.page.click("a:has-text('Sign out of Horns and Hooves as well')")
    vera.page.wait_for_selector("h1:has-text('Signed out of the company')")
    assert vera.errors == []


def test_an_account_is_linked_once_and_a_stranger_is_told(
    browser: Any, live_server: Any, desk: Desk, provider: Provider
) -> None:
    anna = Person(browser, live_server.url, "", "desktop", "dark")
    anna.go("/admin/company/").click("button:has-text('anna')")
    anna.page.wait_for_selector("h1:has-text('Is this your account?')")
    assert anna.complaints() == []
    anna.page.fill("[name=password]", PASSWORD)
    anna.page.click("form.card button")
    anna.page.wait_for_url("**/admin/")
    anna.go("/admin/company/back/?state=unknown").wait_for_selector("h1:has-text('You are not signed in')")
    assert anna.complaints() == []


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_from_the_invitation_to_the_account(
    browser: Any, live_server: Any, desk: Desk, settings: Any, size: str
) -> None:
    settings.EMAIL_BACKEND, settings.SIGN_UP = "django.core.mail.backends.locmem.EmailBackend", "invitation"
    roman = Person(browser, live_server.url, "roman", size)
    roman.go("/admin/people/joining/").fill("[name=emails]", "dora@corp.example")
    roman.page.click("button:has-text('Send the invitations')")
    roman.page.wait_for_selector("td:has-text('dora@corp.example')")
    assert roman.complaints() == []

    assert send_joining_letters() == 1
    found = re.search(r"/admin/invited/\S+", str(mail.outbox[-1].body))
    assert found is not None
    dora = Person(browser, live_server.url, "", size)
    dora.go(found[0])
    assert dora.complaints() == []
    said = {"first_name": "Dora", "last_name": "Zimina", "department": "Sales", "phone": "2-14", "username": "dora"}
    for name, value in {**said, "password": "correct horse 17", "password_again": "correct horse 17"}.items():
        dora.page.fill(f"[name={name}]", value)
    dora.page.click("form.card button")
    dora.page.wait_for_url("**/admin/login/**")
    assert User.objects.get(username="dora").email == "dora@corp.example"
    assert (roman.errors, dora.errors) == ([], [])
