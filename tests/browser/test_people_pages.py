"""The pages about people in a real browser: axe finds nothing serious, nothing is wider than a phone, somebody is erased by hand."""

from __future__ import annotations

from typing import Any

import pytest

from helpdesk.models import User
from tests.browser.conftest import Person
from tests.people import Desk

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("size", "theme"), [("desktop", "light"), ("phone", "dark")])
def test_pages_about_people_have_no_serious_finding(
    browser: Any, live_server: Any, desk: Desk, size: str, theme: str
) -> None:
    ticket = desk.ticket("in_work")
    roman = Person(browser, live_server.url, "roman", size, theme)
    pages = [
        "/admin/audit/", f"/admin/people/{desk.alla.pk}/let-go/", f"/admin/people/{desk.alla.pk}/erase/",
        f"/admin/people/{desk.alla.pk}/mentions/", f"/admin/people/{desk.alla.pk}/data/", "/admin/profile/data/", "/admin/profile/",
        f"/admin/people/who-may/?person=alla&ticket={ticket.pk}&role=lead", f"/admin/helpdesk/user/{desk.alla.pk}/change/",
    ]  # fmt: skip
    found = {}
    for path in pages:
        roman.go(path)
        found[path] = roman.complaints()

    assert {path: items for path, items in found.items() if items} == {}
    assert roman.errors == []


def test_a_person_is_erased_by_typing_the_login(browser: Any, live_server: Any, desk: Desk) -> None:
    roman = Person(browser, live_server.url, "roman", "desktop")
    roman.go(f"/admin/helpdesk/user/{desk.anna.pk}/change/")
    roman.page.click(".page-head button:has-text('More')")
    roman.page.click(".page-head a:has-text('Erase personal data')")
    roman.page.fill("[name=typed]", "boris")
    roman.page.click("button:has-text('Erase for ever')")
    roman.page.wait_for_selector("text=This is not the login of the person.")
    assert User.objects.filter(username="anna").exists()
    assert roman.complaints() == []

    roman.page.fill("[name=typed]", "anna")
    roman.page.click("button:has-text('Erase for ever')")
    roman.page.wait_for_selector(f"h1:has-text('Erased person {desk.anna.pk}')")

    assert User.objects.get(pk=desk.anna.pk).email == ""
    assert roman.complaints() == []
