"""Programs try other limits as the page What-if does, of the same requests; nothing is written."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from helpdesk import moment
from tests.people import NO_ROW, NOON, Desk, state

ADDRESS = "/reports/what-if"


@pytest.fixture
def late(desk: Desk) -> Desk:
    """Return the desk with one request that missed its reaction limit of half an hour by a quarter."""
    ticket = desk.file()
    with moment.at(NOON + timedelta(minutes=45)):
        desk.act("take", "alla", ticket)
    desk.__dict__.update(slow=ticket)
    return desk


def test_a_proposal_gives_before_and_after(late: Desk, program: Any) -> None:
    before = state(late.slow)
    kind = {"work_type": late.mailbox.pk, "reaction_limit": "1h"}
    told = program("lev").post(ADDRESS, {"days": 30, "kinds": [kind], "line": late.first.pk}).json()

    assert told["overall"] == {
        "name": "", "id": None, "requests": 1, "overdue_before": 1, "overdue_after": 0, "share_before": 100.0, "share_after": 0.0,
    }  # fmt: skip
    assert [(row["name"], row["overdue_after"]) for row in told["by_line"]] == [("First line", 0)]
    assert told["changes"] == [
        {"number": late.slow.pk, "clock": "reaction", "outcome_before": "missed", "outcome_after": "met"}
    ]
    assert told["terms"] == [
        {"work_type": late.mailbox.pk, "name": "Mailbox", "reaction_limit": "1h", "execution_limit": None}
    ]
    assert program("olga").post(ADDRESS, {"factor": 1.5, "calendar": "always"}).json()["changed"] == 1
    assert program("olga").post(ADDRESS, {"factor": 1.5, "service": NO_ROW}).json()["overall"]["requests"] == 0
    assert state(late.slow) == before


@pytest.mark.parametrize(
    ("body", "field"),
    [({"days": 3, "factor": 2}, "days"), ({"factor": "nan"}, "factor"), ({"factor": 99}, "factor"), ({"calendar": "Nowhere"}, "calendar"),
     ({"kinds": [{"work_type": 999999}]}, "kinds.0.work_type"), ({"kinds": [{"work_type": 1, "reaction_limit": "soon"}]}, "kinds.0.reaction_limit"),
     ({"kinds": [{"work_type": 1, "colour": "red"}]}, "kinds.0.colour"), ({"colour": "red"}, "colour"), ({}, "kinds")],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_by_field(late: Desk, program: Any, body: dict[str, Any], field: str) -> None:
    answer = program("olga").post(ADDRESS, body)

    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
