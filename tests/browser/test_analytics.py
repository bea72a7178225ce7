"""The page of figures in a real browser: charts are drawn, walked through, followed and printed; both themes, both sizes."""

from __future__ import annotations

from typing import Any

import pytest

from helpdesk.models import Ticket
from tests.browser.conftest import Person
from tests.people import Desk

pytestmark = pytest.mark.browser
PAGE = "/admin/analytics/"
# How many of the pixels of a canvas are not empty, and the colour of its first bar.
INK = """(canvas) => {
    const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    let found = 0;
    for (let at = 3; at < data.length; at += 4) if (data[at]) found += 1;
    return found;
}"""
BAR = """(canvas) => {
    const bar = Chart.getChart(canvas).getDatasetMeta(0).data.find((one) => Math.abs(one.x - one.base) > 3);
    return { x: (bar.x + bar.base) / 2, y: bar.y, colour: String(bar.options.backgroundColor) };
}"""


@pytest.fixture
def busy(desk: Desk) -> Desk:
    for status in ("new", "in_work", "waiting", "on_review", "done", "cancelled"):
        desk.ticket(status)
    desk.act("transfer", "alla", Ticket.objects.get(status="in_work"), line=str(desk.second.pk), comment="Yours.")
    return desk


@pytest.mark.parametrize(("size", "theme"), [("desktop", "light"), ("phone", "dark")])
def test_charts_are_drawn_and_nothing_is_complained_of(
    browser: Any, live_server: Any, busy: Desk, size: str, theme: str
) -> None:
    olga = Person(browser, live_server.url, "olga", size, theme)
    page = olga.go(PAGE)
    canvases = page.locator("[data-plot] canvas")

    assert canvases.count() == 8
    assert all(canvas.evaluate(INK) > 500 for canvas in canvases.all())
    assert page.locator("svg.flows a").count() == 1
    assert olga.complaints() == []
    page.locator(".block--by_day summary").focus()
    page.keyboard.press("Enter")
    assert page.locator(".block--by_day table").is_visible()
    assert olga.complaints() == []
    assert olga.errors == []


def test_a_bar_opens_its_list_by_mouse_and_by_keyboard(browser: Any, live_server: Any, busy: Desk) -> None:
    olga = Person(browser, live_server.url, "olga", "desktop")
    canvas = olga.go(PAGE).locator("[data-plot=by_status] canvas")
    canvas.scroll_into_view_if_needed()
    bar = canvas.evaluate(BAR)
    canvas.click(position={"x": bar["x"], "y": bar["y"]})
    olga.page.wait_for_url("**/tickets/status_new/?month=*")
    assert olga.page.locator("tbody tr").count() == Ticket.objects.filter(status="new").count()
    assert olga.page.locator(":text('requests that had this status when it ended')").is_visible()
    assert olga.complaints() == []

    olga.page.click("a[data-back-to=report]")
    olga.page.wait_for_url(f"**{PAGE}")
    olga.page.locator("[data-plot=by_line] canvas").focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowLeft"):
        olga.page.keyboard.press(key)
    assert olga.page.locator("[data-plot=by_line] [aria-live]").inner_text() == "First line, Registered: 5"
    olga.page.keyboard.press("Enter")
    olga.page.wait_for_url(f"**/tickets/registered/*line={busy.first.pk}")
    assert olga.page.locator("tbody tr").count() == 5
    assert olga.errors == []


def test_a_change_of_theme_and_the_printer_draw_the_charts_anew(browser: Any, live_server: Any, busy: Desk) -> None:
    olga = Person(browser, live_server.url, "olga", "desktop", "light")
    page = olga.go(PAGE)
    canvas = page.locator("[data-plot=by_status] canvas")
    day = canvas.evaluate(BAR)["colour"]
    page.emulate_media(color_scheme="dark")
    page.wait_for_selector("html[data-bs-theme=dark]")
    night = canvas.evaluate(BAR)["colour"]
    page.emulate_media(media="print")
    page.wait_for_selector("html[data-bs-theme=light]")

    assert day != night
    assert canvas.evaluate(BAR)["colour"] == day
    assert page.locator(".block--by_day table").is_visible()
    assert not page.locator(".asked").is_visible()
    page.emulate_media(media="screen")
    page.wait_for_selector("html[data-bs-theme=dark]")
    assert not page.locator(".block--by_day table").is_visible()
    assert olga.errors == []


def test_without_scripts_the_tables_are_there(browser: Any, live_server: Any, busy: Desk) -> None:
    olga = Person(browser, live_server.url, "olga", "desktop")
    context = browser.new_context(java_script_enabled=False, storage_state=olga.page.context.storage_state())
    page = context.new_page()
    page.goto(live_server.url + PAGE)

    for name in ("by_day", "by_status", "limits", "by_assignee", "by_kind"):
        assert page.locator(f".block--{name} table").is_visible()
    assert page.locator("[data-plot]:visible").count() == 0
    page.click(".asked__period summary")
    assert page.locator(".periods__month").first.is_visible()
