"""Lists, bulk actions, filing a request, home: rows agree with counts, refusals change nothing, typed text stays."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from helpdesk.models import Ticket
from tests.people import NO_ROW, Desk, state

LIST = "/admin/helpdesk/ticket/"


def rows(text: str) -> int:
    return text.count('class="rows__subject"')


def test_the_list_is_narrowed(desk: Desk) -> None:
    desk.ticket()
    desk.ticket("in_work")
    client = desk.client("alla")
    wanted = {
        "q=mail": 2, "q=zebra": 0, "assignee=me": 1, "assignee=none": 1, f"line={'9' * 20}": 2,
        "from=2026-03-10&to=2026-03-10": 2, "from=2026-03-11": 0, "from=nonsense": 2, "page=99": 2, "sort=updated": 2,
        "unread=1": 0, "status=nonsense": 2,
    }  # fmt: skip

    assert {query: rows(client.get(f"{LIST}?{query}").content.decode()) for query in wanted} == wanted


def test_bulk_says_yes_or_no_then_does_it_for_each(desk: Desk) -> None:
    new, held = desk.ticket(), desk.ticket("in_work")
    client = desk.client("artem")

    asked = client.post(LIST, {"action": "take", "_selected_action": [new.pk, held.pk]}).content.decode()
    assert f'value="{new.pk}:{new.version}"' in asked
    assert f'value="{held.pk}:' not in asked
    before = state(held)
    told = client.post(
        reverse("admin:bulk_action", args=["take"]),
        {"ticket": [f"{new.pk}:{new.version}", f"{held.pk}:{held.version}"]},
    ).content.decode()

    assert Ticket.objects.get(pk=new.pk).assignee == desk.artem
    assert state(held) == before
    assert "Done: 1 of 2." in told


def test_bulk_asks_for_its_inputs_and_skips_what_has_changed(desk: Desk) -> None:
    one, two = desk.ticket(), desk.ticket()
    client = desk.client("lev")
    address = reverse("admin:bulk_action", args=["cancel"])
    chosen = {"ticket": [f"{one.pk}:{one.version}", f"{two.pk}:{two.version}"]}

    assert client.post(address, chosen).status_code == 422
    desk.act("take", "alla", two)
    text = client.post(address, {**chosen, "comment": "Duplicate."}).content.decode()

    assert [Ticket.objects.get(pk=ticket.pk).status for ticket in (one, two)] == ["cancelled", "in_work"]
    assert "Somebody has changed the request meanwhile." in text


def test_a_requester_has_no_bulk_actions(desk: Desk) -> None:
    ticket = desk.ticket()
    before = state(ticket)
    client = desk.client("anna")

    client.post(LIST, {"action": "cancel", "_selected_action": [ticket.pk]})
    assert client.post(reverse("admin:bulk_action", args=["cancel"]), {"ticket": [f"{ticket.pk}:1"]}).status_code == 403
    assert state(ticket) == before


def form(desk: Desk, **values: object) -> dict[str, object]:
    return {"work_type": desk.mailbox.pk, "subject": "No mail", "text": "Since nine.", "token": "abc", **values}


def test_a_request_is_filed_once_even_if_the_form_is_sent_twice(desk: Desk) -> None:
    client = desk.client("anna")
    address = reverse("admin:new_request_form", args=[desk.mail.pk])

    first = client.post(address, form(desk, files=[SimpleUploadedFile("a.txt", b"text")]))
    second = client.post(address, form(desk))

    ticket = Ticket.objects.get()
    assert first.url == second.url == reverse("admin:helpdesk_ticket_change", args=[ticket.pk])
    assert (ticket.requester, ticket.line, ticket.attachments.count()) == (desk.anna, desk.first, 1)


@pytest.mark.parametrize(
    "wrong",
    [{"subject": ""}, {"text": ""}, {"text": "x" * 100_000}, {"subject": "a\x07b"}, {"work_type": ""}, {"work_type": str(NO_ROW)},
     {"files": [SimpleUploadedFile("a.exe", b"MZ")]}],
)  # fmt: skip
def test_a_wrong_form_keeps_what_was_typed(desk: Desk, wrong: dict[str, object]) -> None:
    answer = desk.client("anna").post(reverse("admin:new_request_form", args=[desk.mail.pk]), form(desk, **wrong))

    assert answer.status_code == 422
    assert Ticket.objects.count() == 0
    typed = {"subject": "No mail", "text": "Since nine.", **wrong}
    assert str(typed["text"])[:50] in answer.content.decode()


def test_only_support_files_for_others(desk: Desk) -> None:
    address = reverse("admin:new_request_form", args=[desk.mail.pk])

    assert desk.client("anna").post(address, form(desk, requester=desk.boris.pk)).status_code == 422
    assert Ticket.objects.count() == 0
    desk.client("alla").post(address, form(desk, requester=desk.boris.pk))

    ticket = Ticket.objects.get()
    assert (ticket.requester, ticket.registered_by) == (desk.boris, desk.alla)
    assert desk.client("anna").get(reverse("admin:people_search"), {"person": "bo"}).status_code == 403
    assert "Boris" in desk.client("alla").get(reverse("admin:people_search"), {"person": "bor"}).content.decode()


def test_a_switched_off_service_cannot_be_asked_for(desk: Desk) -> None:
    desk.mail.is_active = False
    desk.mail.save()

    assert desk.client("anna").get(reverse("admin:new_request_form", args=[desk.mail.pk])).status_code == 404


def test_next_gives_the_most_urgent_and_says_when_there_is_none(desk: Desk) -> None:
    ticket = desk.ticket()
    client = desk.client("alla")

    client.post(reverse("admin:next_ticket"))
    again = client.post(reverse("admin:next_ticket"), follow=True)

    assert Ticket.objects.get(pk=ticket.pk).assignee == desk.alla
    assert "There is no new request on your lines." in again.content.decode()


@pytest.mark.parametrize(
    ("login", "words"),
    [
        ("anna", ["Anna!", "Waiting for you", "What can we help with?"]),
        ("alla", ["Alla!", "My work", "Due next on my lines"]),
        ("lev", ["Load per person", "Overdue"]),
        ("roman", ["Roman!"]),
    ],
)
def test_home_answers_what_the_person_wants(desk: Desk, login: str, words: list[str]) -> None:
    desk.ticket("waiting")
    text = desk.client(login).get("/admin/").content.decode()

    assert [word for word in words if word not in text] == []


def test_search_leads_to_a_number_and_lists_words(desk: Desk) -> None:
    ticket = desk.ticket()
    client = desk.client("anna")

    assert client.get(reverse("admin:search"), {"q": f"#{ticket.pk}"}).url.endswith(f"/{ticket.pk}/change/")
    assert f"#{ticket.pk} ·" in client.get(reverse("admin:search"), {"q": "mail"}).content.decode()
    assert f"#{ticket.pk} ·" not in desk.client("boris").get(reverse("admin:search"), {"q": "mail"}).content.decode()
