"""The story of a request, lived in real browsers: filed, taken, talked about, returned, handed in again, rated."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import Person
from tests.people import Desk

pytestmark = pytest.mark.browser


def file(person: Person) -> str:
    """Let a person file a request; return its address."""
    person.page.click("a.service:has-text('Mail')")
    person.page.check("label.kind:has-text('Mailbox') input")
    person.page.fill("[name=subject]", "No mail since morning")
    person.page.fill("[name=text]", "Outlook says 550.")
    person.page.click("button:has-text('Send the request')")
    person.page.wait_for_selector("h1:has-text('No mail since morning')")
    return str(person.page.url.replace(person.address, "").split("?")[0])


def ask_and_answer(alla: Person, anna: Person, address: str) -> None:
    """Let support ask, and the requester find the question in the inbox and answer it."""
    alla.go(address + "?tab=messages")
    alla.page.fill("#box-text", "Which version of Outlook?")
    alla.page.click("button:has-text('Send')")
    alla.page.wait_for_selector(".said:has-text('Which version')")

    anna.go("/admin/")
    assert anna.page.text_content("#counter-unread") == "1"
    anna.page.click("[data-bs-target='#inbox']:visible")
    anna.page.click(".inbox-item:has-text('Which version')")
    anna.page.wait_for_selector(".said:has-text('Which version')")
    assert anna.page.locator("#counter-unread").is_hidden()
    anna.page.fill("#box-text", "The latest one.")
    anna.page.keyboard.press("Control+Enter")
    anna.page.wait_for_selector(".said--mine:has-text('The latest one.')")


def submit(alla: Person, address: str, text: str) -> None:
    alla.go(address)
    alla.page.click(".deeds button:has-text('Submit for review')")
    alla.page.fill("#id_submit_comment", text)
    alla.page.click(".modal.show button:has-text('Submit for review')")
    alla.page.wait_for_selector(".status--on_review")


def send_back(anna: Person, address: str) -> None:
    anna.go(address)
    anna.page.click(".deeds button:has-text('Return for rework')")
    anna.page.fill("#id_return_comment", "Still the same.")
    anna.page.click(".modal.show button:has-text('Return for rework')")
    anna.page.wait_for_selector(".status--rework")


def accept(anna: Person, address: str) -> None:
    """Let the requester give five stars by the keyboard."""
    anna.go(address)
    anna.page.click(".deeds button:has-text('Accept and rate')")
    anna.page.locator("#star-5:focus").wait_for(state="attached")
    anna.page.focus("#star-1")
    for _key in range(4):
        anna.page.keyboard.press("ArrowRight")
    anna.page.click(".modal.show button:has-text('Accept and rate')")
    anna.page.wait_for_selector(".status--done")


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_request_lives_its_whole_life(browser: Any, live_server: Any, desk: Desk, size: str) -> None:
    anna = Person(browser, live_server.url, "anna", size)
    alla = Person(browser, live_server.url, "alla", size)
    address = file(anna)

    alla.go("/admin/")
    assert alla.page.text_content(f"#counter-line-{desk.first.pk}") == "1"
    alla.page.locator("form[action$='/next/'] button").first.click()
    alla.page.wait_for_selector("h1:has-text('No mail since morning')")
    ask_and_answer(alla, anna, address)
    submit(alla, address, "Mended the server.")
    send_back(anna, address)

    alla.go(address)
    alla.page.click(".deeds button:has-text('Take')")
    alla.page.wait_for_selector(".status--in_work")
    submit(alla, address, "Mended the profile, too.")
    accept(anna, address)

    history = anna.go(address + "?tab=history").text_content(".timeline")
    for words in (
        "Registered",
        "Taken into work",
        "Which version",
        "Still the same.",
        "Mended the profile",
        "Accepted",
    ):
        assert words in history
    assert anna.page.locator(".timeline [aria-label='5 of 5']").count() == 1
    assert (anna.errors, alla.errors) == ([], [])


def test_a_refused_action_keeps_what_was_typed(browser: Any, live_server: Any, desk: Desk) -> None:
    ticket = desk.ticket("on_review")
    anna = Person(browser, live_server.url, "anna", "desktop")
    anna.go(f"/t/{ticket.pk}/").click(".deeds button:has-text('Accept and rate')")
    anna.page.click("label[for=star-2]")
    anna.page.click(".modal.show button:has-text('Accept and rate')")

    anna.page.wait_for_selector(".modal.show .invalid-feedback:has-text('needs a comment')")
    assert anna.page.is_checked("#star-2")


def test_on_a_phone_the_box_grows_when_somebody_writes_and_shows_a_note_as_one(
    browser: Any, live_server: Any, desk: Desk
) -> None:
    ticket = desk.ticket("in_work")
    alla = Person(browser, live_server.url, "alla", "phone")
    page = alla.go(f"/admin/helpdesk/ticket/{ticket.pk}/change/?tab=messages")
    note, templates = page.locator(".box__note"), page.locator(".box button:has-text('To whom')")

    assert not note.is_visible()
    assert not templates.is_visible()
    page.focus("#box-text")
    assert templates.is_visible()
    page.check("[data-note]")
    page.evaluate("document.activeElement.blur()")
    assert note.is_visible(), "whoever writes has to see that it is a note"
    assert not templates.is_visible()
    page.fill("#box-text", "Half a")
    page.evaluate("document.activeElement.blur()")
    assert templates.is_visible()


def test_on_a_phone_what_can_be_done_stands_before_what_cannot(browser: Any, live_server: Any, desk: Desk) -> None:
    ticket = desk.ticket("in_work")
    page = Person(browser, live_server.url, "alla", "phone").go(f"/admin/helpdesk/ticket/{ticket.pk}/change/")
    boxes = page.locator(".deeds .btn")
    places = [(boxes.nth(at).bounding_box()["x"], boxes.nth(at).is_enabled()) for at in range(boxes.count())]
    open_to_her = [is_open for _x, is_open in sorted(places)]

    assert open_to_her == sorted(open_to_her, reverse=True)
    assert set(open_to_her) == {True, False}


def walked(desk: Desk, number: int) -> dict[str, list[str]]:
    """Return the addresses that are walked by each person; `number` is that of a request."""
    return {
        "": ["/admin/login/", "/admin/password/forgotten/"],
        "anna": ["/admin/", "/admin/helpdesk/ticket/", "/admin/new/", f"/admin/new/{desk.mail.pk}/", "/admin/inbox/", "/admin/profile/",
                 "/admin/profile/notices/", "/admin/help/", f"/t/{number}/", f"/admin/helpdesk/ticket/{number}/change/?tab=messages"],
        "lev": ["/admin/", "/admin/helpdesk/ticket/?status=any", f"/t/{number}/", "/admin/search/?q=mail", f"/admin/tickets/{number}/deadline/",
                f"/admin/helpdesk/ticket/{number}/change/?tab=messages", f"/admin/helpdesk/ticket/{number}/change/?tab=history"],
        "roman": ["/admin/helpdesk/service/", f"/admin/helpdesk/worktype/{desk.mailbox.pk}/change/", f"/admin/helpdesk/supportline/{desk.first.pk}/change/",
                  "/admin/helpdesk/user/", f"/admin/helpdesk/user/{desk.alla.pk}/change/", "/admin/helpdesk/workcalendar/add/", "/admin/password_change/", "/admin/helpdesk/supportline/", "/admin/helpdesk/worktype/", "/admin/helpdesk/workcalendar/",
                  "/admin/helpdesk/replytemplate/add/", f"/admin/helpdesk/service/{desk.mail.pk}/history/", f"/admin/helpdesk/service/{desk.mail.pk}/delete/",
                  "/admin/helpdesk/user/add/", f"/admin/helpdesk/user/{desk.alla.pk}/password/",
                  "/admin/notices/", "/admin/letters/", "/admin/letters/mailbox/", "/admin/analytics/?year=2026", "/admin/analytics/tickets/registered/?year=2026"],
    }  # fmt: skip


# Colours are those of the theme and places those of the size: each is walked once.
@pytest.mark.parametrize(("theme", "size"), [("light", "desktop"), ("dark", "phone")])
@pytest.mark.parametrize("login", ["roman", "anna", "lev", ""])
def test_no_page_shuts_anybody_out(
    browser: Any, live_server: Any, desk: Desk, login: str, theme: str, size: str, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    ticket = desk.ticket("on_review")
    desk.ticket()
    found = {}
    person = Person(browser, live_server.url, login, size, theme)
    for address in walked(desk, ticket.pk)[login]:
        person.go(address)
        complaints = person.complaints() + person.errors
        person.errors.clear()
        if complaints:
            found[address] = complaints
    assert found == {}
