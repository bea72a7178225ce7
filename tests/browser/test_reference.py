"""The reference is usable by who has signed in: a GET and a POST are tried out, in the session and with a token."""

from __future__ import annotations

import re
from typing import Any

import pytest

from helpdesk.actions import tokens
from helpdesk.models import Message
from tests.browser.conftest import Person
from tests.people import Desk

pytestmark = pytest.mark.browser


def try_out(person: Person, name: str, *, number: int | None = None, body: str = "") -> str:
    """Open an operation, fill it in, send it; return the status of the answer."""
    block = person.page.locator(f"[id$='-{name}']")
    block.locator(".opblock-summary-control").click()
    block.locator(".try-out__btn").click()
    if number is not None:
        block.locator("tr[data-param-name='number'] input").fill(str(number))
    if body:
        block.locator("textarea.body-param__text").fill(body)
    block.locator("button.execute").click()
    status = block.locator(".live-responses-table tbody .response-col_status").first
    status.wait_for()
    found = re.search(r"\d{3}", status.inner_text())
    block.locator(".opblock-summary-control").click()
    return found[0] if found else ""


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_get_and_a_post_are_tried_out_in_the_session_and_with_a_token(
    browser: Any, live_server: Any, desk: Desk, size: str
) -> None:
    ticket = desk.ticket("in_work")
    alla = Person(browser, live_server.url, "alla", size)
    alla.go("/api/docs/").wait_for_selector("#operations-tag-Tickets")

    assert try_out(alla, "tickets_read", number=ticket.pk) == "200"
    assert try_out(alla, "messages_create", number=ticket.pk, body='{"text": "From the session."}') == "201"

    _token, text = tokens.create(actor=desk.anna, name="Reference", scopes=["read", "write"])
    alla.go("/api/docs/").wait_for_selector("#operations-tag-Tickets")
    alla.page.click(".btn.authorize")
    alla.page.locator(".auth-container input").first.fill(text)
    alla.page.locator(".auth-btn-wrapper .authorize").first.click()
    alla.page.click(".auth-btn-wrapper .btn-done")
    assert try_out(alla, "tickets_read", number=ticket.pk) == "200"
    assert try_out(alla, "messages_create", number=ticket.pk, body='{"text": "With the token."}') == "201"

    written = Message.objects.filter(ticket=ticket).order_by("pk").values_list("text", "author__username")
    assert list(written) == [("From the session.", "alla"), ("With the token.", "anna")]
    assert alla.errors == []


def test_the_pages_are_drawn_in_both_sizes_without_a_complaint(browser: Any, live_server: Any, desk: Desk) -> None:
    for size in ("desktop", "phone"):
        anna = Person(browser, live_server.url, "anna", size)
        for page, drawn in (("docs", "#operations-tag-Tickets"), ("redoc", "h1:has-text('HelpDesk API')")):
            anna.go(f"/api/{page}/").wait_for_selector(drawn)
            assert anna.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (page, size)
        # The makers of ReDoc want their logo from their own host; the policy keeps it out, and nothing else is asked for.
        assert [error for error in anna.errors if "cdn.redoc.ly/redoc/logo-mini.svg" not in error] == [], size
