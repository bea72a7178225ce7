"""What a foreign file names is found here, made, or told to be missing; what is too long to keep is known again all the same."""

from __future__ import annotations

from typing import Any

import pytest

from helpdesk.cases import running
from helpdesk.models import CaseImportState, ForeignCase, Service, SupportLine, Ticket, User, WorkType
from tests.cases.files import LOG_HEAD, LOG_MAP, bring, receive, table
from tests.people import Desk

HEAD = (*LOG_HEAD, "Line", "Service", "Kind")
COLUMNS = {**LOG_MAP["columns"], "line": "Line", "service": "Service", "work_type": "Kind"}
MAP: dict[str, Any] = {**LOG_MAP, "statuses": {"Insert": "new"}, "columns": COLUMNS}


def case(number: str, line: str = "", service: str = "", kind: str = "") -> bytes:
    return table(HEAD, [(number, "Insert", "28/03/2025 09:00", "", line, service, kind)])


def catalog() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Ticket, SupportLine, Service, WorkType, User))


def test_where_a_file_names_no_line_the_chosen_one_gets_its_cases(desk: Desk) -> None:
    bring(desk.roman, case("1", service="Mail", kind="Mailbox"), {**MAP, "defaults": {"line": "second line"}})

    assert Ticket.objects.get().line == desk.second


def _no_default(desk: Desk) -> dict[str, Any]:
    SupportLine.objects.update(is_default=False)
    return MAP


def _unknown_default(desk: Desk) -> dict[str, Any]:
    return {**MAP, "defaults": {"line": "Third"}}


@pytest.mark.parametrize(
    ("arrange", "sentence"),
    [
        (_no_default, "No support line is set as the default one."),
        (_unknown_default, "There is no line “Third”."),
    ],
)
def test_without_a_line_for_the_cases_nothing_comes_in(desk: Desk, arrange: Any, sentence: str) -> None:
    mapping = arrange(desk)
    imported = receive(desk.roman, case("1", line="Fourth"), mapping)
    before = catalog()[:-1]
    running.safely(imported, running.bring_in)

    imported.refresh_from_db()
    assert (imported.state, imported.trouble, catalog()[:-1]) == (CaseImportState.FAILED, sentence, before)


def test_a_kind_of_a_service_that_may_not_be_made_is_not_made(desk: Desk) -> None:
    imported = receive(desk.roman, case("1", service="Dance", kind="Waltz"), {**MAP, "missing": {"service": "match"}})
    before = catalog()
    found = running.preview(imported)
    assert (found.counts.get("cases", 0), found.counts["left_out"], catalog()) == (0, 1, before)

    done = running.bring_in(imported)
    text = "There is no kind of work “Waltz”."
    assert [remark.text for remark in found.remarks] == [remark.text for remark in done.remarks.all()] == [text]
    assert catalog()[:-1] == before[:-1]


def test_a_service_of_another_desk_takes_no_code_that_is_taken(desk: Desk) -> None:
    Service.objects.create(code="log-1", name="Somebody")
    Service.objects.create(code="LOG-1-2", name="Else")
    bring(desk.roman, case("1", service="Works", kind="Trees"), MAP)

    assert Service.objects.get(name="Works").code == "LOG-1-3"


def test_names_too_long_to_keep_are_found_by_the_next_file(desk: Desk) -> None:
    """A file that names a long line again must not stop at the line that the one before has made."""
    names = ("Queue " * 20, "Service " * 30, "Kind " * 50)
    before = catalog()
    for number in ("1", "2"):
        bring(desk.roman, case(number, *names), MAP)

    first, second = (found.ticket for found in ForeignCase.objects.order_by("foreign_id"))
    assert (first.line, first.work_type) == (second.line, second.work_type)
    assert catalog()[1:4] == tuple(count + 1 for count in before[1:4])
    assert (len(first.line.name), len(first.service.name), len(first.work_type.name)) == (100, 200, 200)


def test_people_with_names_too_long_to_keep_or_odd_blanks_are_found_by_the_next_file(desk: Desk) -> None:
    """Each file would make the same people anew."""
    names = ("Ann " + "of the long name " * 12, "Boris  Odd", "Boris Odd", "boris odd ")
    for turn in ("a", "b"):
        rows = [(f"{turn}{place}", "Insert", "28/03/2025 09:00", name) for place, name in enumerate(names)]
        done = bring(desk.roman, table(LOG_HEAD, rows), {**LOG_MAP, "statuses": {"Insert": "in_work"}})
        assert done.counts.get("person", 0) == (2 if turn == "a" else 0)

    made = User.objects.filter(username__startswith="log-", is_active=False).order_by("first_name")
    assert [person.first_name for person in made] == [names[0][:150].strip(), "Boris Odd"]
    worked = [found.ticket.assignee for found in ForeignCase.objects.order_by("pk").select_related("ticket__assignee")]
    assert worked == [made[0], made[1], made[1], made[1]] * 2
