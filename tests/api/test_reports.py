"""Programs read the figures that the page Analytics shows, of the same tickets, and the list behind each."""

from __future__ import annotations

import pytest
from django.test import Client

from helpdesk.actions import tokens
from tests.people import Desk


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """Return the desk with five requests of the first line, two of them done, and one of the second."""
    for status in ("new", "in_work", "on_review", "done", "done"):
        desk.ticket(status)
    desk.file(kind=desk.server)
    return desk


def figures(answer) -> dict[str, float]:
    told = {block["name"]: block for block in answer.json()["blocks"]}
    return {row[0]: row[1] for row in told["figures"]["rows"]}


def test_a_lead_reads_the_figures_of_his_lines_and_an_analyst_those_of_all(busy: Desk, program) -> None:
    of_lead, of_analyst = (program(login).get("/reports?month=2026-03") for login in ("lev", "olga"))

    assert of_lead.json()["period"] == {"first": "2026-03-01", "last": "2026-03-31"}
    assert of_lead.json()["before"] == {"first": "2026-02-01", "last": "2026-02-10"}
    assert (figures(of_lead)["Registered"], figures(of_lead)["Done"]) == (5, 2)
    assert figures(of_analyst)["Registered"] == 6
    narrowed = program("olga").get(f"/reports?month=2026-03&line={busy.second.pk}")
    assert figures(narrowed)["Registered"] == 1


def test_a_figure_opens_exactly_the_tickets_it_counts(busy: Desk, program) -> None:
    listed = program("lev").get("/reports/figures/done?month=2026-03&count=true&fields=number,status").json()

    assert listed["count"] == 2
    assert {row["status"] for row in listed["results"]} == {"done"}
    assert program("lev").get("/reports/figures/nonsense").status_code == 404
    told = {block["name"]: block for block in program("lev").get("/reports?month=2026-03").json()["blocks"]}
    for row, kind in zip(told["limits"]["rows"], ("reaction", "execution"), strict=True):
        for count, outcome in zip(row[1:], ("met", "missed", "running", "none"), strict=True):
            behind = program("lev").get(f"/reports/figures/{kind}_{outcome}?month=2026-03&count=true").json()
            assert behind["count"] == count
    assert (
        program("olga").get(f"/reports/figures/registered?work_type={busy.server.pk}&count=true").json()["count"] == 1
    )
    # A line that is not his: no row of it, as in the panel.
    assert program("lev").get(f"/reports/figures/registered?line={busy.second.pk}&count=true").json()["count"] == 0


def test_the_tables_say_the_lists_beside_their_cells(busy: Desk, program) -> None:
    told = {block["name"]: block for block in program("lev").get("/reports?month=2026-03").json()["blocks"]}

    assert told["by_status"]["definition"] == "Requests registered in the period, by the status they had when it ended."
    for name in ("by_status", "by_line"):
        for row, lists in zip(told[name]["rows"], told[name]["lists"], strict=True):
            for value, address in list(zip(row, lists, strict=True))[1:5]:
                assert (address is None) == (value == 0)
                if address:
                    assert program("lev").get(f"/reports/figures/{address}&count=true").json()["count"] == value


def test_the_file_has_the_same_numbers(busy: Desk, program) -> None:
    answer = program("lev").get("/reports/file?month=2026-03")

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    assert "Registered,5,0" in answer.content.decode().replace(";", ",").replace('"', "")


@pytest.mark.parametrize(
    "wrong",
    ["assignee=nobody", "corrected=yes", "month=2026-13", "month=x", "quarter=2026-5", "year=0", "from=yesterday&to=2026-03-01", "line=abc", "line=-1", "priority=9",
     "line=99999999999999999999", "colour=red"],
)  # fmt: skip
def test_a_parameter_that_cannot_be_meant_is_refused(busy: Desk, program, wrong: str) -> None:
    answer = program("olga").get(f"/reports?{wrong}")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert list(answer.json()["fields"]) == [wrong.split("=", maxsplit=1)[0]]


def test_a_token_needs_the_scope_of_reports(busy: Desk) -> None:
    def call(*scopes: str):
        _token, text = tokens.create(actor=busy.olga, name="Figures", scopes=scopes)
        return Client().get("/api/v1/reports?priority=3", headers={"Authorization": f"Bearer {text}"})

    assert call("read", "write").json()["code"] == "scope_missing"
    assert call("reports").status_code == 200
