"""The list of requests of a furnished desk: everybody finds his own rows and no others, counts hold, whatever the address says."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from django.urls import reverse

from admin_ext import ticket_pages
from helpdesk import access, full_piles, moment, queues
from helpdesk.lifecycle import Status
from helpdesk.models import Ticket
from helpdesk.queues import Chip, Scope, Way
from helpdesk.search import queries
from tests.panel_list.test_list import LIST, numbers, shown
from tests.people import NOON, Desk, as_new

PEOPLE = ("anna", "boris", "alla", "lev", "egor", "katya", "olga", "roman")


def chips(text: str) -> dict[str, int]:
    return {name: int(count) for name, count in re.findall(r'chip--(\w+)"[^>]*>[^<]*<b>(\d+)</b>', text)}


@pytest.fixture(scope="module")
def furnished(desk_of_module: Desk) -> Desk:
    """Give the desk a request in every status on the first line, one on the second, and one of Boris."""
    with moment.at(NOON):
        for status in Status.values:
            desk_of_module.ticket(status)
        desk_of_module.file("boris", desk_of_module.server, subject="Printer smokes")
        desk_of_module.file("boris", subject="Mail from Boris")
    return desk_of_module


@pytest.fixture
def busy(furnished: Desk, db: None, noon: datetime) -> Desk:
    return as_new(furnished)


@pytest.mark.parametrize(
    ("login", "query"),
    [("anna", {}), ("anna", {"q": "mail", "unread": "1"}), ("alla", {}), ("alla", {"assignee": "none"}), ("egor", {}),
     ("lev", {}), ("roman", {}), ("olga", {"q": "mail"})],
)  # fmt: skip
def test_each_pile_has_as_many_rows_as_its_chip_says(busy: Desk, login: str, query: dict[str, str]) -> None:
    """In every scope the numbers are those of the rows; and where the person starts, each chip opens as many as it says."""
    client = busy.client(login)
    for scope in queues.scopes_for(busy.people[login]):
        text = client.get(LIST, {**query, "scope": scope, "status": "any"}).content.decode()
        rows = Ticket.objects.filter(pk__in=numbers(text))
        assert chips(text) == {chip: queues.narrow(rows, Chip(chip)).count() for chip in chips(text)}, scope
    for chip in Chip:
        text = client.get(LIST, {**query, "status": chip}).content.decode()
        assert len(numbers(text)) == chips(text)[chip], chip


@pytest.mark.parametrize("login", PEOPLE)
def test_nobody_finds_a_request_that_access_hides(busy: Desk, login: str) -> None:
    allowed = set(access.visible_to(busy.people[login]).values_list("pk", flat=True))
    client, everything = busy.client(login), set()
    queries = [{"scope": scope} for scope in Scope]
    queries += [{"scope": Scope.ALL, **query} for query in ({"q": "mail"}, {"q": "printer"}, {"line": busy.second.pk})]
    for query in queries:
        found = numbers(client.get(LIST, {"status": "any", **query}).content.decode())
        assert found <= allowed, query
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
    assert busy.client("alla").get(LIST, query).status_code == 200


def test_where_there_are_many_the_most_urgent_come_in_the_same_order(busy: Desk) -> None:
    tickets = queues.narrow(queues.in_scope(busy.roman, Scope.ALL), Chip.OPEN)
    ordered = list(queues.by_urgency(tickets))
    due = sum(ticket.due_at is not None for ticket in ordered)

    assert 2 < due < len(ordered)
    for start, stop in ((0, 2), (1, due), (0, len(ordered)), (due, due + 1)):
        assert list(queues.most_urgent(tickets, start, stop)) == ordered[start:stop]


@pytest.mark.parametrize("query", [{}, {"page": "2"}, {"page": "3"}, {"page": "77"}, {"status": "done"}, {"status": "open"},
                                   {"sort": "oldest"}, {"sort": "updated"}, {"from": "2026-01-01"}, {"assignee": "me"},
                                   {"scope": "lines"}, {"scope": "mine"}, {"q": f"{NOON:%d.%m.%Y}"}, {"q": "mail zebra"}])  # fmt: skip
@pytest.mark.parametrize("login", ["olga", "alla", "anna"])
def test_a_search_that_finds_many_shows_its_rows_first_and_its_numbers_follow(
    busy: Desk, login: str, query: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows are those of a page that is counted, in the same order, and the numbers that follow are those of it."""
    for number in range(12):
        busy.ticket(Status.DONE if number % 2 else Status.NEW)
    client, asked = busy.client(login), {"q": "mail", "scope": "all", "status": "any", **query}
    monkeypatch.setattr(ticket_pages, "PAGE", 4)
    monkeypatch.setattr(queries, "_OWN", 0)

    def parts(text: str) -> tuple[dict[str, int], str]:
        pager = re.search(r'<nav class="pager"[^>]*>(.*?)</nav>', text, re.DOTALL)
        return chips(text), pager[1] if pager else ""

    counted = client.get(LIST, asked).content.decode()
    monkeypatch.setattr(queries, "MANY_FOUND", 1)
    first = client.get(LIST, asked).content.decode()
    follows = client.get(reverse("admin:ticket_numbers"), asked).content.decode()

    assert re.findall(r"ticket/(\d+)/change", first) == re.findall(r"ticket/(\d+)/change", counted)
    assert parts(follows) == parts(counted)
    assert parts(counted)[0]
    assert ('rel="next"' in first) == ('rel="next"' in counted)
    # What few have, and an address behind the last page, is counted at once.
    is_counted = query.get("page") == "77" or query.get("q") is not None
    assert parts(first)[0] == (parts(counted)[0] if is_counted else {})
    assert ("hx-get" in re.findall(r'<nav class="chips"[^>]*>', first)[0]) is not is_counted


