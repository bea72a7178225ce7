"""The list in a real browser: the numbers of a search that finds many come after its rows, into their places."""

from __future__ import annotations

from typing import Any

import pytest

from helpdesk.search import queries
from tests.browser.conftest import Person
from tests.people import Desk

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_numbers_of_a_search_that_finds_many_follow_its_rows(
    browser: Any, live_server: Any, desk: Desk, size: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MANY_FOUND", 3)
    for _number in range(30):
        desk.file(subject="Mail does not come")
    olga = Person(browser, live_server.url, "olga", size)
    with olga.page.expect_response("**/tickets/numbers/**"):
        olga.go("/admin/helpdesk/ticket/?scope=all&status=any&q=mail")

    olga.page.wait_for_selector(".chip--new b:text-is('30')")
    assert olga.page.inner_text(".pager .text-body-secondary") == "30 requests"
    assert "page 1 of 2" in olga.page.inner_text(".pager")
    assert olga.page.locator(".chip--done").count() == 0
    # On a phone the chips are longer than the screen: the chosen one is the last of them, and in sight.
    place = olga.page.locator(".chip[aria-current]").bounding_box()
    assert 0 <= place["x"] < olga.page.viewport_size["width"] - place["width"] + 1
    with olga.page.expect_response("**/tickets/numbers/**"):
        olga.page.click(".pager [rel=next]")
    olga.page.wait_for_selector(".pager:has-text('page 2 of 2')")
    olga.page.click(".chip--new")
    olga.page.wait_for_url("**/ticket/?scope=all&status=new&q=mail")
    assert olga.errors == []
