"""A catalog comes in by the browser: uploaded, rejected rows mended in the report, uploaded again, confirmed, taken back."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from helpdesk.models import WorkType
from tests.browser.conftest import Person
from tests.people import Desk
from tests.spreadsheets.books import HEAD, ROW, xlsx

pytestmark = pytest.mark.browser
BAD = ("IT", "Рабочее место", "IT.2", "Мышь", "1-2 дня", "1 д")


def upload(person: Person, name: str, data: bytes) -> None:
    person.go("/admin/imports/")
    person.page.set_input_files("#id_file", {"name": name, "mimeType": "application/octet-stream", "buffer": data})
    person.page.click("button:has-text('Look what it would change')")
    person.page.wait_for_selector("h1:has-text('Import #')")


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_upload_mend_upload_confirm_undo(
    browser: Any, live_server: Any, desk: Desk, size: str, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    katya = Person(browser, live_server.url, "katya", size, "dark" if size == "phone" else "light")
    complaints = katya.go("/admin/imports/") and katya.complaints()
    upload(katya, "catalog.xlsx", xlsx([HEAD, ROW, BAD]))
    complaints += katya.complaints()
    katya.page.click("a.chip:has-text('Rejected')")
    katya.page.wait_for_selector("text=This is a range; a limit is one duration.")
    with katya.page.expect_download() as waiting:
        katya.page.click("a:has-text('The file with what to mend')")
    book = load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    assert "This is a range" in book.active["E3"].comment.text
    book.active["E3"].value = "2 h"
    mended = io.BytesIO()
    book.save(mended)

    upload(katya, "mended.xlsx", mended.getvalue())
    katya.page.wait_for_selector("h2:has-text('3 changes wait for you')")
    katya.page.click("summary:has-text('Tables and columns')")
    complaints += katya.complaints()
    assert not WorkType.objects.filter(code="IT.2").exists()
    katya.page.click("button:has-text('Carry out')")
    katya.page.wait_for_selector("button:has-text('Take the import back')")
    assert str(WorkType.objects.get(code="IT.2").reaction_limit) == "2h"
    katya.page.click("button:has-text('Take the import back')")
    katya.page.wait_for_selector(".import-state--undone")
    assert not WorkType.objects.filter(code="IT.2").exists()
    katya.go("/admin/catalog/check/")
    complaints += katya.complaints()

    assert complaints == []
    assert katya.errors == []
