"""The panel brings tables in: upload, preview in pages, confirmation, undo, downloads; long files in the background."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from helpdesk.models import ImportState, Service, SpreadsheetImport, WorkType
from helpdesk.spreadsheets import running
from helpdesk.spreadsheets.running import run_waiting
from tests.people import Desk
from tests.spreadsheets.books import HEAD, ROW, text, xlsx

BAD = ("IT", "Рабочее место", "IT.2", "Мышь", "1-2 дня", "1 д")


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def upload(client: Client, *files: bytes, subject: str = "catalog") -> Any:
    given = [SimpleUploadedFile(f"каталог {number}.xlsx", data) for number, data in enumerate(files)]
    return client.post(reverse("admin:import"), {"subject": subject, "file": given})


def page(client: Client, imported: SpreadsheetImport, query: str = "") -> str:
    answer = client.get(reverse("admin:import_page", args=[imported.pk]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_table_is_brought_in_confirmed_and_taken_back(desk: Desk) -> None:
    client = desk.client("katya")
    answer = upload(client, xlsx([HEAD, ROW]))
    imported = SpreadsheetImport.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("admin:import_page", args=[imported.pk]))
    shown = page(client, imported)
    assert "Рабочее место" in shown
    assert "2 changes wait for you" in shown
    assert not Service.objects.filter(code="IT").exists()

    client.post(reverse("admin:import_confirm", args=[imported.pk]))
    assert Service.objects.get(code="IT").name == "Рабочее место"
    assert "Take the import back" in page(client, imported)

    client.post(reverse("admin:import_undo", args=[imported.pk]))
    assert not Service.objects.filter(code="IT").exists()
    history = client.get(reverse("admin:import")).content.decode()
    assert "каталог 0.xlsx" in history
    assert "Taken back" in history


def test_rejected_rows_are_shown_with_their_address_and_come_back_marked(desk: Desk) -> None:
    client = desk.client("katya")
    upload(client, xlsx([HEAD, ROW, BAD]))
    imported = SpreadsheetImport.objects.get()

    shown = page(client, imported, "?show=rejected")
    assert "E3" in shown
    assert "This is a range; a limit is one duration." in shown
    client.post(reverse("admin:import_confirm", args=[imported.pk]))
    assert not Service.objects.filter(code="IT").exists()
    report = client.get(reverse("admin:import_report", args=[imported.pk, 0]))
    assert report["Content-Disposition"].startswith("attachment")
    assert report.content.startswith(b"PK")
    assert client.get(reverse("admin:import_report", args=[imported.pk, 5])).status_code == 404
    client.post(reverse("admin:import_confirm", args=[imported.pk]), {"without_rejected": "on"})
    assert WorkType.objects.filter(service__code="IT").count() == 1


def test_unknown_columns_are_chosen_on_the_page(desk: Desk) -> None:
    client = desk.client("katya")
    upload(client, xlsx([("Шифр позиции", "Занятие", "Когда", "Срок"), ("X1", "Мышь", "1 ч", "1 д")]))
    imported = SpreadsheetImport.objects.get()
    assert imported.state == ImportState.QUESTION
    assert "No table was recognised" in page(client, imported)
    (table,) = imported.question["tables"]
    address = reverse("admin:import_choose", args=[imported.pk])

    wrong = client.post(address, {"table": [table["id"]], "reaction_limit": "скоро"})
    assert wrong.status_code == 422
    assert "is not a limit" in wrong.content.decode()
    nothing = client.post(address, {})
    assert (nothing.status_code, "Choose at least one table." in nothing.content.decode()) == (422, True)
    client.post(address, {"table": [table["id"]], "0-service": "1", "0-kind": "1", "0-kind_code": "0",
                          "0-execution_limit": "3", "reaction_limit": "2h"})  # fmt: skip
    imported.refresh_from_db()
    assert (imported.state, imported.counts["new"]) == (ImportState.PREVIEW, 2)
    assert imported.changes.get(entity="work_type", outcome="new").after["reaction_limit"] == "2h"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Choose a file first."),
        ({"file": [SimpleUploadedFile("a.csv", b"a"), SimpleUploadedFile("b.csv", b"b"), SimpleUploadedFile("c.csv", b"c")]},
         "At most two files at once."),
        ({"file": SimpleUploadedFile("a.csv", b"")}, "The file is empty."),
    ],
)  # fmt: skip
def test_a_wrong_upload_is_told_at_the_field(desk: Desk, data: Any, sentence: str) -> None:
    answer = desk.client("katya").post(reverse("admin:import"), {"subject": "catalog", **data})

    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert not SpreadsheetImport.objects.exists()


def test_a_broken_file_is_told_on_its_page(desk: Desk) -> None:
    client = desk.client("katya")
    upload(client, b"%PDF-1.7")

    assert "This is not a spreadsheet." in page(client, SpreadsheetImport.objects.get())


def test_subjects_of_others_are_not_offered_nor_taken(desk: Desk) -> None:
    katya = desk.client("katya")
    shown = katya.get(reverse("admin:import")).content.decode()
    assert 'value="people"' not in shown
    assert upload(katya, text([("Логин",), ("x",)]), subject="people").status_code == 422
    assert katya.get(reverse("admin:export", args=["people", "xlsx"])).status_code == 404
    assert katya.get(reverse("admin:import_example", args=["people"])).status_code == 404
    upload(desk.client("roman"), text([("Логин",), ("new",)]), subject="people")
    theirs = SpreadsheetImport.objects.get()
    for name in ("import_confirm", "import_undo", "import_drop", "import_choose"):
        assert katya.post(reverse(f"admin:{name}", args=[theirs.pk])).status_code == 404
    assert katya.get(reverse("admin:import_page", args=[theirs.pk])).status_code == 404
    theirs.refresh_from_db()
    assert theirs.state == ImportState.PREVIEW


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_table_is_taken_out(desk: Desk, form: str) -> None:
    answer = desk.client("katya").get(reverse("admin:export", args=["catalog", form]))

    assert answer.status_code == 200
    assert answer["Cache-Control"].startswith("no-store")
    assert ("Mail server" in answer.content.decode("utf-8-sig")) if form == "csv" else answer.content.startswith(b"PK")
    assert desk.client("katya").get("/admin/imports/export/catalog.exe").status_code == 404


def test_a_long_preview_is_paged_and_small(desk: Desk) -> None:
    rows = [(f"S{n}", f"Service {n}", f"K{n}", "Kind " * 30, "1 ч", "1 д") for n in range(600)]
    client = desk.client("katya")
    upload(client, text([HEAD, *rows]))
    imported = SpreadsheetImport.objects.get()

    first, last = page(client, imported), page(client, imported, "?page=24")
    assert (len(first.encode()) < 200_000, "page 1 of 24" in first, "page 24 of 24" in last) == (True, True, True)


def test_a_long_file_is_worked_on_in_the_background(desk: Desk, monkeypatch: Any) -> None:
    monkeypatch.setattr(running, "LONG_BYTES", 10)
    monkeypatch.setattr(running, "LONG_CHANGES", 1)
    client = desk.client("katya")
    upload(client, xlsx([HEAD, ROW]))
    imported = SpreadsheetImport.objects.get()
    address = reverse("admin:import_page", args=[imported.pk])
    assert "being read in the background" in page(client, imported)
    part = client.get(address, headers={"hx-request": "true"})
    assert (b"<progress" in part.content, b"<html" in part.content) == (True, False)

    assert (run_waiting(), run_waiting()) == (1, 0)
    assert client.get(address, headers={"hx-request": "true"})["HX-Refresh"] == "true"
    client.post(reverse("admin:import_confirm", args=[imported.pk]))
    imported.refresh_from_db()
    assert (imported.state, Service.objects.filter(code="IT").exists()) == (ImportState.APPLYING, False)
    assert run_waiting() == 1
    imported.refresh_from_db()
    assert (imported.state, Service.objects.filter(code="IT").exists()) == (ImportState.APPLIED, True)


def test_the_page_sees_how_far_a_long_file_is_read(desk: Desk, monkeypatch: Any) -> None:
    monkeypatch.setattr(running, "LONG_BYTES", 10)
    rows = text([("Линия",), *[("Third",)] * 1250])
    upload(desk.client("roman"), rows, subject="lines")
    imported = SpreadsheetImport.objects.get()
    assert running.progress_of(imported) == 0

    assert run_waiting() == 1
    assert (SpreadsheetImport.objects.get().state, running.progress_of(imported)) == (ImportState.PREVIEW, 80)


def test_a_file_that_is_gone_when_its_turn_comes_is_told_on_its_page(desk: Desk, monkeypatch: Any) -> None:
    monkeypatch.setattr(running, "LONG_BYTES", 10)
    client = desk.client("katya")
    upload(client, xlsx([HEAD, ROW]))
    imported = SpreadsheetImport.objects.get()
    imported.files.get().file.storage.delete(imported.files.get().file.name)

    assert (run_waiting(), run_waiting()) == (1, 0)
    imported.refresh_from_db()
    assert (imported.state, imported.changes.count()) == (ImportState.FAILED, 0)
    assert "Something went wrong on our side. Try again." in page(client, imported)


def test_a_refusal_in_the_background_is_told_on_the_page(desk: Desk, monkeypatch: Any) -> None:
    monkeypatch.setattr(running, "LONG_CHANGES", 1)
    client = desk.client("katya")
    upload(client, xlsx([HEAD, ROW]))
    imported = SpreadsheetImport.objects.get()
    client.post(reverse("admin:import_confirm", args=[imported.pk]))
    Service.objects.create(code="IT", name="Другой")

    assert run_waiting() == 1
    imported.refresh_from_db()
    assert (imported.state, WorkType.objects.filter(code="IT.1").exists()) == (ImportState.FAILED, False)
    assert "Changed since the preview" in page(client, imported)
