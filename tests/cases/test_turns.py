"""Files of other desks come in one after the other, each in its turn; what is here already stays, and what cannot be is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from helpdesk.actions import erasing, foreign
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import CaseImport, CaseImportState, CaseRemark, Ticket, User
from tests.cases.files import LOG_HEAD, LOG_MAP, bring, receive, table
from tests.meanwhile import meanwhile
from tests.people import Desk

MAP = {**LOG_MAP, "statuses": {"Insert": "new"}}
TAKING = 'UPDATE "helpdesk_caseimport" SET "leased_until"'
DEEDS: dict[str, Callable[[User, CaseImport], None]] = {
    "choose": lambda actor, found: foreign.choose(actor=actor, imported=found, mapping=MAP),
    "look": lambda actor, found: foreign.look(actor=actor, imported=found, at_once=False),
    "queue": lambda actor, found: foreign.queue(actor=actor, imported=found),
    "drop": lambda actor, found: foreign.drop(actor=actor, imported=found),
}


def log(*cases: str, who: str = "Ann") -> bytes:
    return table(LOG_HEAD, [(case, "Insert", "28/03/2025 09:00", who) for case in cases])


def stored(imported: CaseImport) -> Any:
    remarks = list(imported.remarks.values_list("case", "text"))
    return CaseImport.objects.filter(pk=imported.pk).values().get(), remarks, Ticket.objects.count()


def code_of(deed: str, actor: User, imported: CaseImport) -> str:
    """Return why it was refused; nothing has changed."""
    before = stored(imported)
    with pytest.raises(ActionRefused) as refusal:
        DEEDS[deed](actor, CaseImport.objects.get(pk=imported.pk))
    assert stored(imported) == before
    return refusal.value.code


@pytest.mark.parametrize("deed", DEEDS)
def test_what_is_brought_in_is_neither_read_again_nor_dropped(desk: Desk, deed: str) -> None:
    assert code_of(deed, desk.roman, bring(desk.roman, log("1"), MAP)) == "wrong_state"


def test_a_file_that_broke_off_stays_as_the_record_of_its_cases(desk: Desk) -> None:
    rows = [("1", "Insert", "28/03/2025 09:00", "Ann"), ("1", "Danced", "28/03/2025 09:00", "Ann")]
    imported = bring(desk.roman, table(LOG_HEAD, rows), MAP)
    foreign.fail(imported, "The worker died.")
    said = list(imported.remarks.values_list("case", "text"))
    assert said

    assert code_of("drop", desk.roman, imported) == "in_use"

    foreign.look(actor=desk.roman, imported=imported, at_once=True)
    other = CaseRemark(kind=CaseRemark.Kind.LEFT_OUT, case="2", text="Something else.")
    foreign.looked(imported, {"cases": 0}, [other], {})
    imported.refresh_from_db()
    assert (imported.state, imported.preview["looked"]) == (CaseImportState.MAPPING, 1)
    assert list(imported.remarks.values_list("case", "text")) == said


@pytest.mark.parametrize("deed", ["look", "queue"])
def test_a_file_that_named_an_erased_person_cannot_be_read_any_more(desk: Desk, deed: str) -> None:
    imported = receive(desk.roman, log("1", who="Boris Kovalev"), MAP)
    foreign.fail(imported, "Somebody has to mend the mapping.")
    erasing.erase(actor=desk.roman, person=desk.boris, typed="boris")

    assert code_of(deed, desk.roman, imported) == "no_file"
    foreign.drop(actor=desk.roman, imported=CaseImport.objects.get())


def waiting(desk: Desk, case: str) -> CaseImport:
    imported = receive(desk.roman, log(case), MAP)
    foreign.queue(actor=desk.roman, imported=imported)
    return imported


def test_of_two_workers_at_one_file_one_gets_it(desk: Desk) -> None:
    imported = waiting(desk, "1")
    others: list[CaseImport | None] = []

    with meanwhile(lambda: others.append(foreign.lease()), before=TAKING):
        mine = foreign.lease()

    assert (mine, others) == (None, [imported])


def test_of_two_workers_at_two_files_of_one_desk_one_gives_his_back(desk: Desk) -> None:
    earlier = receive(desk.roman, log("1"), MAP)
    later = waiting(desk, "2")
    others: list[CaseImport | None] = []

    def queued_and_taken() -> None:
        foreign.queue(actor=desk.roman, imported=earlier)
        others.append(foreign.lease())

    with meanwhile(queued_and_taken, before=TAKING):
        mine = foreign.lease()

    assert (mine, others) == (None, [earlier])
    foreign.finish(CaseImport.objects.get(pk=earlier.pk))
    assert foreign.lease() == later


def test_names_that_are_written_alike_become_people_with_logins_of_their_own(desk: Desk) -> None:
    User.objects.create(username="LOG-ann-lee")
    rows = [
        (str(number), "Insert", "28/03/2025 09:00", name) for number, name in enumerate(("Ann Lee", "Ann-Lee", "Анна"))
    ]

    assert bring(desk.roman, table(LOG_HEAD, rows), MAP).counts["person"] == 3

    made = User.objects.filter(is_active=False, username__contains="log-").order_by("pk")
    assert list(made.values_list("username", "first_name")) == [
        ("log-ann-lee-2", "Ann Lee"), ("log-ann-lee-3", "Ann-Lee"), ("log-3", "Анна"),
    ]  # fmt: skip
