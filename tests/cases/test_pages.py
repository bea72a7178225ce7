"""The panel leads a foreign file from upload to report: guessed columns, preview, background, remarks to take out."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from helpdesk import moment
from helpdesk.actions import foreign
from helpdesk.cases import intake, rows, running
from helpdesk.models import CaseImport, CaseImportState, ForeignCase, Ticket
from tests.cases.files import LOG_HEAD, LOG_MAP, receive, table
from tests.people import Desk
from tests.spreadsheets.books import xlsx

ROWS = [("1", "Insert", "28/03/2025 09:00", "Ann"), ("1", "Close", "28/03/2025 10:00", "Ann"), ("2", "Sing", "?", "")]


def upload(desk: Desk, data: bytes, name: str = "log.csv") -> Any:
    file = SimpleUploadedFile(name, data)
    return desk.client("roman").post(reverse("admin:cases"), {"file": file})


def given(form: Any, **more: Any) -> dict[str, Any]:
    """Return what a browser sends of a form left as it is."""
    values = {name: form[name].value() for name in form.fields}
    values = {name: value for name, value in values.items() if value not in (None, False, "")}
    return {**values, **more}


def words_of(form: Any) -> dict[str, str]:
    """Return the names of the fields for foreign statuses by their labels."""
    return {field.label: name for name, field in form.fields.items() if name.startswith("word_")}


def test_a_file_goes_from_upload_to_report(desk: Desk) -> None:
    client = desk.client("roman")
    page = upload(desk, table(LOG_HEAD, ROWS)).url
    form = client.get(page).context["form"]
    assert (form["col_case"].value(), form["col_at"].value()) == ("Case ID", "Timestamp")
    words = words_of(form)
    assert {label: form[name].value() for label, name in words.items()} == {
        "Insert (1)": "", "Close (1)": "", "Sing (1)": ""
    }  # fmt: skip
    said = {words["Insert (1)"]: "new", words["Close (1)"]: "done", "zone": "Europe/Rome", "source": "Their desk"}

    looked = client.post(page, given(form, **said), follow=True)
    assert (looked.status_code, Ticket.objects.count()) == (200, 0)
    assert [remark[0] for remark in looked.context["remarks"]] == [4]
    answer = client.post(page, given(form, **said, begin="1"))
    assert (answer.status_code, answer.url) == (302, page)
    assert "progress" in client.get(page).content.decode()
    assert running.run_waiting() == 1
    report = client.get(page).content.decode()
    ticket = ForeignCase.objects.get(source="Their desk", foreign_id="1").ticket
    assert (ticket.status, ticket.created_at.isoformat()) == ("done", "2025-03-28T08:00:00+00:00")
    assert "1 case, 4 steps" in report
    imported = CaseImport.objects.get()
    csv = client.get(reverse("admin:cases_report", args=[imported.pk, "csv"])).content.decode("utf-8-sig")
    assert csv.splitlines()[1].startswith("4,2,left out,")
    assert "1 case" in client.get(reverse("admin:cases")).content.decode()
    again = client.get(upload(desk, table(LOG_HEAD, ROWS[:1])).url).context["form"]
    assert (again["source"].value(), again["zone"].value(), again[words["Insert (1)"]].value()) == (
        "Their desk", "Europe/Rome", "new"
    )  # fmt: skip


def test_a_long_file_is_looked_at_in_the_background(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "LONG_BYTES", 10)
    client = desk.client("roman")
    page = upload(desk, table(LOG_HEAD, ROWS)).url
    assert "being looked at in the background" in client.get(page).content.decode()
    assert (running.run_waiting(), running.run_waiting()) == (1, 0)
    monkeypatch.setattr(intake, "LONG_ROWS", 0)
    form = client.get(page).context["form"]
    words = words_of(form)
    said = {words["Insert (1)"]: "new", words["Close (1)"]: "done", "source": "Their desk"}
    waits = client.post(page, given(form, **said), follow=True).content.decode()
    assert "being looked at in the background" in waits
    imported = CaseImport.objects.get()
    foreign.seen(imported, 1, 4)
    assert 'value="25"' in client.get(page, headers={"Hx-Request": "true"}).content.decode()
    CaseImport.objects.update(leased_until=moment.now())
    assert (running.run_waiting(), running.run_waiting(), Ticket.objects.count()) == (1, 0, 0)
    shown = client.get(page)
    assert shown.context["summary"][:2] == ["1 case", "4 steps"]
    assert [remark[0] for remark in shown.context["remarks"]] == [4]
    assert client.get(page, headers={"Hx-Request": "true"})["HX-Refresh"] == "true"
    client.post(page, given(shown.context["form"], begin="1"))
    assert (running.run_waiting(), Ticket.objects.count()) == (1, 1)
    imported.refresh_from_db()
    assert (imported.remarks.count(), imported.counts["left_out"], imported.contents) == (1, 1, {})


def test_the_page_reads_no_file_and_asks_for_every_word(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two words are kept of each column here; the rest comes back by name with the preview, until all are said."""
    monkeypatch.setattr(intake, "MOST_WORDS", 2)
    monkeypatch.setattr(intake, "LONG_BYTES", 10)
    monkeypatch.setattr(intake, "LONG_ROWS", 0)
    client = desk.client("roman")
    often = [(str(case), word, f"28/03/2025 {hour:02}:00", "Ann")
             for case in range(3) for hour, word in enumerate(("Insert", "Fetch"))]  # fmt: skip
    rare = [("0", "Mend", "28/03/2025 03:00", "Ann"), ("0", "Shut", "28/03/2025 04:00", "Ann"),
            ("1", "Shut", "28/03/2025 05:00", "Ann")]  # fmt: skip
    page = upload(desk, table(LOG_HEAD, [*often, *rare])).url
    client.get(page)
    running.run_waiting()

    def opened(*_args: Any, **_kwargs: Any) -> Any:
        raise AssertionError("the page reads the file")

    meaning = {"Insert": "new", "Fetch": "in_work", "Mend": "on_review", "Shut": "done"}
    asked = []
    for _look in range(3):
        with monkeypatch.context() as patch:
            patch.setattr(rows, "sheet_of", opened)
            form = client.get(page).context["form"]
            words = words_of(form)
            asked.append(sorted(words))
            said = {name: meaning[label.split()[0]] for label, name in words.items()}
            client.post(page, given(form, **said, source="Their desk"))
        running.run_waiting()
    assert asked == [["Fetch (3)", "Insert (3)"], ["Fetch (3)", "Insert (3)", "Mend (1)", "Shut (2)"],
                     ["Fetch (3)", "Insert (3)"]]  # fmt: skip
    headings = [heading for heading, _fields in client.get(page).context["form"].groups if "not mapped" in heading]
    assert headings == ["Statuses and activities not mapped yet"]
    imported = CaseImport.objects.get()
    assert (imported.mapping["statuses"], imported.preview["unmapped"]) == (meaning, {})
    assert imported.preview["steps"] == 10


