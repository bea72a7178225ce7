"""Cases of another desk come in by the browser: uploaded, mapped, looked at, brought in, reported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from helpdesk.cases import intake, running
from helpdesk.models import ForeignCase
from tests.browser.conftest import Person
from tests.cases.files import LOG_HEAD, table
from tests.people import Desk

pytestmark = pytest.mark.browser
ROWS = [("1", "Insert", "28/03/2025 09:00", "Ann"), ("1", "Close", "28/03/2025 10:00", "Ann"), ("2", "Insert", "?", "")]


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_upload_map_look_bring_in_report(
    browser: Any,
    live_server: Any,
    desk: Desk,
    size: str,
    settings: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    # As a long file: looked at in the background, while the page waits.
    monkeypatch.setattr(intake, "LONG_BYTES", 0)
    monkeypatch.setattr(intake, "LONG_ROWS", 0)
    roman = Person(browser, live_server.url, "roman", size, "dark" if size == "phone" else "light")
    roman.go("/admin/cases/")
    complaints = roman.complaints()
    file = {"name": "log.csv", "mimeType": "text/csv", "buffer": table(LOG_HEAD, ROWS)}
    roman.page.set_input_files("#id_file", file)
    roman.page.click("button:has-text('Say what its columns are')")
    roman.page.wait_for_selector("text=being looked at in the background")
    complaints += roman.complaints()
    assert running.run_waiting() == 1
    roman.page.wait_for_selector("[name=source]")
    roman.page.fill("[name=source]", "Their desk")
    for label, value in (("Insert", "new"), ("Close", "done")):
        roman.page.get_by_label(f"{label} (", exact=False).select_option(value)
    complaints += roman.complaints()
    roman.page.click("button:has-text('Look what it would do')")
    roman.page.wait_for_selector("text=being looked at in the background")
    complaints += roman.complaints()
    assert running.run_waiting() == 1
    roman.page.wait_for_selector("h2:has-text('What it would do')")
    complaints += roman.complaints()
    assert not ForeignCase.objects.exists()
    roman.page.click("button:has-text('Bring in')")
    roman.page.wait_for_selector("text=brought in in the background")
    assert running.run_waiting() == 1
    roman.page.wait_for_selector("h2:has-text('Remarks')")
    assert roman.page.locator("text=1 case, 4 steps").count() == 1
    complaints += roman.complaints()
    assert complaints == []
    assert ForeignCase.objects.get().ticket.status == "done"
