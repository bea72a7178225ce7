"""The frame in a real browser: typed text survives a lost sign-in, the theme changes at once, the menu of a phone opens and closes."""

from __future__ import annotations

from typing import Any

import pytest

from helpdesk.models import User
from tests.browser.conftest import Person
from tests.people import PASSWORD, Desk

pytestmark = pytest.mark.browser


def sign_in_again(person: Person, login: str) -> None:
    person.page.fill("[name=username]", login)
    person.page.fill("[name=password]", PASSWORD)
    person.page.click("form.card button")


def test_typed_text_survives_a_lost_sign_in(browser: Any, live_server: Any, desk: Desk) -> None:
    anna = Person(browser, live_server.url, "anna", "desktop")
    address = f"/admin/new/{desk.mail.pk}/"
    anna.go(address)
    anna.page.check("label.kind:has-text('Mailbox') input")
    anna.page.fill("[name=subject]", "No mail since morning")
    anna.page.fill("[name=text]", "A long story.")
    anna.page.context.clear_cookies(name="sessionid")
    anna.page.click("button:has-text('Send the request')")
    anna.page.wait_for_url("**/admin/login/**")

    sign_in_again(anna, "anna")
    anna.page.wait_for_url(f"**{address}")

    assert anna.page.input_value("[name=subject]") == "No mail since morning"
    assert anna.page.input_value("[name=text]") == "A long story."
    assert anna.page.is_checked("label.kind:has-text('Mailbox') input")
    anna.page.click("button:has-text('Send the request')")
    anna.page.wait_for_selector("h1:has-text('No mail since morning')")


def test_what_one_person_typed_is_not_shown_to_the_next(browser: Any, live_server: Any, desk: Desk) -> None:
    anna = Person(browser, live_server.url, "anna", "desktop")
    anna.go(f"/admin/new/{desk.mail.pk}/").fill("[name=text]", "A secret.")
    anna.page.context.clear_cookies(name="sessionid")
    anna.page.click("button:has-text('Send the request')")
    anna.page.wait_for_url("**/admin/login/**")

    sign_in_again(anna, "boris")
    anna.page.wait_for_selector("[name=text]")
    assert anna.page.input_value("[name=text]") == ""


def test_a_page_left_open_says_that_the_sign_in_has_ended(browser: Any, live_server: Any, desk: Desk) -> None:
    anna = Person(browser, live_server.url, "anna", "desktop")
    anna.go("/admin/help/")
    anna.page.context.clear_cookies(name="sessionid")
    anna.page.evaluate("htmx.trigger(document.body, 'counters')")

    anna.page.click(".toast a:has-text('Sign in again')")
    sign_in_again(anna, "anna")
    anna.page.wait_for_url("**/admin/help/")
    assert anna.errors == []


def test_the_theme_changes_at_once_and_stays(browser: Any, live_server: Any, desk: Desk) -> None:
    anna = Person(browser, live_server.url, "anna", "desktop")
    anna.page.click(".topbar .dropdown > button")
    with anna.page.expect_response("**/profile/theme/"):
        anna.page.click("[aria-label='Dark theme']")
    assert anna.page.get_attribute("html", "data-bs-theme") == "dark"

    anna.go("/admin/help/")
    assert anna.page.get_attribute("html", "data-bs-theme") == "dark"
    assert anna.errors == []


def test_the_menu_of_a_phone_opens_and_closes_by_keyboard(browser: Any, live_server: Any, desk: Desk) -> None:
    alla = Person(browser, live_server.url, "alla", "phone")
    opener = alla.page.locator(".bottombar [data-menu]")
    opener.click()
    assert alla.page.locator(".side").is_visible()
    assert opener.get_attribute("aria-expanded") == "true"
    assert alla.complaints() == []

    alla.page.keyboard.press("Escape")
    alla.page.locator(".side").wait_for(state="hidden")
    assert alla.page.evaluate("document.activeElement.matches('.bottombar [data-menu]')")


def test_all_is_read_in_the_panel_without_a_reload(browser: Any, live_server: Any, desk: Desk) -> None:
    desk.ticket("waiting")
    anna = Person(browser, live_server.url, "anna", "desktop")
    anna.page.evaluate("window.here = true")
    anna.page.click(".topbar [data-bs-target='#inbox']")
    anna.page.click("#inbox button:has-text('Mark all as read')")
    anna.page.wait_for_selector("#inbox :text('Nothing unread')")
    anna.page.locator("#counter-unread").wait_for(state="hidden")

    assert anna.page.evaluate("window.here")
    assert anna.complaints() == []
    assert anna.errors == []


def test_the_chosen_tab_of_a_phone_stands_in_view(browser: Any, live_server: Any, desk: Desk) -> None:
    User.objects.filter(pk=desk.alla.pk).update(language="ru")
    alla = Person(browser, live_server.url, "alla", "phone")

    tab = alla.go("/admin/helpdesk/ticket/?scope=all").locator(".scopes [aria-current]")

    place, width = tab.bounding_box(), alla.page.evaluate("window.innerWidth")
    assert place["x"] >= 0
    assert place["x"] + place["width"] <= width