def test_what_cannot_be_is_said_at_the_form_and_nothing_is_lost(desk: Desk) -> None:
    client = desk.client("roman")
    page = upload(desk, table(LOG_HEAD, ROWS)).url
    form = client.get(page).context["form"]
    wrong = client.post(page, given(form, zone="Mars/Base", source="Mine", begin="1"))

    assert wrong.status_code == 422
    assert "Mars/Base" in wrong.content.decode()
    assert wrong.context["form"]["source"].value() == "Mine"
    assert CaseImport.objects.get().state == CaseImportState.MAPPING
    assert upload(desk, b"").status_code == 422
    assert "This is not a spreadsheet" in client.get(upload(desk, b"%PDF-1.4", "a.pdf").url).content.decode()
    client.post(reverse("admin:cases_drop", args=[CaseImport.objects.first().pk]))
    assert CaseImport.objects.count() == 1
    assert desk.client("katya").get(page).status_code == 403


@pytest.mark.parametrize("is_long", [False, True])
def test_a_workbook_is_as_long_as_what_it_unpacks_to(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, is_long: bool
) -> None:
    if is_long:
        monkeypatch.setattr(intake, "LONG_UNPACKED", 500)
    page = upload(desk, xlsx([LOG_HEAD, *ROWS]), "log.xlsx").url
    shown = desk.client("roman").get(page)

    assert ("being looked at in the background" in shown.content.decode()) == is_long
    assert ("form" in shown.context) != is_long


def test_of_a_long_file_only_what_may_be_statuses_is_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, limit in {"MOST_VALUES": 2, "MOST_KEPT": 4, "LONGEST_WORD": 6}.items():
        monkeypatch.setattr(intake, name, limit)
    head = ("Case", "Who", "Said", "State", "Kind")
    cases = [
        ("1", "Ann", "hello", "new", "a"),
        ("2", "Ann", "a sentence", "done", "b"),
        ("3", "Bob", "hello", "new", "a"),
    ]
    kept = intake.contents(receive(desk.roman, table(head, cases), LOG_MAP))

    assert (kept["headers"], kept["rows"]) == (list(head), 4)
    assert kept["words"] == {"2": [("hello", 2)], "1": [("Ann", 2), ("Bob", 1)], "3": [("new", 2)]}


def test_a_file_with_other_columns_is_guessed_anew_in_the_zone_of_the_last(desk: Desk) -> None:
    client = desk.client("roman")
    page = upload(desk, table(LOG_HEAD, ROWS)).url
    client.post(page, given(client.get(page).context["form"], zone="Europe/Rome", source="Their desk"))
    form = client.get(
        upload(desk, table(("No", "Ticket", "Opened"), [("1", "7", "28/03/2025")]), "new.csv").url
    ).context["form"]

    assert (form["zone"].value(), form["source"].value()) == ("Europe/Rome", "new")
    assert (form["col_case"].value(), form["col_created"].value(), form["col_at"].value()) == ("Ticket", "Opened", None)
