"""Other limits are tried in a browser: proposed, compared, taken into a change-set, confirmed, and in the catalog."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from helpdesk import moment
from helpdesk.models import WorkType
from tests.browser.conftest import Person
from tests.people import Desk

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_propose_compare_apply_confirm(browser: Any, live_server: Any, desk: Desk, size: str) -> None:
    filed = moment.now() - timedelta(days=2)
    with moment.at(filed):
        ticket = desk.file()
    with moment.at(filed + timedelta(minutes=45)):
        desk.act("take", "alla", ticket)
    with moment.at(filed + timedelta(hours=2)):
        desk.act("submit", "alla", ticket, comment="Mended.")
    roman = Person(browser, live_server.url, "roman", size, "dark" if size == "phone" else "light")
    page = roman.go("/admin/analytics/")
    page.click("main a:has-text('What-if')")
    page.click("summary:has-text('Mail')")
    complaints = roman.complaints()
    page.fill(f"[name=r{desk.mailbox.pk}]", "an hour or so")
    page.click("button:has-text('Replay') >> nth=0")
    page.wait_for_selector("text=This is not a duration.")
    complaints += roman.complaints()
    page.fill(f"[name=r{desk.mailbox.pk}]", "1 hour")
    page.click("button:has-text('Replay') >> nth=0")
    page.wait_for_selector("text=1 of 1 requests were overdue, 0 would have been.")
    assert f"r{desk.mailbox.pk}=1h" in page.url
    page.wait_for_selector(f"a:has-text('#{ticket.pk} ')")
    complaints += roman.complaints()

    page.click("button:has-text('into a change-set')")
    page.wait_for_selector("h2:has-text('1 change waits for you')")
    complaints += roman.complaints()
    assert str(WorkType.objects.get(pk=desk.mailbox.pk).reaction_limit) == "30m"
    page.click("button:has-text('Carry out')")
    page.wait_for_selector("button:has-text('Take the import back')")
    assert str(WorkType.objects.get(pk=desk.mailbox.pk).reaction_limit) == "1h"
    page.click("a:has-text('limits tried in What-if')")
    page.wait_for_selector("text=The catalog has these limits already")

    assert complaints == []
    assert [error for error in roman.errors if "422" not in error] == []
