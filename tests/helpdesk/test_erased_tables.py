"""Tables and cases that people brought in name an erased person no more; those that name others only stay as they are."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.base import ContentFile

from helpdesk.actions import erasing, foreign, imports, traces
from helpdesk.models import CaseImport, CaseRemark, ImportChange, ImportFile, SpreadsheetImport, User
from helpdesk.spreadsheets import intake
from tests.people import Desk
from tests.spreadsheets.books import xlsx

NAMED, OTHER = "case,resource\n1,Boris Kovalev\n", "case,resource\n1,Anna Smirnova\n"


def book(text: str) -> bytes:
    return xlsx([row.split(",") for row in text.splitlines()])


def failed(desk: Desk, data: bytes, *, word: str = "", name: str = "cases.csv") -> CaseImport:
    """Return an import of cases that did not come to an end; its page shows `word`, and one remark tells of it."""
    imported = foreign.receive(actor=desk.roman, name=name, data=data)
    remarks = [CaseRemark(kind="corrected", case="1", text=f"“{word}” is nobody here")]
    foreign.looked(imported, {"cases": 1}, remarks, {word: 1})
    foreign.learnt(imported, {"resource": [word]})
    foreign.fail(imported, "The disk is full.")
    return imported


def shown(imported: CaseImport) -> dict[str, Any]:
    return dict(CaseImport.objects.filter(pk=imported.pk).values().get())


def erase(desk: Desk) -> User:
    return erasing.erase(actor=desk.roman, person=desk.boris, typed="boris")


@pytest.mark.parametrize(
    "data", [NAMED.encode(), NAMED.encode("cp1251"), NAMED.encode("utf-16"), book(NAMED)],
    ids=["utf-8", "cp1251", "utf-16", "xlsx"],
)  # fmt: skip
def test_a_file_of_cases_that_names_him_goes_whatever_its_form(desk: Desk, data: bytes) -> None:
    imported = failed(desk, data, word="Boris Kovalev", name="boris.csv")
    path = str(imported.file.name)

    login = erase(desk).username

    imported.refresh_from_db()
    assert (imported.file.name, imported.name, imported.contents, imported.preview) == ("", f"{login}.csv", {}, {})
    assert not imported.file.storage.exists(path)
    assert imported.remarks.get().text == f"“{login}” is nobody here"


def test_cases_that_name_others_stay_as_they_are(desk: Desk) -> None:
    kept = [failed(desk, data, word="Anna Smirnova") for data in (OTHER.encode(), book(OTHER))]
    before = [shown(imported) for imported in kept]

    erase(desk)

    assert [shown(imported) for imported in kept] == before
    assert all(imported.file.storage.exists(str(imported.file.name)) for imported in kept)
    assert {remark.text for remark in CaseRemark.objects.all()} == {"“Anna Smirnova” is nobody here"}


def test_a_file_that_is_lost_keeps_nobody_here(desk: Desk) -> None:
    imported = failed(desk, NAMED.encode())
    imported.file.storage.delete(str(imported.file.name))
    before = shown(imported)

    assert erase(desk).erased_at is not None
    assert shown(imported) == before


def test_a_table_of_people_stays_when_he_is_not_in_it(desk: Desk) -> None:
    text = "login,first name,last name,e-mail\nanna,Annette,Smirnova,anna@example.com\n"
    upload = imports.Upload("staff.csv", ContentFile(text.encode(), "t.csv"), len(text))
    brought = imports.receive(actor=desk.roman, subject="people", uploads=[upload])
    intake.read(brought)
    models = (SpreadsheetImport, ImportFile, ImportChange)
    before = [list(model.objects.order_by("pk").values()) for model in models]
    assert all(before)

    erase(desk)

    assert [list(model.objects.order_by("pk").values()) for model in models] == before
    file = ImportFile.objects.get().file
    assert file.storage.exists(str(file.name))


def test_a_first_name_alone_is_many_people(desk: Desk) -> None:
    User.objects.filter(pk=desk.boris.pk).update(username="b.k", last_name="", email="")
    desk.boris.refresh_from_db()

    known = traces.known_of(desk.boris)

    assert [known.is_in(text) for text in ("Boris wrote.", "b.k wrote.", "Boris Kovalev wrote.")] == [
        False,
        True,
        False,
    ]


def test_a_longer_name_in_the_place_of_his_is_cut_where_there_is_no_room(desk: Desk) -> None:
    imported = failed(desk, NAMED.encode(), name="x" * 190 + " boris.csv")
    people = SpreadsheetImport.objects.create(subject="lines", state="applied", author=desk.roman)
    change = ImportChange.objects.create(
        imported=people, outcome="new", entity="membership", key=["First line", "boris"],
        label="x" * 294 + " boris", place="x" * 110 + " boris.csv",
    )  # fmt: skip

    login = erase(desk).username

    imported.refresh_from_db()
    change.refresh_from_db()
    assert imported.name == f"{'x' * 190} {login}.csv"[:200]
    assert (change.label, change.place) == (f"{'x' * 294} {login}"[:300], f"{'x' * 110} {login}.csv"[:120])
    assert change.key == ["First line", login]
