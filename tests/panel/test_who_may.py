"""Who can see what and why: the page tells the rule that decided, for people of every sort, and the matrix of each part."""

from __future__ import annotations

import re

from django.urls import reverse

from helpdesk import access
from helpdesk.access import Ground
from helpdesk.lifecycle import ACTIONS, Status
from tests.people import LOGINS, Desk


def asked(desk: Desk, **given: str) -> str:
    return desk.client("roman").get(reverse("admin:who_may"), given).content.decode()


def test_the_rule_that_decided_is_told(desk: Desk) -> None:
    ticket = desk.ticket("in_work")
    expected = {
        "anna": {Ground.REQUESTER, Ground.REGISTERED}, "alla": {Ground.LINE, Ground.ASSIGNEE}, "lev": {Ground.LINE},
        "olga": {Ground.SEES_ALL}, "egor": set(), "ivan": set(),
    }  # fmt: skip
    for login, grounds in expected.items():
        page = asked(desk, person=login, ticket=str(ticket.pk)).split('id="matrix"')[0]
        assert access.grounds(desk.people[login], ticket) == grounds, login
        assert [str(ground.label).replace("'", "&#x27;") in page for ground in Ground] == [
            ground in grounds for ground in Ground
        ], login
    assert "The account is switched off." in asked(desk, person="ivan", ticket=str(ticket.pk))


def test_the_grounds_are_the_rule_for_rows(desk: Desk) -> None:
    tickets = [desk.ticket("in_work"), desk.file("boris", desk.server)]
    for login in LOGINS:
        person = desk.people[login]
        seen = set(access.visible_to(person).values_list("pk", flat=True))
        assert seen == {ticket.pk for ticket in tickets if access.grounds(person, ticket)}, login


def test_reasons_of_refusals_and_unknown_names_are_told(desk: Desk) -> None:
    ticket = desk.ticket("in_work")

    page = asked(desk, person="artem", ticket=str(ticket.pk))
    nobody = asked(desk, person="nobody", ticket="999999999999999999999")

    assert "Only the assignee (Alla Fedorova) or the line lead can do this." in page
    assert "Nobody has this login." in nobody
    assert "There is no request with this number." in nobody
    assert desk.client("lev").get(reverse("admin:who_may")).status_code == 403


def matrix(desk: Desk, role: str) -> dict[str, list[str]]:
    """Return the cells of each action as they are read: yes, as what, or nothing."""
    table = asked(desk, role=role).split('id="matrix"')[1]
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', table, re.DOTALL)
    return {
        name: [re.sub(r"<[^>]+>|\s", " ", cell).strip() for cell in re.findall(r"<td>(.*?)</td>", cells, re.DOTALL)]
        for name, cells in rows
    }


def test_the_matrix_of_a_role_says_what_people_of_that_role_may(desk: Desk) -> None:
    """Boris has no part in the request, Egor is of another line; whoever has a part is asked in every status."""
    whose = {"requester": "anna", "agent": "artem", "lead": "lev", "administrator": "roman"}
    tables = {role: matrix(desk, role) for role in whose}
    for number, status in enumerate(Status):
        ticket = desk.ticket(status)
        for role, login in whose.items():
            for action in ACTIONS.values():
                cells = tables[role].get(str(action.label))
                said = cells is not None and cells[number] == "Yes"
                verdict = access.may(desk.people[login], action.name, ticket)
                agrees = bool(verdict) == said or (said and verdict.code in ("taken", "window_closed"))
                assert agrees, (role, action.name, status, verdict)


def test_a_cell_says_when_it_takes_more_than_the_role(desk: Desk) -> None:
    agent, lead = matrix(desk, "agent"), matrix(desk, "lead")

    assert agent["Submit for review"][list(Status).index(Status.IN_WORK)].split() == ["as", "assignee"]
    assert lead["Submit for review"][list(Status).index(Status.IN_WORK)] == "Yes"
    assert "This role changes no requests." in asked(desk, role="analyst")
    assert "keep the catalog of services" in asked(desk, role="catalog")


def test_every_right_has_words() -> None:
    assert set(access.RIGHT_LABELS) == set(access.Right)


def test_a_person_alone_is_told_with_the_matrix_of_his_role(desk: Desk) -> None:
    page = asked(desk, person="lev")

    assert "First line (Lead)" in page
    assert re.search(r'aria-current="true">Line lead<', page)
    assert (
        f"?person={desk.lev.username}"
        in desk.client("roman").get(reverse("admin:helpdesk_user_change", args=[desk.lev.pk])).content.decode()
    )
