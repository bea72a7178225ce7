"""A second factor in a real browser: app, recovery code, passkey with a virtual device, the list of sign-ins; axe finds nothing."""

from __future__ import annotations

import time
from typing import Any

import pyotp
import pytest

from tests.browser.conftest import Person
from tests.people import PASSWORD, Desk

pytestmark = pytest.mark.browser
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def code(secret: str, *, after: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(time.time()) + after)


def sign_out(person: Person) -> None:
    person.page.context.clear_cookies()
    person.go("/admin/login/")


def password(person: Person, login: str = "anna") -> None:
    person.page.fill("[name=username]", login)
    person.page.fill("[name=password]", PASSWORD)
    person.page.press("[name=password]", "Enter")
    person.page.wait_for_url("**/sign-in/second-step/")


def second(person: Person, text: str) -> None:
    person.page.fill("[name=code]", text)
    person.page.press("[name=code]", "Enter")


def set_up_app(person: Person) -> tuple[str, str, list[str]]:
    """Let a person set up an app; return its secret, the code that confirmed it, and the recovery codes."""
    page = person.go("/admin/profile/second-factor/")
    assert person.complaints() == []
    page.click("summary:has-text('cannot scan')")
    secret = page.inner_text("[data-secret]").replace(" ", "")
    first = code(secret)
    second(person, first)
    page.wait_for_selector("[data-codes]")
    assert person.complaints() == []
    codes = page.locator("[data-codes] code").all_inner_texts()
    assert len(codes) == 10
    page.click("a:has-text('put them away')")
    page.wait_for_selector("text=10 codes are left")
    return secret, first, codes


def make_passkey(person: Person) -> None:
    """Give the browser a device that has the person's finger, and let him make a passkey with it."""
    device = person.page.context.new_cdp_session(person.page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    page = person.go("/admin/profile/second-factor/")
    page.wait_for_selector("text=9 codes are left")
    page.fill("[name=name]", "Laptop")
    page.click("button:has-text('Make a passkey')")
    page.wait_for_selector("strong:has-text('Laptop')")
    assert person.complaints() == []


def end_other_sign_ins(person: Person) -> None:
    page = person.go("/admin/profile/sign-ins/")
    assert person.complaints() == []
    # Cookies were thrown away, so that the other sign-ins are still there.
    assert page.locator(".factor-list li").count() > 1
    page.click("button:has-text('Sign out everywhere else')")
    page.wait_for_selector("text=Signed out in")
    assert page.locator(".factor-list li").count() == 1


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_app_recovery_code_and_passkey(browser: Any, live_server: Any, desk: Desk, settings: Any, size: str) -> None:
    settings.PUBLIC_URL = live_server.url
    anna = Person(browser, live_server.url, "anna", size)
    page = anna.page
    secret, first, codes = set_up_app(anna)

    sign_out(anna)
    password(anna)
    assert anna.complaints() == []
    second(anna, first)
    page.wait_for_selector("text=or it was used before")
    second(anna, code(secret, after=30))
    page.wait_for_url("**/admin/")

    sign_out(anna)
    password(anna)
    second(anna, codes[0])
    page.wait_for_url("**/admin/")
    make_passkey(anna)

    sign_out(anna)
    page.click("button:has-text('Sign in with a passkey')")
    page.wait_for_url("**/admin/")

    sign_out(anna)
    password(anna)
    page.click("button:has-text('Use a passkey')")
    page.wait_for_url("**/admin/")
    end_other_sign_ins(anna)
    # The refused code is an answer of 422, which the console tells of.
    assert [error for error in anna.errors if "422" not in error] == []


def test_who_must_have_a_factor_sets_it_up_before_the_desk_opens(
    browser: Any, live_server: Any, desk: Desk, settings: Any
) -> None:
    settings.PUBLIC_URL = live_server.url
    settings.SECOND_FACTOR_ROLES = ["lead"]
    lev = Person(browser, live_server.url, "", "phone", "dark")
    password(lev, "lev")
    assert lev.complaints() == []
    lev.go("/admin/")
    lev.page.wait_for_url("**/admin/login/**")

    lev.go("/admin/sign-in/second-step/")
    lev.page.click("summary:has-text('cannot scan')")
    secret = lev.page.inner_text("[data-secret]").replace(" ", "")
    second(lev, code(secret))
    lev.page.wait_for_selector("[data-codes]")
    assert lev.complaints() == []
    lev.page.click("a:has-text('put them away')")
    lev.page.wait_for_url("**/admin/")
    assert lev.errors == []
