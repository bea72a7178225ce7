"""One action for many requests: each is asked and answered for itself, and nothing is done before the confirmation."""

from __future__ import annotations

import pytest
from django.urls import reverse

from helpdesk.models import Membership, Ticket
from tests.people import Desk, state

LIST = "/admin/helpdesk/ticket/"


def confirm(name: str) -> str:
    return reverse("admin:bulk_action", args=[name])


def choice(*tickets: Ticket) -> list[str]:
    return [f"{ticket.pk}:{ticket.version}" for ticket in tickets]


def test_the_first_page_only_asks(desk: Desk) -> None:
    new, held, closed = desk.ticket(), desk.ticket("in_work"), desk.ticket("done")
    before = [state(ticket) for ticket in (new, held, closed)]
    text = (
        desk.client("artem")
        .post(LIST, {"action": "take", "_selected_action": [new.pk, held.pk, closed.pk, "9" * 30, "x"]})
        .content.decode()
    )

    assert f'name="ticket" value="{new.pk}:' in text
    assert [ticket.pk for ticket in (held, closed) if f'name="impossible" value="{ticket.pk}"' not in text] == []
    assert "Not possible while the status is" in text
    assert [state(ticket) for ticket in (new, held, closed)] == before


def test_a_foreign_request_is_neither_shown_nor_touched(desk: Desk) -> None:
    foreign = desk.file(kind=desk.server)
    before = state(foreign)
    client = desk.client("alla")

    asked = client.post(LIST, {"action": "take", "_selected_action": [foreign.pk]}).content.decode()
    told = client.post(confirm("take"), {"ticket": choice(foreign)}).content.decode()

    assert f"#{foreign.pk}" not in asked
    assert foreign.subject not in told
    assert "Done: 0 of 0." in told
    assert "1 request has left your view meanwhile." in told
    assert state(foreign) == before


def test_at_most_a_hundred(desk: Desk) -> None:
    answer = desk.client("alla").post(LIST, {"action": "take", "_selected_action": list(range(1, 102))}, follow=True)

    assert "At most 100 requests at once." in answer.content.decode()


def test_a_lead_assigns_people_of_every_line_he_leads(desk: Desk) -> None:
    Membership.objects.create(line=desk.second, person=desk.lev, role="lead")
    first, second = desk.ticket(), desk.file(kind=desk.server)
    client = desk.client("lev")

    asked = client.post(LIST, {"action": "assign", "_selected_action": [first.pk, second.pk]}).content.decode()
    assert "Egor Nikitin" in asked
    assert "Alla Fedorova" in asked
    told = client.post(confirm("assign"), {"ticket": choice(first, second), "person": desk.egor.pk}).content.decode()

    assert Ticket.objects.get(pk=second.pk).assignee == desk.egor
    assert Ticket.objects.get(pk=first.pk).assignee is None
    assert "Done: 1 of 2." in told
    assert "This person is not a member of the ticket&#x27;s line." in told


def test_a_request_that_cannot_take_the_input_does_not_stop_the_others(desk: Desk) -> None:
    his, free = desk.ticket("in_work"), desk.ticket()
    told = (
        desk.client("lev")
        .post(confirm("assign"), {"ticket": choice(his, free), "person": desk.alla.pk})
        .content.decode()
    )

    assert Ticket.objects.get(pk=free.pk).assignee == desk.alla
    assert "This person already has the request." in told
    assert "Done: 1 of 2." in told


@pytest.mark.parametrize("typed", ["", "   ", "x" * 6000, "bell\x07"])
def test_a_wrong_reason_comes_back_as_it_was_typed(desk: Desk, typed: str) -> None:
    ticket, other = desk.ticket(), desk.ticket("in_work")
    before = state(ticket)
    answer = desk.client("lev").post(
        confirm("cancel"), {"ticket": choice(ticket), "impossible": [other.pk, "x"], "comment": typed}
    )
    text = answer.content.decode()

    assert answer.status_code == 422
    assert typed.strip() in text
    assert f"#{other.pk}" in text
    assert state(ticket) == before


@pytest.mark.parametrize("name", ["accept", "return", "correct", "register", "nonsense"])
def test_what_is_not_for_many_has_no_page(desk: Desk, name: str) -> None:
    ticket = desk.ticket("on_review")
    before = state(ticket)

    assert desk.client("alla").post(confirm(name), {"ticket": choice(ticket)}).status_code == 404
    assert state(ticket) == before


@pytest.mark.parametrize("value", ["", "1", "1:", ":1", "x:1", "1:x", "9" * 30 + ":1", "1:" + "9" * 30, "٣:١"])
def test_a_forged_choice_does_nothing(desk: Desk, value: str) -> None:
    ticket = desk.ticket()
    before = state(ticket)

    assert desk.client("alla").post(confirm("take"), {"ticket": value}).status_code == 200
    assert state(ticket) == before


def test_the_stale_one_is_left_and_named(desk: Desk) -> None:
    ticket = desk.ticket()
    desk.act("take", "alla", ticket)
    before = state(ticket)
    text = (
        desk.client("lev").post(confirm("assign"), {"ticket": choice(ticket), "person": desk.artem.pk}).content.decode()
    )

    assert "Somebody has changed the request meanwhile." in text
    assert "Done: 0 of 1." in text
    assert state(ticket) == before
