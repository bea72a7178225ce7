"""The pages of cases from another desk ask as often for a file of many words, people and remarks as for a short one."""

from __future__ import annotations

import pytest

from helpdesk.actions import foreign
from helpdesk.cases import running
from helpdesk.models import CaseImport
from tests.budgets.budget import asked, browser, hold
from tests.cases.files import LOG_HEAD, LOG_MAP, receive, table
from tests.people import Desk

STAGES = {
    "cases, list": (running.look,),
    "cases, columns to name": (running.look,),
    "cases, being looked at": (),
    "cases, preview": (running.look, running.look),
    "cases, being brought in": (running.look, running.look),
    "cases, report": (running.bring_in,),
}


def led_to(desk: Desk, stage: str, size: int) -> CaseImport:
    """Return an import that stands at `stage`: `size` cases, as many words and people, as many rows left out."""
    rows = [row for case in range(size) for row in (
        (f"{size}-{case}", f"Word {case}", "28/03/2025 09:00", f"Person {case}"), (f"{size}-{case}", "Strange", "?", ""))]  # fmt: skip
    statuses = {f"Word {case}": "new" for case in range(size)}
    imported = receive(desk.roman, table(LOG_HEAD, rows), {**LOG_MAP, "statuses": statuses})
    for work in STAGES[stage]:
        work(imported)
    if stage == "cases, being brought in":
        foreign.queue(actor=desk.roman, imported=imported)
    elif stage == "cases, being looked at":
        foreign.look(actor=desk.roman, imported=imported, at_once=False)
    return imported


@pytest.mark.parametrize("stage", STAGES)
def test_a_page_of_cases_stays_within_its_budget_however_long_the_file(desk: Desk, stage: str) -> None:
    roman = browser(desk, "roman")

    def page(size: int) -> int:
        imported = led_to(desk, stage, size)
        return asked(roman, "/admin/cases/" if stage == "cases, list" else f"/admin/cases/{imported.pk}/")

    few = page(1)
    for size in range(2, 8):
        led_to(desk, stage, size)
    hold(stage, few, page(60))
