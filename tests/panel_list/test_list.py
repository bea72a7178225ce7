"""The list of requests: everybody finds his own rows and no others, counts hold, whatever the address says."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from helpdesk import access, queues
from helpdesk.lifecycle import ACTIONS, Status
from helpdesk.models import Ticket
from helpdesk.queues import Chip, Scope, Way
from tests.people import Desk, state

LIST = "/admin/helpdesk/ticket/"
PEOPLE = ("anna", "boris", "alla", "lev", "egor", "katya", "olga", "roman")


def numbers(text: str) -> set[int]:
    """Return the requests whose pages the list leads to."""
    return {int(found) for found in re.findall(r'href="/admin/helpdesk/ticket/(\d+)/change/"', text)}


def shown(desk: Desk, login: str, **query: object) -> set[int]:
    return numbers(desk.client(login).get(LIST, query).content.decode())


def chips(text: str) -> dict[str, int]:
    return {name: int(count) for name, count in re.findall(r'chip--(\w+)"[^>]*>[^<]*<b>(\d+)</b>', text)}


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """Give the desk a request in every status on the first line, one on the second, and one of Boris."""
    for status in Status.values:
        desk.ticket(status)
    desk.file("boris", desk.server, subject="Printer smokes")
    desk.file("boris", subject="Mail from Boris")
    return desk


@pytest.mark.parametrize(
    ("login", "query"),
    [("anna", {}), ("anna", {"q": "mail", "unread": "1"}), ("alla", {}), ("alla", {"assignee": "none"}), ("egor", {}),
     ("olga", {"q": "mail"})],
)  # fmt: skip
def test_each_pile_has_as_many_rows_as_its_chip_says(busy: Desk, login: str, query: dict[str, str]) -> None:
    client = busy.client(login)
    for scope in queues.scopes_for(busy.people[login]):
        text = client.get(LIST, {**query, "scope": scope, "status": "any"}).content.decode()
        for chip, count in chips(text).items():
            rows = numbers(client.get(LIST, {**query, "scope": scope, "status": chip}).content.decode())
            assert len(rows) == count, (scope, chip)


@pytest.mark.parametrize("login", PEOPLE)
def test_nobody_finds_a_request_that_access_hides(busy: Desk, login: str) -> None:
    allowed = set(access.visible_to(busy.people[login]).values_list("pk", flat=True))
    client, everything = busy.client(login), set()
    for scope in Scope:
        for query in ({}, {"q": "mail"}, {"q": "printer"}, {"line": busy.second.pk}):
            found = numbers(client.get(LIST, {"scope": scope, "status": "any", **query}).content.decode())
            assert found <= allowed
            everything |= found
    assert everything == allowed


def test_filters_meet(busy: Desk) -> None:
    mine = set(Ticket.objects.filter(assignee=busy.alla).values_list("pk", flat=True))

    assert shown(busy, "alla", status="any", assignee="me") == mine
    assert shown(busy, "alla", status="any", assignee=busy.alla.pk) == mine
    assert shown(busy, "alla", status="any", assignee="me", q="boris") == set()
    assert len(shown(busy, "olga", scope="all", status="any", kind=busy.server.pk)) == 1
    assert len(shown(busy, "olga", scope="all", status="any", service=busy.mail.pk, kind=busy.server.pk)) == 1
    assert len(shown(busy, "olga", scope="all", status="any", line=busy.second.pk)) == 1


def test_what_narrows_the_list_is_named_and_can_be_taken_away(busy: Desk) -> None:
    query = {"scope": "all", "status": "any", "q": "mail", "assignee": "me", "line": busy.first.pk, "page": "2"}
    text = busy.client("alla").get(LIST, query).content.decode()
    links = re.findall(r'class="plain pill" href="([^"]+)"', text)

    assert [
        word for word in ("mail", "Me", "First line") if f'<span class="pill__value">{word}</span>' not in text
    ] == []
    assert sorted(links) == sorted(
        [
            f"?scope=all&amp;status=any&amp;assignee=me&amp;line={busy.first.pk}",
            f"?scope=all&amp;status=any&amp;q=mail&amp;line={busy.first.pk}",
            "?scope=all&amp;status=any&amp;q=mail&amp;assignee=me",
        ]
    )


@pytest.mark.parametrize(
    "query",
    [{"to": "9999-12-31"}, {"from": "0001-01-01"}, {"from": "2026-02-30"}, {"page": "-1"}, {"page": "1e9"}, {"page": "9" * 30},
     {"assignee": "9" * 15}, {"assignee": "me'"}, {"service": "٣"}, {"line": "-1"}, {"scope": "lines; drop"}, {"sort": "version"},
     {"status": "<b>"}],
)  # fmt: skip
def test_an_address_without_sense_shows_the_list(busy: Desk, query: dict[str, str]) -> None:
    for login in ("anna", "alla"):
        assert busy.client(login).get(LIST, query).status_code == 200


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


def test_where_there_are_many_the_most_urgent_come_in_the_same_order(busy: Desk) -> None:
    tickets = queues.narrow(queues.in_scope(busy.roman, Scope.ALL), Chip.OPEN)
    ordered = list(queues.by_urgency(tickets))
    due = sum(ticket.due_at is not None for ticket in ordered)

    assert 2 < due < len(ordered)
    for start, stop in ((0, 2), (1, due), (0, len(ordered)), (due, due + 1)):
        assert list(queues.most_urgent(tickets, start, stop)) == ordered[start:stop]


def test_a_pile_is_counted_up_to_the_cap(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for _number in range(4):
        desk.ticket()
    monkeypatch.setattr(queues, "CAP", 3)
    tickets = queues.in_scope(desk.roman, Scope.ALL)
    text = desk.client("roman").get(LIST, {"status": "new", "scope": "all"}).content.decode()

    assert [queues.chip_counts(tickets, way) for way in Way] == [queues.chip_counts(tickets)] * 3
    assert queues.chip_counts(tickets)[Chip.NEW] == 3
    assert "<b>3+</b>" in text


def test_both_ways_of_counting_agree(busy: Desk) -> None:
    for login in PEOPLE:
        for scope in Scope:
            tickets = queues.in_scope(busy.people[login], scope)
            assert [queues.chip_counts(tickets, way) for way in Way] == [queues.chip_counts(tickets)] * 3


def test_an_empty_list_has_a_way_out(desk: Desk) -> None:
    mine = desk.client("anna").get(LIST).content.decode()
    searched = desk.client("anna").get(LIST, {"q": "zebra"}).content.decode()

    assert f'href="{reverse("admin:new_request")}"' in mine
    assert "Clear search and filters" in searched


def test_lines_are_named_to_support_alone(busy: Desk) -> None:
    assert "Second line" not in busy.client("boris").get(LIST, {"status": "any"}).content.decode()
    assert "Second line" in busy.client("olga").get(LIST, {"status": "any", "scope": "all"}).content.decode()


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
