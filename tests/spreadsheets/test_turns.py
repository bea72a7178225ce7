"""An import in its turn: rows that contradict what is there by now write nothing, and nobody reads a file beside somebody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from helpdesk import moment
from helpdesk.actions import imports
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import ImportState, SpreadsheetImport, SupportLine, User
from helpdesk.spreadsheets import tried_limits
from helpdesk.worktime import Limit
from tests.meanwhile import meanwhile
from tests.people import NOON, Desk
from tests.spreadsheets.books import HEAD, ROW, text
from tests.spreadsheets.conftest import Bring
from tests.spreadsheets.test_changes import MAIL, SAME, catalog

NEW_KIND = ("MAIL", "Mail", "MAIL.9", "Archive", *SAME[4:8], "Second line", "", "да")
PEOPLE = [("Логин", "Фамилия", "Имя", "E-mail"), ("petrov", "Петров", "Пётр", "petrov@example.com")]


def _rename(desk: Desk) -> None:
    SupportLine.objects.filter(pk=desk.second.pk).update(name="Servers")


def _take_the_email(desk: Desk) -> None:
    User.objects.filter(pk=desk.anna.pk).update(email="Petrov@example.com")


@pytest.mark.parametrize(
    ("subject", "rows", "meanwhile_done", "named"),
    [("catalog", [MAIL, NEW_KIND], _rename, "MAIL.9 Archive"), ("people", PEOPLE, _take_the_email, "petrov")],
)
def test_rows_that_contradict_what_is_there_by_now_write_nothing(
    bring: Bring,
    desk: Desk,
    subject: str,
    rows: list[tuple[str, ...]],
    meanwhile_done: Callable[[Desk], None],
    named: str,
) -> None:
    imported = bring(text(rows), subject=subject)
    assert imported.counts["new"] == 1
    meanwhile_done(desk)
    before = catalog()

    with pytest.raises(ActionRefused) as refusal:
        imports.confirm(actor=imported.author, imported=imported)

    assert (refusal.value.code, catalog()) == ("contradiction", before)
    assert named in str(refusal.value.reason)
    imported.refresh_from_db()
    assert (imported.state, imported.changes.filter(applied=True).exists()) == (ImportState.PREVIEW, False)


def test_limits_that_were_tried_out_have_no_table_to_choose(desk: Desk) -> None:
    limits = {desk.mailbox.pk: {"execution_limit": Limit.parse("8h")}}
    imported = tried_limits.propose(actor=desk.katya, limits=limits, origin="days=30")

    with pytest.raises(ActionRefused) as refusal:
        imports.choose(actor=desk.katya, imported=imported, choices={"table": 1}, remember=[])

    imported.refresh_from_db()
    assert refusal.value.code == "no_files"
    assert (imported.state, imported.choices, imported.changes.count()) == (
        ImportState.PREVIEW, {tried_limits.ORIGIN: "days=30"}, 1,
    )  # fmt: skip


def test_of_two_workers_at_one_import_one_gets_it(bring: Bring, desk: Desk) -> None:
    imported = bring(text([HEAD, ROW]))
    imports.confirm(actor=desk.katya, imported=imported, only_queue=True)
    others: list[SpreadsheetImport | None] = []

    with meanwhile(
        lambda: others.append(imports.lease()), before='UPDATE "helpdesk_spreadsheetimport" SET "leased_until"'
    ):
        mine = imports.lease()

    assert (mine, others) == (None, [imported])


def test_a_file_that_is_read_again_long_after_it_came_is_left_to_whoever_chose(bring: Bring, desk: Desk) -> None:
    imported = bring(text([HEAD, ROW]))

    with moment.at(NOON + timedelta(hours=1)):
        imports.choose(actor=desk.katya, imported=imported, choices={}, remember=[])
        assert imports.lease() is None
    # Should he not come to an end, the background does.
    with moment.at(NOON + timedelta(hours=1, minutes=11)):
        assert imports.lease() == imported