def test_rows_of_a_search_that_finds_many_do_not_wait_for_its_numbers(
    busy: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MANY_FOUND", 1)
    client, counted = busy.client("olga"), []
    count = queues.chip_counts
    monkeypatch.setattr(queues, "chip_counts", lambda *asked: counted.append(asked) or count(*asked))

    for query in (
        {"q": "mail"},
        {"q": "mail", "status": "any"},
        {"q": "mail", "status": "done", "line": busy.first.pk},
    ):
        assert numbers(client.get(LIST, {"scope": "all", **query}).content.decode())
    assert counted == []
    assert chips(client.get(LIST, {"scope": "all", "q": "smokes"}).content.decode())
    assert len(counted) == 1


def test_both_ways_of_counting_agree(busy: Desk) -> None:
    for login in PEOPLE:
        for scope in Scope:
            tickets = queues.in_scope(busy.people[login], scope)
            assert [queues.chip_counts(tickets, way) for way in Way] == [queues.chip_counts(tickets)] * 3


def test_a_full_pile_is_believed_to_be_full_for_a_minute(busy: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the whole desk's pile that is full; those of a part of it, and any that has room, are counted each time."""
    monkeypatch.setattr(queues, "CAP", 3)
    monkeypatch.setattr(full_piles, "_counted", {})
    done = [busy.ticket(Status.DONE) for _number in range(3)]

    def counted(login: str, scope: Scope = Scope.ALL) -> int:
        return queues.chip_counts(queues.in_scope(busy.people[login], scope), Way.PILES)[Chip.DONE]

    assert (counted("olga"), counted("egor"), counted("boris", Scope.MINE)) == (3, 0, 0)
    Ticket.objects.filter(pk__in=[ticket.pk for ticket in done]).delete()
    assert (counted("olga"), counted("egor"), counted("boris", Scope.MINE)) == (3, 0, 0)
    with moment.at(NOON + full_piles.BELIEVED):
        assert counted("olga") == 1
        busy.ticket(Status.DONE)
        assert counted("olga") == 2
        busy.ticket(Status.DONE)
        assert counted("olga") == 3


def test_what_is_believed_of_piles_takes_little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(full_piles, "_MOST", 5)
    monkeypatch.setattr(full_piles, "_counted", {})
    for pile in range(12):
        full_piles.remember(pile)

    assert full_piles.is_full(11)
    assert len(full_piles._counted) <= 5


def test_lines_are_named_to_support_alone(busy: Desk) -> None:
    assert "Second line" not in busy.client("boris").get(LIST, {"status": "any"}).content.decode()
    assert "Second line" in busy.client("olga").get(LIST, {"status": "any", "scope": "all"}).content.decode()
