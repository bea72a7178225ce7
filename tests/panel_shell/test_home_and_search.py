"""Home shows each role what it came for with numbers that agree with the lists; search shows the passage that answers."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from helpdesk import search
from helpdesk.actions import conversation
from helpdesk.models import Service, WorkType
from tests.people import Desk


def home(desk: Desk, login: str) -> str:
    return desk.client(login).get(reverse("admin:index")).content.decode()


def test_the_numbers_of_a_line_are_those_of_its_lists(desk: Desk) -> None:
    for status in ("new", "new", "in_work", "waiting", "rework", "done"):
        desk.ticket(status)
    client = desk.client("alla")
    page = home(desk, "alla")
    tile = page[page.index('class="card tile"') :]
    links = re.findall(r'href="([^"]*scope=lines&amp;line=\d+&amp;status=\w+)"><b>(\d+)</b>', tile)

    assert len(links) == 3
    for href, number in links:
        assert len(client.get(href.replace("&amp;", "&")).context["tickets"]) == int(number)


def test_what_waits_for_a_requester_comes_first_however_old(desk: Desk) -> None:
    asked = desk.ticket("waiting")
    for number in range(25):
        desk.file(subject=f"Later {number}")
    page = home(desk, "anna")

    assert "1 request waits for your answer." in page
    waiting = page[page.index("Waiting for you") : page.index("My open requests")]
    assert f"#{asked.pk} " in waiting


def test_what_a_person_asked_for_lately_stands_first(desk: Desk) -> None:
    first = Service.objects.create(code="AAA", name="A first name")
    WorkType.objects.create(service=first, code="AAA.1", name="Any", reaction_limit="30m", execution_limit="4h")
    desk.file()
    page = home(desk, "anna")
    stranger = home(desk, "boris")

    assert page.index(">Mail<") < page.index(">A first name<")
    assert stranger.index(">A first name<") < stranger.index(">Mail<")


def test_a_lead_sees_the_load_of_his_people_and_nobody_else_does(desk: Desk) -> None:
    desk.ticket("in_work")
    desk.ticket()

    load = home(desk, "lev").partition("Load per person")[2]
    assert "Alla Fedorova" in load
    assert "Nobody yet" in load
    assert "Load per person" not in home(desk, "alla")


def test_a_foreign_queue_is_on_nobodys_home(desk: Desk) -> None:
    ticket = desk.file(subject="Secret of the first line")

    assert ticket.subject in home(desk, "alla")
    assert ticket.subject not in home(desk, "egor")
    assert ticket.subject not in home(desk, "boris")


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("Принтеры не печатают", "принтер", ["Принтеры"]),
        ("The mail is late, mails are lost", "mail", ["mail", "mails"]),
        ("Outlook crashes", "out", ["Outlook"]),
        ("Ещё раз: счёт", "счет", ["счёт"]),
        ("Nothing of it", "printer", []),
        ("", "printer", []),
    ],
)
def test_an_excerpt_marks_the_words_that_answer(text: str, query: str, marked: list[str]) -> None:
    parts = search.excerpt(text, query)

    assert [part.text for part in parts if part.is_hit] == marked
    assert not parts or "".join(part.text for part in parts) == text


def test_an_excerpt_of_a_long_text_is_short_and_says_so() -> None:
    parts = search.excerpt("word " * 500 + "needle " + "word " * 500, "needle")
    text = "".join(part.text for part in parts)

    assert text.startswith("…")
    assert text.endswith("…")
    assert len(text) < 300
    assert "needle" in text


def test_search_shows_the_message_that_answers_but_no_note_to_the_requester(desk: Desk) -> None:
    ticket = desk.ticket("in_work")
    conversation.post(actor=desk.alla, ticket_id=ticket.pk, text="The certificate has <i>expired</i>.")
    conversation.post(actor=desk.alla, ticket_id=ticket.pk, text="Blame certificate of the vendor.", internal=True)
    own = desk.client("anna").get(reverse("admin:search"), {"q": "certificate"}).content.decode()
    support = desk.client("alla").get(reverse("admin:search"), {"q": "certificate"}).content.decode()

    assert "The <mark>certificate</mark> has &lt;i&gt;expired&lt;/i&gt;." in own
    assert "Blame" not in own
    assert "Blame" in support


@pytest.mark.parametrize(
    "query", ["", "   ", "%", '"', "'; drop", "№", "0", "9" * 12, "a" * 5000, "((", "* OR *", "\u202e"]
)
def test_no_query_breaks_the_search(desk: Desk, query: str) -> None:
    desk.ticket()

    assert desk.client("anna").get(reverse("admin:search"), {"q": query}).status_code == 200


def test_a_persons_requests_are_found_by_name_by_those_who_see_them(desk: Desk) -> None:
    ticket = desk.file("anna", subject="Something else")

    assert f"#{ticket.pk} ·" in desk.client("alla").get(reverse("admin:search"), {"q": "Smirnova"}).content.decode()
    assert f"#{ticket.pk} ·" not in desk.client("egor").get(reverse("admin:search"), {"q": "Smirnova"}).content.decode()


def test_a_foreign_number_is_not_told_to_exist(desk: Desk) -> None:
    ticket = desk.ticket()
    answer = desk.client("boris").get(reverse("admin:search"), {"q": f"#{ticket.pk}"})

    assert answer.status_code == 200
    assert ticket.subject not in answer.content.decode()


def test_search_may_show_the_most_relevant_first(desk: Desk) -> None:
    best = desk.file(subject="Printer", text="Stripes.")
    newest = desk.file(subject="Something else", text="Beside the printer.")

    def shown(**order: str) -> list[int]:
        text = desk.client("anna").get(reverse("admin:search"), {"q": "printer", **order}).content.decode()
        return sorted((best.pk, newest.pk), key=lambda number: text.index(f"#{number} ·"))

    assert shown() == [newest.pk, best.pk]
    assert shown(order="relevant") == [best.pk, newest.pk]
    assert shown(order="x; drop") == [newest.pk, best.pk]


def test_a_search_says_when_it_looked_at_the_newest_only(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for _number in range(3):
        desk.file(subject="Printer")
    alla = desk.client("alla")
    pages = ("/admin/search/?q=printer", "/admin/helpdesk/ticket/?scope=lines&q=printer")
    said = "only the newest 10,000 were looked through"

    for most, is_said in ((3, False), (2, True)):
        monkeypatch.setattr("helpdesk.search.queries.MOST_FOUND", most)
        for page in pages:
            text = alla.get(page, headers={"Accept-Language": "en"}).content.decode()
            assert (said in text) is is_said, page

    # Where more of the newest follow, older ones are not missed yet. PostgreSQL looks at all where they are few.
    monkeypatch.setattr("helpdesk.search.engines.FEW", 1)
    monkeypatch.setattr("admin_ext.ticket_pages.PAGE", 1)
    monkeypatch.setattr("admin_ext.views.search.SHOWN", 1)
    for page, more, is_said in (
        (pages[0], "", False),
        (pages[0], "&order=relevant", True),
        (pages[1], "", False),
        (pages[1], "&page=2", True),
    ):
        text = alla.get(page + more, headers={"Accept-Language": "en"}).content.decode()
        assert (said in text) is is_said, page + more

    assert said not in alla.get("/admin/search/?q=", headers={"Accept-Language": "en"}).content.decode()
