"""Who can see what and why: the page tells the rule that decided, for people of every sort, and the matrix of each part."""

from __future__ import annotations

from django.urls import reverse

from helpdesk import access
from helpdesk.access import Ground
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
        page = asked(desk, person=login, ticket=str(ticket.pk))
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


def test_the_matrix_follows_the_part(desk: Desk) -> None:
    assert "Accept and rate" in asked(desk, part="requester")
    assert "Accept and rate" not in asked(desk, part="lead")
    assert "Submit for review" in asked(desk, part="lead", person="")
    assert "Accept and rate" in asked(desk, part="system")
