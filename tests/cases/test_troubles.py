"""What stops an import of cases is told with it in words; what was brought in before stays, and nothing else is written."""

from __future__ import annotations

import pytest

from helpdesk.actions import foreign, records
from helpdesk.cases import running
from helpdesk.models import CaseImport, CaseImportState, ForeignCase, SupportLine, Ticket
from tests.cases.files import LOG_HEAD, LOG_MAP, receive, table
from tests.people import Desk

MAP = {**LOG_MAP, "statuses": {"Insert": "new"}}


@pytest.fixture
def imported(desk: Desk) -> CaseImport:
    rows = [(case, "Insert", "28/03/2025 09:00", "Ann") for case in ("1", "2", "3")]
    return receive(desk.roman, table(LOG_HEAD, rows), MAP)


def told(imported: CaseImport) -> str:
    imported.refresh_from_db()
    assert imported.state == CaseImportState.FAILED
    return imported.trouble


def test_an_import_of_somebody_who_may_no_longer_is_not_begun(desk: Desk, imported: CaseImport) -> None:
    foreign.queue(actor=desk.roman, imported=imported)
    desk.roman.groups.clear()

    assert (running.run_waiting(), running.run_waiting()) == (1, 0)
    assert told(imported) == "Your role does not include this."
    assert (Ticket.objects.count(), imported.counts) == (0, {})


def test_a_case_that_comes_in_from_elsewhere_meanwhile_is_not_written_twice(
    desk: Desk, imported: CaseImport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH", 1)
    other = receive(desk.roman, b"x", MAP)

    def meanwhile(done: int, _total: int) -> None:
        if done == 1:
            ForeignCase.objects.create(source="Log", foreign_id="2", ticket=desk.file(), imported=other)

    running.safely(imported, lambda one: running.bring_in(one, meanwhile))
    assert told(imported).startswith("Another import has brought in a case of this file.")
    assert (imported.counts["cases"], Ticket.objects.count()) == (1, 2)

    running.bring_in(imported)
    assert (imported.counts["cases"], imported.counts["known"], Ticket.objects.count()) == (2, 1, 3)


def test_what_the_desk_does_not_take_is_told_as_it_says_it(desk: Desk, imported: CaseImport) -> None:
    """Two desks may make a line of one name in the same moment."""
    running.safely(imported, lambda one: records.save(actor=one.author, record=SupportLine(name=desk.first.name)))

    assert told(imported) == "Support line with this Name already exists."
