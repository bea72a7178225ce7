"""Every button of the panel has its endpoint, and both refuse for the same reasons."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache

import pytest
from django.db import transaction
from jsonschema import Draft202012Validator

from helpdesk import access, moment
from helpdesk.actions.dispatch import PEOPLE_START
from helpdesk.lifecycle import ACTIONS, Status
from helpdesk.models import Ticket
from tests.people import NO_ROW, NOON, Desk, as_new, state

INPUTS = {
    "comment": "Because.", "rating": 5, "status": "cancelled",
}  # fmt: skip
PEOPLE = ("anna", "boris", "alla", "artem", "lev", "egor", "olga", "roman")


@pytest.fixture(scope="module")
def furnished(desk_of_module: Desk) -> Desk:
    """Give the desk a request of Anna in every status."""
    with moment.at(NOON):
        desk_of_module.__dict__["requests"] = {status: desk_of_module.ticket(status) for status in Status.values}
    return desk_of_module


@pytest.fixture
def desk(furnished: Desk, db: None, noon: datetime) -> Desk:
    return as_new(furnished)


@cache
def check_schema(written: str) -> None:
    Draft202012Validator.check_schema(json.loads(written))


def body_for(desk: Desk, name: str) -> dict[str, object]:
    values = {**INPUTS, "line": desk.second.pk, "person": desk.lev.pk, "work_type": desk.server.pk}
    return {item.name: values[item.name] for item in ACTIONS[name].inputs}


@pytest.mark.parametrize("status", Status.values)
def test_the_list_of_actions_is_what_the_panel_shows(desk: Desk, program, status: str) -> None:
    ticket = desk.requests[status]
    for login in PEOPLE:
        if not access.can_see(desk.people[login], ticket):
            assert program(login).get(f"/tickets/{ticket.pk}/actions").status_code == 404
            continue
        told = {row["name"]: row for row in program(login).get(f"/tickets/{ticket.pk}/actions").json()["results"]}
        assert set(told) == PEOPLE_START
        for button in access.buttons(desk.people[login], ticket):
            if button.action.name in PEOPLE_START:
                row = told[button.action.name]
                assert (row["allowed"], row["code"]) == (bool(button.decision), button.decision.code)
        for row in told.values():
            check_schema(json.dumps(row["input"]))


@pytest.mark.parametrize("status", Status.values)
def test_an_action_does_by_the_api_what_it_does_in_the_panel_or_is_refused_alike(
    desk: Desk, program, status: str
) -> None:
    """Ask the access rules and the API for every action; the code of the refusal is the same.

    Of people who are told the same one asks, for each action another.
    """
    ticket = desk.requests[status]
    before = state(ticket)
    programs = {login: program(login) for login in PEOPLE}
    seen = {login: access.can_see(desk.people[login], ticket) for login in PEOPLE}
    for turn, name in enumerate(sorted(PEOPLE_START)):
        verdicts = {login: access.may(desk.people[login], name, ticket) for login in PEOPLE}
        place = turn % len(PEOPLE)
        asking = {(seen[login], verdicts[login]): login for login in (*PEOPLE[place:], *PEOPLE[:place])}
        for login in asking.values():
            with transaction.atomic():
                answer = programs[login].post(f"/tickets/{ticket.pk}/actions/{name}", body_for(desk, name))
                if answer.status_code == 200:
                    assert Ticket.objects.get(pk=ticket.pk).last_action == name
                    # The next person finds the ticket as it was.
                    transaction.set_rollback(True)
            case = f"{name} {login}: {answer.content!r}"
            verdict = verdicts[login]
            if not seen[login]:
                assert answer.status_code == 404, case
            elif not verdict:
                told = answer.json()
                wanted = (409, verdict.code, str(verdict.reason))
                assert (answer.status_code, told["code"], told["detail"]) == wanted, case
                assert (told["status"], told["version"]) == (status, ticket.version)
            else:
                assert answer.status_code in (200, 400), case
            if answer.status_code != 200:
                assert state(ticket) == before, case


def test_a_refusal_tells_what_is_possible_instead(desk: Desk, program) -> None:
    ticket = desk.ticket("in_work")

    told = program("alla").post(f"/tickets/{ticket.pk}/actions/take").json()

    assert told["allowed_actions"] == ["assign", "ask", "submit", "transfer", "reclassify"]


@pytest.mark.parametrize(
    ("name", "body", "field"),
    [
        ("accept", {}, "rating"),
        ("accept", {"rating": 0}, "rating"),
        ("accept", {"rating": 6}, "rating"),
        ("accept", {"rating": 1}, "comment"),
        ("accept", {"rating": True}, "rating"),
        ("accept", {"rating": [5]}, "rating"),
        ("return", {}, "comment"),
        ("return", {"comment": ["x"]}, "comment"),
        ("return", {"comment": "x" * 5001}, "comment"),
        ("return", {"comment": "x", "status": "done"}, "status"),
    ],
)
def test_bad_input_of_an_action_is_told_by_field(desk: Desk, program, name, body, field) -> None:
    ticket = desk.ticket("on_review")
    before = state(ticket)

    answer = program("anna").post(f"/tickets/{ticket.pk}/actions/{name}", body)

    assert (answer.status_code, answer.json()["code"], list(answer.json()["fields"])) == (400, "invalid", [field])
    assert state(ticket) == before


@pytest.mark.parametrize("person", [NO_ROW, "abc", 10**30, -1, {"id": 1}])
def test_a_foreign_or_unreadable_person_is_told_by_field(desk: Desk, program, person) -> None:
    ticket = desk.ticket("new")
    answer = program("lev").post(f"/tickets/{ticket.pk}/actions/assign", {"person": person})

    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["person"])


@pytest.mark.parametrize("name", ["accept_silently", "register", "nonsense", "status"])
def test_what_people_cannot_start_does_not_exist(desk: Desk, program, name: str) -> None:
    assert program("roman").post(f"/tickets/{desk.ticket('on_review').pk}/actions/{name}").status_code == 404


def test_the_schema_of_an_input_names_what_to_choose_from(desk: Desk, program) -> None:
    ticket = desk.ticket("new")
    told = {
        row["name"]: row["input"]["properties"]
        for row in program("lev").get(f"/tickets/{ticket.pk}/actions").json()["results"]
    }

    assert [item["title"] for item in told["transfer"]["line"]["oneOf"]] == ["Second line"]
    assert {item["const"] for item in told["assign"]["person"]["oneOf"]} == {desk.alla.pk, desk.artem.pk, desk.lev.pk}


def test_handing_a_ticket_out_of_sight_still_tells_the_result(desk: Desk, program) -> None:
    ticket = desk.ticket("in_work")

    answer = program("alla").post(
        f"/tickets/{ticket.pk}/actions/transfer", {"line": desk.second.pk, "comment": "Not ours."}
    )

    assert (answer.status_code, answer.json()["status"], answer.json()["line"]) == (200, "new", None)
    assert program("alla").get(f"/tickets/{ticket.pk}").status_code == 404


def test_the_lifecycle_is_told_from_the_table(desk: Desk, program) -> None:
    told = program("anna").get("/lifecycle").json()

    assert [row["name"] for row in told["actions"]] == list(ACTIONS)
    assert [row["name"] for row in told["statuses"]] == Status.values
    russian = program("anna").get("/lifecycle", Accept_Language="ru").json()
    assert russian["statuses"][0] == {"name": "new", "label": "Новая", "closed": False}
