"""The page of a ticket: buttons with reasons, errors at their field with the typed text kept, nothing foreign, nothing hidden."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from helpdesk.actions import conversation
from helpdesk.models import Attachment, Message, Ticket
from tests.people import Desk, state


def page(ticket: Ticket, tab: str = "card") -> str:
    return f"{reverse('admin:helpdesk_ticket_change', args=[ticket.pk])}?tab={tab}"


def deed(ticket: Ticket, name: str) -> str:
    return reverse("admin:ticket_action", args=[ticket.pk, name])


@pytest.mark.parametrize("tab", ["card", "messages", "history", "nonsense"])
@pytest.mark.parametrize("login", ["anna", "alla", "artem", "lev", "olga", "roman"])
def test_everybody_concerned_opens_every_tab(desk: Desk, login: str, tab: str) -> None:
    ticket = desk.ticket("done")

    answer = desk.client(login).get(page(ticket, tab))

    assert answer.status_code == 200
    assert ticket.subject in answer.content.decode()


@pytest.mark.parametrize("login", ["boris", "egor", "katya"])
def test_a_foreign_ticket_is_not_there(desk: Desk, login: str) -> None:
    ticket = desk.ticket("in_work")
    before = state(ticket)
    client = desk.client(login)

    assert client.get(page(ticket)).status_code == 404
    assert client.post(deed(ticket, "submit"), {"comment": "x"}).status_code == 404
    assert client.post(reverse("admin:ticket_message", args=[ticket.pk]), {"text": "x"}).status_code == 404
    assert client.post(reverse("admin:presence", args=[ticket.pk])).status_code == 404
    assert client.get(reverse("admin:ticket_messages", args=[ticket.pk]), {"after": "0"}).status_code == 404
    assert client.get(reverse("admin:ticket_deadline", args=[ticket.pk])).status_code == 404
    assert state(ticket) == before


def test_a_colleague_sees_why_he_cannot(desk: Desk) -> None:
    text = desk.client("artem").get(page(desk.ticket("in_work"))).content.decode()

    assert "Only the assignee (Alla Fedorova) or the line lead can do this." in text
    assert 'aria-disabled="true"' in text


def test_an_action_works_and_leads_back(desk: Desk) -> None:
    ticket = desk.ticket()

    answer = desk.client("alla").post(deed(ticket, "take"), {"version": ticket.version}, follow=True)

    assert Ticket.objects.get(pk=ticket.pk).assignee == desk.alla
    assert f"#{ticket.pk}: Taken into work." in answer.content.decode()


def test_a_missing_reason_is_told_at_the_field(desk: Desk) -> None:
    ticket = desk.ticket("on_review")
    before = state(ticket)

    answer = desk.client("anna").post(deed(ticket, "accept"), {"rating": "2", "comment": "", "version": ticket.version})

    assert answer.status_code == 422
    assert "a low rating needs a comment" in answer.content.decode()
    assert state(ticket) == before


def test_a_forged_transition_is_refused(desk: Desk) -> None:
    ticket = desk.ticket()
    before = state(ticket)
    client = desk.client("anna")

    assert client.post(deed(ticket, "take")).status_code == 409
    assert client.post(deed(ticket, "correct"), {"status": "done", "comment": "x"}).status_code == 409
    assert client.post(deed(ticket, "accept_silently")).status_code == 404
    assert client.post(deed(ticket, "nonsense")).status_code == 404
    assert client.post(page(ticket), {"status": "done"}).status_code == 404
    assert state(ticket) == before


def test_a_stale_page_keeps_what_was_typed(desk: Desk) -> None:
    ticket = desk.ticket("in_work")
    seen = ticket.version
    desk.act("assign", "lev", ticket, person=desk.artem.pk)
    desk.act("assign", "lev", ticket, person=desk.alla.pk)
    before = state(ticket)

    answer = desk.client("alla").post(deed(ticket, "submit"), {"comment": "A long report.", "version": seen})

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "A long report." in text
    assert "Lev Morozov has changed this request" in text
    assert state(ticket) == before


def test_a_message_is_sent_in_place_and_escaped(desk: Desk) -> None:
    ticket = desk.ticket("in_work")
    address = reverse("admin:ticket_message", args=[ticket.pk])

    answer = desk.client("anna").post(
        address, {"text": "<script>alert(1)</script> see https://example.com"}, headers={"HX-Request": "true"}
    )

    text = answer.content.decode()
    assert answer.status_code == 200
    assert "<script>alert" not in text
    assert 'href="https://example.com"' in text
    assert "message-sent" in answer["HX-Trigger"]


@pytest.mark.parametrize("typed", ["", "x" * 100_000, "a\x07b"])
def test_a_refused_message_keeps_its_text(desk: Desk, typed: str) -> None:
    ticket = desk.ticket("in_work")
    before = state(ticket)

    answer = desk.client("anna").post(reverse("admin:ticket_message", args=[ticket.pk]), {"text": typed})

    assert answer.status_code == 422
    assert typed in answer.content.decode() or "\x07" in typed
    assert state(ticket) == before


def test_notes_are_nowhere_for_the_requester(desk: Desk) -> None:
    ticket = desk.ticket("in_work")
    conversation.post(
        actor=desk.alla,
        ticket_id=ticket.pk,
        text="Zanzibar",
        internal=True,
        files=[SimpleUploadedFile("zanzibar.txt", b"x")],
    )
    client = desk.client("anna")

    for address in (
        page(ticket), page(ticket, "messages"), page(ticket, "history"),
        reverse("admin:ticket_messages", args=[ticket.pk]) + "?after=0", reverse("admin:search") + "?q=zanzibar",
    ):  # fmt: skip
        assert "zanzibar" not in client.get(address).content.decode().lower().replace("q=zanzibar", "").replace(
            "search: zanzibar", ""
        ).replace('value="zanzibar"', "")
    file = Attachment.objects.get()
    assert client.get(reverse("admin:attachment", args=[file.pk])).status_code == 404
    assert desk.client("lev").get(reverse("admin:attachment", args=[file.pk])).status_code == 200


def test_a_requester_cannot_write_a_note(desk: Desk) -> None:
    ticket = desk.ticket("in_work")

    answer = desk.client("anna").post(reverse("admin:ticket_message", args=[ticket.pk]), {"text": "x", "internal": "1"})

    assert answer.status_code == 409
    assert Message.objects.filter(is_internal=True).count() == 0


def test_a_file_comes_as_a_download_that_cannot_run(desk: Desk) -> None:
    ticket = desk.file(files=[SimpleUploadedFile("отчёт.txt", b"text")])
    file = ticket.attachments.get()

    answer = desk.client("anna").get(reverse("admin:attachment", args=[file.pk]) + "?inline")

    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert desk.client("boris").get(reverse("admin:attachment", args=[file.pk])).status_code == 404


def test_reading_the_messages_empties_the_envelope(desk: Desk) -> None:
    ticket = desk.ticket("waiting")
    client = desk.client("anna")
    assert 'id="counter-unread" hidden' not in client.get("/admin/").content.decode()

    client.get(page(ticket, "messages"))

    assert 'id="counter-unread" hidden' in client.get("/admin/").content.decode()


def test_colleagues_on_the_page_are_shown_to_support_only(desk: Desk) -> None:
    ticket = desk.ticket("in_work")
    desk.client("artem").post(reverse("admin:presence", args=[ticket.pk]), {"writing": "1"})

    ask = reverse("admin:presence", args=[ticket.pk])
    assert "Artem Lebedev is writing here." in desk.client("alla").post(ask).content.decode()
    assert "Artem" not in desk.client("anna").post(ask).content.decode()


def test_an_own_message_is_edited_while_fresh(desk: Desk) -> None:
    ticket = desk.ticket("in_work")
    message = conversation.post(actor=desk.anna, ticket_id=ticket.pk, text="Helo")
    address = reverse("admin:message_edit", args=[message.pk])

    assert desk.client("alla").post(address, {"text": "Hacked"}).status_code == 409
    assert desk.client("boris").post(address, {"text": "Hacked"}).status_code == 404
    desk.client("anna").post(address, {"text": "Hello"})

    message.refresh_from_db()
    assert (message.text, message.history.count()) == ("Hello", 2)


def test_the_history_tells_transitions_messages_and_ratings(desk: Desk) -> None:
    ticket = desk.ticket("on_review")
    desk.act("return", "anna", ticket, comment="Not yet right.")
    desk.act("take", "alla", ticket)
    desk.act("submit", "alla", ticket, comment="Now it is.")
    desk.act("accept", "anna", ticket, rating="4", comment="Fine.")
    conversation.post(actor=desk.alla, ticket_id=ticket.pk, text="Goodbye")

    text = desk.client("anna").get(page(ticket, "history")).content.decode()

    for word in (
        "Registered",
        "Taken into work",
        "Returned for rework",
        "Not yet right.",
        "4 of 5",
        "Fine.",
        "Goodbye",
    ):
        assert word in text
