"""Deadlines in a real browser: the reminder comes in the envelope, the panel on the request says why, a calendar is tried as it is typed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from helpdesk import moment, notify
from helpdesk.actions import deadlines
from helpdesk.models import CalendarInterval, WorkCalendar
from tests.browser.conftest import Person
from tests.people import Desk

pytestmark = pytest.mark.browser


def ago(**amount: int) -> Any:
    return moment.at(datetime.now(UTC) - timedelta(**amount))


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_an_agent_is_reminded_and_sees_why(browser: Any, live_server: Any, desk: Desk, size: str) -> None:
    with ago(minutes=240):
        ticket = desk.file()
    with ago(minutes=230):
        desk.act("take", "alla", ticket)
    with ago(minutes=220):
        desk.act("ask", "alla", ticket, comment="Which error?")
    with ago(minutes=190):
        desk.act("resume", "alla", ticket)
    notify.fan_out()
    desk.client("alla").post("/admin/inbox/read-all/")
    # 210 of 270 minutes have passed: past the first mark, before the second.
    assert deadlines.sweep().reminded == 1
    notify.fan_out()

    alla = Person(browser, live_server.url, "alla", size)
    assert alla.page.text_content("#counter-unread") == "1"
    alla.page.click("[data-bs-target='#inbox']:visible")
    alla.page.click(f".inbox-item:has-text('Reminder'):has-text('#{ticket.pk}')")
    alla.page.wait_for_selector(f"h1:has-text('{ticket.subject}')")
    assert alla.page.locator("#counter-unread").is_hidden()

    # From there the way to the reason is one click, on the request itself.
    address = alla.page.url
    alla.page.click(".ticket-head__line a")
    alla.page.wait_for_selector("#why.show section:has-text('Execution')")
    words = alla.page.inner_text("#why section:has-text('Execution')")
    for step in (
        "Limit: 30 minutes + 4 hours",
        "Counted around the clock",
        "Alla Fedorova",
        "Paused",
        "Resumed",
        "Due:",
    ):
        assert step in words
    # Together they are the limit of four hours and a half.
    assert "20 min counted" in words
    assert "4 h 10 min until the due time" in words
    assert alla.page.url == address
    assert alla.complaints() + alla.errors == []


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_calendar_is_tried_as_it_is_typed(browser: Any, live_server: Any, desk: Desk, size: str) -> None:
    calendar = WorkCalendar.objects.create(name="Office")
    for day in range(5):
        CalendarInterval.objects.create(calendar=calendar, weekday=day, start=540, end=1080)
    roman = Person(browser, live_server.url, "roman", size)
    page = roman.go(f"/admin/helpdesk/workcalendar/{calendar.pk}/change/?year=2025")
    page.fill("#id_registered", "2025-10-31T10:00")
    page.wait_for_selector(".trial__due strong:has-text('Tue 11/04/2025 10 a.m.')")

    page.click("button:has-text('Fill in the holidays of 2025')")
    page.wait_for_selector("text=1 day of rest is worked instead.")
    page.fill("#id_registered", "2025-10-31T10:00")
    # Saturday is worked, Monday and Tuesday are holidays.
    page.wait_for_selector(".trial__due strong:has-text('Wed 11/05/2025 10 a.m.')")
    assert roman.complaints() + roman.errors == []

    page.fill("#id_intervals-2-start", "12:00")
    page.wait_for_selector(".trial__due strong:has-text('Wed 11/05/2025 noon')")
    page.fill("#id_intervals-2-start", "19:00")
    page.wait_for_selector("#calendar-look:has-text('The end must come after the beginning.')")
    assert CalendarInterval.objects.filter(calendar=calendar, start=540).count() == 5
