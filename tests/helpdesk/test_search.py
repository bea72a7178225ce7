"""Tickets are found by words in any form, by number and by person, on both databases alike; no query breaks it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from helpdesk import access, moment, search
from helpdesk.actions import conversation
from helpdesk.lifecycle import Status
from helpdesk.models import SearchDoc, User
from helpdesk.search import engines, queries
from tests.people import NOON, Desk


@pytest.fixture(params=[queries._OWN, 0], ids=["his own entries", "the index"])
def _asked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a requester's query be answered from his own entries, and by the engine."""
    monkeypatch.setattr(queries, "_OWN", request.param)


@pytest.mark.usefixtures("_asked")
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


@pytest.mark.usefixtures("_asked")
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


def test_of_a_word_that_stands_everywhere_support_finds_the_newest_and_a_requester_all_of_his(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_FOUND", 2)
    monkeypatch.setattr(engines, "FEW", 1)
    numbers = [desk.file(subject="Printer").pk for _time in range(4)]

    def found(person: User) -> list[int]:
        return sorted(search.matching(access.visible_to(person), person, "printer").values_list("pk", flat=True))

    assert found(desk.alla) == found(desk.olga) == numbers[-2:]
    assert found(desk.anna) == numbers
    assert found(desk.boris) == []
    assert [search.looks_at_newest_only(person, "printer") for person in (desk.alla, desk.anna)] == [True, False]
    # Who has filed too many is told that the newest were looked at.
    monkeypatch.setattr(queries, "_OWN", 3)
    assert found(desk.anna) == numbers[-2:]
    assert search.looks_at_newest_only(desk.anna, "printer")


@pytest.mark.parametrize("lately", [1, 4, 20_000])
@pytest.mark.parametrize("for_a_row", [1, 10])
@pytest.mark.parametrize("most_found", [4, 10_000])
def test_the_newest_are_those_of_the_whole_search(
    desk: Desk, lately: int, for_a_row: int, most_found: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However far is looked before everything is: on each side of notes, of lines, and for somebody who has filed much."""
    monkeypatch.setattr(engines, "LATELY", lately)
    monkeypatch.setattr(engines, "FEW", 0)
    monkeypatch.setattr(queries, "MOST_FOUND", most_found)
    monkeypatch.setattr(queries, "_FOR_A_ROW", for_a_row)
    monkeypatch.setattr(queries, "_OWN", 0)
    for number in range(9):
        ticket = desk.file(
            "anna" if number % 3 else "egor", desk.server if number % 2 else desk.mailbox, subject="Printer"
        )
        conversation.post(
            actor=desk.egor if number % 2 else desk.alla, ticket_id=ticket.pk, text="toner", internal=True
        )
    desk.file("boris", subject="Laptop")

    for login in ("anna", "boris", "alla", "egor", "lev", "olga"):
        person, tickets = desk.people[login], access.visible_to(desk.people[login])
        for query in ("printer", "toner", "print", "laptop", "smirnova", f"{NOON:%d.%m.%Y}", "12", ""):
            whole = list(search.matching(tickets, person, query).order_by("-pk").values_list("pk", flat=True))
            for start, stop in ((0, 2), (2, 4), (4, 5), (0, 50), (50, 60)):
                assert search.newest_matching(tickets, person, query, start, stop) == whole[start:stop], (login, query)


@pytest.mark.parametrize(("login", "query", "is_many"), [("olga", "printer", True), ("olga", "laptop", False), ("olga", "", False),
                                                         ("alla", "printer", True), ("anna", "printer", False)])  # fmt: skip
def test_what_more_than_a_thousand_have_is_many(
    desk: Desk, login: str, query: str, is_many: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MANY_FOUND", 2)
    for _time in range(3):
        desk.file(subject="Printer")
    desk.file(subject="Laptop")

    assert search.finds_many(desk.people[login], query) is is_many


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


@pytest.mark.usefixtures("_asked")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("10.03.2026", ["today", "told"]), ("2026-03-10", ["today", "told"]), ("10.3.2026 printer", ["today"]),
        ("laptop 10.03.2026", []), ("09.03.2026", ["yesterday"]), ("31.02.2026", []), ("10.03.20267", []), ("1.10.03.2026", []),
    ],
)  # fmt: skip
def test_a_day_finds_what_was_registered_on_it_by_the_readers_clock(desk: Desk, query: str, found: list[str]) -> None:
    # 23:30 and 00:30 in Moscow
    with moment.at(datetime(2026, 3, 9, 20, 30, tzinfo=UTC)):
        desk.file(subject="yesterday", text="Printer")
    with moment.at(datetime(2026, 3, 9, 21, 30, tzinfo=UTC)):
        desk.file(subject="today", text="Printer")
    with moment.at(datetime(2026, 3, 12, 7, 0, tzinfo=UTC)):
        desk.file(subject="told", text="Since 10.03.2026 nothing goes out. 2026-03-10!")

    tickets = search.matching(access.visible_to(desk.anna), desk.anna, query).order_by("pk")

    assert [ticket.subject for ticket in tickets] == found


def test_the_most_relevant_have_the_words_in_their_subjects(desk: Desk) -> None:
    numbers = [
        desk.file(subject=subject, text="The printer prints nothing but stripes.").pk
        for subject in ("Printer", "Stripes from the printer on the third floor", "Printers: stripes", "Other")
    ]
    tickets = search.matching(access.visible_to(desk.anna), desk.anna, "printer stripe")

    found = search.most_relevant(tickets, "printer stripe", most=3)

    assert found == [numbers[2], numbers[1], numbers[0]]


@pytest.mark.usefixtures("_asked")
def test_a_requester_finds_no_words_of_notes(desk: Desk) -> None:
    ticket = desk.ticket("in_work")
    conversation.post(actor=desk.alla, ticket_id=ticket.pk, text="The toner is a forgery", internal=True)

    def found(person: User, query: str) -> int:
        return search.matching(access.visible_to(person), person, query).count()

    assert [found(person, "forgery") for person in (desk.anna, desk.alla, desk.olga)] == [0, 1, 1]
    assert [found(person, "forg") for person in (desk.anna, desk.alla, desk.olga)] == [0, 1, 1]


@pytest.mark.usefixtures("_asked")
def test_one_letter_is_no_beginning(desk: Desk) -> None:
    desk.file(subject="Printer")

    assert [search.matching(access.visible_to(desk.anna), desk.anna, text).count() for text in ("p", "pr")] == [0, 1]
