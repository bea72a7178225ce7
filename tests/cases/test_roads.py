"""Each step of a foreign log becomes ours: handed back, handed over, taken up again by somebody; else it is a correction."""

from __future__ import annotations

import pytest
from django.db.models import QuerySet

from helpdesk.cases.plan import ROADS
from helpdesk.lifecycle import CLOSED, Status
from helpdesk.models import CaseRemark, ForeignCase, Ticket
from tests.cases.files import LOG_HEAD, LOG_MAP, bring, table
from tests.people import Desk

WORDS = {"Insert": "new", "Take": "in_work", "Wait": "waiting", "Resolve": "on_review", "Drop": "cancelled", "Again": "rework",
         "Note": "ignore"}  # fmt: skip
ALLA, ARTEM = "Alla Fedorova", "Artem Lebedev"


def lived(desk: Desk, *events: tuple[str, str]) -> tuple[Ticket, list[tuple[str, str]], QuerySet[CaseRemark]]:
    """Bring one case in, an event an hour; return its ticket, each action with the status after it, and the remarks."""
    rows = [("1", word, f"28/03/2025 {hour:02}:00", who) for hour, (word, who) in enumerate(events)]
    imported = bring(desk.roman, table(LOG_HEAD, rows), {**LOG_MAP, "statuses": WORDS})
    ticket = ForeignCase.objects.get().ticket
    steps = ticket.history.order_by("history_id").values_list("last_action", "status")
    return ticket, list(steps), imported.remarks.all()


def test_a_case_that_goes_back_to_the_queue_belongs_to_nobody(desk: Desk) -> None:
    ticket, steps, remarks = lived(desk, ("Insert", ""), ("Take", ALLA), ("Insert", ALLA))

    assert steps == [("register", "new"), ("take", "in_work"), ("release", "new")]
    assert (ticket.assignee, remarks.count()) == (None, 0)


@pytest.mark.parametrize("word", ["Take", "Note"])
def test_a_case_that_another_works_on_is_his_from_then_on(desk: Desk, word: str) -> None:
    ticket, steps, remarks = lived(desk, ("Insert", ""), ("Take", ALLA), (word, ARTEM), ("Note", ""))

    assert steps == [("register", "new"), ("take", "in_work"), ("assign", "in_work")]
    assert (ticket.assignee, remarks.count()) == (desk.artem, 0)


def test_a_returned_case_that_another_takes_up_is_handed_to_him_first(desk: Desk) -> None:
    ticket, steps, remarks = lived(
        desk, ("Insert", ""), ("Take", ALLA), ("Resolve", ALLA), ("Again", ""), ("Take", ARTEM)
    )

    assert steps[2:] == [("submit", "on_review"), ("return", "rework"), ("assign", "rework"), ("take", "in_work")]
    assert (ticket.assignee, remarks.count()) == (desk.artem, 0)


@pytest.mark.parametrize(("word", "status"), [("Wait", "waiting"), ("Resolve", "on_review")])
def test_a_case_nobody_had_when_it_was_closed_goes_on_by_its_beginning(desk: Desk, word: str, status: str) -> None:
    ticket, steps, remarks = lived(desk, ("Insert", ""), ("Drop", ""), (word, ALLA))

    assert steps == [
        ("register", "new"), ("cancel", "cancelled"), ("correct", "new"), ("assign", "new"), ("correct", status)
    ]  # fmt: skip
    assert (ticket.assignee, ticket.closed_at) == (desk.alla, None)
    assert list(remarks.values_list("row", "kind")) == [(4, "corrected")]


def test_from_every_open_status_a_way_leads_to_those_in_which_somebody_works() -> None:
    worked = (Status.IN_WORK, Status.WAITING, Status.ON_REVIEW)
    without = {(old, new) for old in Status for new in worked if old != new and (old, new) not in ROADS}

    assert {old for old, _new in without} == set(CLOSED)
