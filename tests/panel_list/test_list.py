"""The list of requests: everybody finds his own rows and no others, counts hold, whatever the address says."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from helpdesk import full_piles, queues
from helpdesk.lifecycle import ACTIONS
from helpdesk.queues import Chip, Scope, Way
from tests.people import Desk, state

LIST = "/admin/helpdesk/ticket/"


def numbers(text: str) -> set[int]:
    """Return the requests whose pages the list leads to."""
    return {int(found) for found in re.findall(r'href="/admin/helpdesk/ticket/(\d+)/change/"', text)}


def shown(desk: Desk, login: str, **query: object) -> set[int]:
    return numbers(desk.client(login).get(LIST, query).content.decode())


def chips(text: str) -> dict[str, int]:
    return {name: int(count) for name, count in re.findall(r'chip--(\w+)"[^>]*>[^<]*<b>(\d+)</b>', text)}


def test_what_people_type_is_never_markup(desk: Desk) -> None:
    desk.file(subject="<script>alert(1)</script> & co")
    text = desk.client("alla").get(LIST, {"q": '"><img src=x>'}).content.decode()
    listed = desk.client("alla").get(LIST).content.decode()

    assert "<img src=x" not in text
    assert "<script>alert" not in listed
    assert "&lt;script&gt;" in listed


def test_open_requests_come_by_deadline_and_closed_ones_newest_first(desk: Desk) -> None:
    far, near = desk.file(kind=desk.server, requester="boris"), desk.file("boris")
    for number in range(2):
        desk.act("cancel", "anna", desk.file(subject=f"Old {number}"), comment="Not needed.")

    def order(**query: str) -> list[int]:
        text = desk.client("roman").get(LIST, {"scope": "all", **query}).content.decode()
        return [int(found) for found in re.findall(r'href="/admin/helpdesk/ticket/(\d+)/change/"', text)]

    assert order(status="open") == [near.pk, far.pk]
    assert order(status="open", sort="oldest") == [far.pk, near.pk]
    cancelled = order(status="cancelled")
    assert cancelled == sorted(cancelled, reverse=True)
    # The order of the pile is not written into the address, so that the next pile starts from its own.
    assert (
        '<option value="" selected>Newest first' in desk.client("anna").get(LIST, {"status": "done"}).content.decode()
    )


def test_pages_divide_the_rows_between_them(desk: Desk) -> None:
    made = {desk.file(subject=f"Number {number}").pk for number in range(27)}
    first, second = shown(desk, "anna"), shown(desk, "anna", page="2")

    assert (len(first), len(second)) == (25, 2)
    assert first | second == made
    assert shown(desk, "anna", page="77") == second


def test_a_pile_is_counted_up_to_the_cap(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for _number in range(4):
        desk.ticket()
    monkeypatch.setattr(queues, "CAP", 3)
    monkeypatch.setattr(full_piles, "_counted", {})
    tickets = queues.in_scope(desk.roman, Scope.ALL)
    text = desk.client("roman").get(LIST, {"status": "new", "scope": "all"}).content.decode()

    assert [queues.chip_counts(tickets, way) for way in Way] == [queues.chip_counts(tickets)] * 3
    assert queues.chip_counts(tickets)[Chip.NEW] == 3
    assert "<b>3+</b>" in text


def test_an_empty_list_has_a_way_out(desk: Desk) -> None:
    mine = desk.client("anna").get(LIST).content.decode()
    searched = desk.client("anna").get(LIST, {"q": "zebra"}).content.decode()

    assert f'href="{reverse("admin:new_request")}"' in mine
    assert "Clear search and filters" in searched


def test_the_menu_of_actions_is_the_table_of_the_lifecycle(desk: Desk) -> None:
    desk.ticket()
    text = desk.client("alla").get(LIST).content.decode()
    offered = re.findall(r'name="action" value="(\w+)"', text)

    assert offered == [name for name, action in ACTIONS.items() if action.bulk]
    for login in ("anna", "olga", "roman"):
        assert 'name="action"' not in desk.client(login).get(LIST, {"scope": "all"}).content.decode()


@pytest.mark.parametrize("data", [{}, {"action": "take"}, {"action": "nonsense", "_selected_action": "1"},
                                  {"action": "accept", "_selected_action": "1"}])  # fmt: skip
def test_a_choice_without_action_or_rows_changes_nothing(desk: Desk, data: dict[str, str]) -> None:
    ticket = desk.ticket()
    before = state(ticket)
    answer = desk.client("alla").post(LIST, data, follow=True)

    assert "Choose requests and an action." in answer.content.decode()
    assert state(ticket) == before
