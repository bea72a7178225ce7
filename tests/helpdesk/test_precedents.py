"""Requests like another are found by what their subjects tell, bounded to what one may see, with what solved them."""

from __future__ import annotations

import pytest
from django.urls import reverse

from helpdesk import precedents
from helpdesk.actions import conversation
from helpdesk.search import likeness
from tests.people import Desk


def solved(desk: Desk, subject: str, solution: str, *, requester: str = "anna", text: str = "As always.") -> int:
    ticket = desk.file(requester, subject=subject, text=text)
    desk.act("take", "alla", ticket)
    desk.act("submit", "alla", ticket, comment=solution)
    return desk.act("accept", requester, ticket, rating="5").pk


def numbers(found: list[precedents.Precedent]) -> list[int]:
    return [one.ticket.pk for one in found]


@pytest.fixture
def papers(desk: Desk) -> dict[str, int]:
    return {
        "jam": solved(desk, "Принтер жуёт бумагу", "Заменили ролик."),
        "labels": solved(desk, "Принтер этикеток жуёт бумагу", "Почистили нож.", requester="boris"),
        "vpn": solved(desk, "VPN просит код", "Привязали телефон."),
        "disk": solved(desk, "Нет места на диске", "Расширили."),
    }


@pytest.mark.parametrize("newest", [300, 3])
def test_the_likest_come_first_whatever_the_way_to_them(
    desk: Desk, papers: dict[str, int], newest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # With three, the requests are looked for by words; else all that one sees are compared.
    monkeypatch.setattr(likeness, "_NEWEST", newest)
    ticket = desk.file(subject="Принтер опять жуёт бумагу", text="Третий этаж.")

    found = precedents.of_ticket(desk.alla, ticket)

    # Equally like: the later one first.
    assert numbers(found) == [papers["labels"], papers["jam"]]
    assert [one.solution for one in found] == ["Почистили нож.", "Заменили ролик."]


def test_a_short_name_in_latin_letters_tells_and_a_common_word_does_not(desk: Desk, papers: dict[str, int]) -> None:
    for name in ("Клавиатура", "Розетка", "Экран", "Мышь", "Дверь", "Лифт", "Кран", "Лампа", "Замок", "Сканер"):
        solved(desk, f"{name} не работает", "Заменили.")

    assert numbers(precedents.of_draft(desk.alla, "Не работает VPN")) == [papers["vpn"]]


@pytest.mark.parametrize("subject", ["", "  ", "не как для", '" OR *', "\x00", "a" * 3000, "(((", "Совсем другое дело"])
def test_what_tells_nothing_is_like_nothing(
    desk: Desk, papers: dict[str, int], subject: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(likeness, "_NEWEST", 2)

    assert precedents.of_draft(desk.alla, subject) == []


def test_a_requester_is_shown_his_own_alone(desk: Desk, papers: dict[str, int]) -> None:
    assert numbers(precedents.of_draft(desk.anna, "Принтер")) == [papers["jam"]]
    assert numbers(precedents.of_draft(desk.boris, "Принтер")) == [papers["labels"]]
    assert precedents.of_draft(desk.boris, "VPN просит код") == []
    assert precedents.of_draft(desk.ivan, "Принтер") == []


def test_a_draft_meets_open_requests_and_no_cancelled_ones(desk: Desk) -> None:
    waiting = desk.file(subject="Сломался кондиционер")
    cancelled = desk.file(subject="Сломался кондиционер")
    desk.act("cancel", "anna", cancelled, comment="Лишнее.")

    found = precedents.of_draft(desk.anna, "Кондиционер сломался")

    assert numbers(found) == [waiting.pk]
    assert found[0].solution == ""


def test_the_last_solution_is_told_and_no_note(desk: Desk) -> None:
    ticket = desk.file(subject="Монитор мигает")
    desk.act("take", "alla", ticket)
    desk.act("submit", "alla", ticket, comment="Сменили кабель.")
    desk.act("return", "anna", ticket, comment="Мигает.")
    conversation.post(actor=desk.alla, ticket_id=ticket.pk, text="Тайна", internal=True)
    desk.act("take", "alla", ticket)
    desk.act("submit", "alla", ticket, comment="Сменили монитор.")
    desk.act("accept", "anna", ticket, rating="5")

    assert [one.solution for one in precedents.of_draft(desk.alla, "Монитор мигает")] == ["Сменили монитор."]


def test_the_page_of_a_ticket_shows_them_to_support(desk: Desk, papers: dict[str, int]) -> None:
    ticket = desk.file(subject="Принтер жуёт бумагу", text="Снова.")
    card = reverse("admin:helpdesk_ticket_change", args=[ticket.pk])
    address = reverse("admin:ticket_similar", args=[ticket.pk])

    assert f'hx-get="{address}"' in desk.client("alla").get(card).content.decode()
    assert address not in desk.client("anna").get(card).content.decode()
    part = desk.client("alla").get(address, headers={"Hx-Request": "true"}).content.decode()
    assert f"#{papers['jam']} Принтер жуёт бумагу" in part
    assert "Заменили ролик." in part
    assert "<html" not in part


def test_the_form_shows_them_while_it_is_filled_in(desk: Desk, papers: dict[str, int]) -> None:
    address = reverse("admin:draft_similar")
    form = desk.client("anna").get(reverse("admin:new_request_form", args=[desk.mail.pk])).content.decode()

    text = desk.client("anna").post(address, {"subject": "Принтер жуёт бумагу", "text": ""}).content.decode()

    assert f'hx-post="{address}"' in form
    assert f"#{papers['jam']}" in text
    assert f"#{papers['labels']}" not in text
    assert desk.client("anna").post(address, {"subject": "привет"}).content.strip() == b""


def test_a_program_reads_the_same(desk: Desk, papers: dict[str, int]) -> None:
    ticket = desk.file(subject="Принтер жуёт бумагу", text="Ленту тоже.")

    of_ticket = desk.client("alla").get(f"/api/v1/tickets/{ticket.pk}/similar").json()["results"]
    of_draft = desk.client("anna").get("/api/v1/tickets/similar", {"subject": "Принтер жуёт бумагу"}).json()["results"]

    assert [(row["ticket"]["number"], row["solution"]) for row in of_ticket] == [
        (papers["labels"], "Почистили нож."), (papers["jam"], "Заменили ролик."),
    ]  # fmt: skip
    assert [row["ticket"]["number"] for row in of_draft] == [ticket.pk, papers["jam"]]
    assert of_draft[0]["ticket"]["line"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [({"subject": "a" * 201}, "subject"), ({"subject": "a", "text": "b" * 2001}, "text"), ({}, "subject")],
)
def test_a_draft_that_cannot_be_compared_is_told_at_its_field(desk: Desk, query: dict[str, str], field: str) -> None:
    answer = desk.client("anna").get("/api/v1/tickets/similar", query)

    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]
