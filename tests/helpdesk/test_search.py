"""Tickets are found by words in any form, by number and by person, on both databases alike; no query breaks it."""

from __future__ import annotations

import pytest

from helpdesk import access, search
from helpdesk.actions import conversation
from helpdesk.lifecycle import Status
from helpdesk.models import SearchDoc
from helpdesk.search import queries
from tests.people import Desk


@pytest.mark.parametrize(
    "query",
    [
        "ёлка",
        "ЕЛКИ",
        "отправляется",
        "отправ",
        "письма не",
        "printer",
        "PRINTERS",
        "smirn",
        "Anna",
        "mailbox",
        "#{n}",
        "№ {n}",
        "{n}",
    ],
)
def test_a_request_is_found(desk: Desk, query: str) -> None:
    ticket = desk.file(subject="Ёлки: письмо не отправляется", text="The printers stand in room 7.")
    desk.file("boris", subject="Other", text="Nothing alike.")

    found = search.matching(access.visible_to(desk.anna), desk.anna, query.format(n=ticket.pk))

    assert [row.pk for row in found] == [ticket.pk]


@pytest.mark.parametrize(
    "query",
    ["", "   ", '"', "a OR b", "NEAR(", "*", "'; DROP TABLE x --", "public:x", "\x00", "🙂", "a" * 5000, "%", "col:*"],
)
def test_no_query_breaks_the_search(desk: Desk, query: str) -> None:
    desk.file(subject="Something")

    assert list(search.matching(access.visible_to(desk.anna), desk.anna, query)) == []


def test_index_and_rows_agree_after_every_action(desk: Desk) -> None:
    ticket = desk.ticket("done")
    conversation.post(actor=desk.alla, ticket_id=ticket.pk, text="Afterword")
    kept = list(SearchDoc.objects.order_by("pk").values())

    search.rebuild()

    assert list(SearchDoc.objects.order_by("pk").values()) == kept
    assert search.matching(access.visible_to(desk.anna), desk.anna, "afterwords").count() == 1


def test_of_a_word_that_stands_everywhere_the_newest_requests_are_found(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_FOUND", 2)
    numbers = [desk.file(subject="Printer").pk for _time in range(4)]

    found = search.matching(access.visible_to(desk.anna), desk.anna, "printer").values_list("pk", flat=True)

    assert sorted(found) == numbers[-2:]


def test_no_action_leaves_the_index_behind_the_rows(desk: Desk) -> None:
    for status in Status:
        ticket = desk.ticket(status)
        assert search.differences() == [], status
    ticket = desk.ticket("in_work")
    conversation.post(actor=desk.alla, ticket_id=ticket.pk, text="A note", internal=True)
    desk.act("transfer", "alla", ticket, line=desk.second.pk, comment="Over to you.")
    assert search.differences() == []

    SearchDoc.objects.filter(ticket=ticket).update(internal="")
    assert search.differences(newest=1) == [ticket.pk]
    assert search.rebuild() == len(Status) + 1
    assert search.differences() == []
