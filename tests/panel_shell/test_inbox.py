"""The envelope: what is addressed to a person and unread, opened at the message, read all at once."""

from __future__ import annotations

from django.urls import reverse

from helpdesk.actions import conversation
from helpdesk.models import MessageRecipient, Ticket
from tests.people import Desk

HTMX = {"HX-Request": "true"}


def ask(desk: Desk, ticket: Ticket, text: str, to: str = "anna") -> int:
    return conversation.post(actor=desk.alla, ticket_id=ticket.pk, text=text, to=[desk.people[to].pk]).pk


def unread(desk: Desk, login: str) -> int:
    return MessageRecipient.objects.filter(person=desk.people[login], read_at=None).count()


def test_the_panel_lists_who_wrote_what_about_which_request(desk: Desk) -> None:
    ticket = desk.ticket("in_work")
    ask(desk, ticket, "Which <b>version</b>?")
    part = desk.client("anna").get(reverse("admin:inbox"), headers=HTMX).content.decode()

    assert "<html" not in part
    for words in ("Alla Fedorova", f"#{ticket.pk} {ticket.subject}", "Which &lt;b&gt;version&lt;/b&gt;?"):
        assert words in part
    assert "Which" not in desk.client("boris").get(reverse("admin:inbox"), headers=HTMX).content.decode()


def test_picking_a_message_opens_the_request_at_it_and_marks_it_read(desk: Desk) -> None:
    ticket = desk.ticket("in_work")
    message = ask(desk, ticket, "Which version?")
    answer = desk.client("anna").post(reverse("admin:inbox_open", args=[ticket.pk]), {"message": message})

    assert answer["Location"].endswith(f"/{ticket.pk}/change/?tab=messages#message-{message}")
    assert unread(desk, "anna") == 0


def test_looking_at_the_list_reads_nothing(desk: Desk) -> None:
    ask(desk, desk.ticket("in_work"), "Which version?")
    desk.client("anna").get(reverse("admin:inbox"))

    assert unread(desk, "anna") == 1


def test_nobody_reads_for_another(desk: Desk) -> None:
    ticket = desk.ticket("in_work")
    message = ask(desk, ticket, "Which version?")

    assert (
        desk.client("boris").post(reverse("admin:inbox_open", args=[ticket.pk]), {"message": message}).status_code
        == 404
    )
    desk.client("boris").post(reverse("admin:inbox_read_all"))
    assert unread(desk, "anna") == 1


def test_a_message_number_that_is_none_only_opens_the_request(desk: Desk) -> None:
    ticket = desk.ticket("in_work")
    for number in ("x", "-1", "9" * 40, "²"):
        answer = desk.client("anna").post(reverse("admin:inbox_open", args=[ticket.pk]), {"message": number})
        assert answer["Location"].endswith(f"/{ticket.pk}/change/")


def test_all_is_read_at_once_and_the_counters_hear_of_it(desk: Desk) -> None:
    ticket = desk.ticket("in_work")
    ask(desk, ticket, "Which version?")
    ask(desk, ticket, "And which system?")
    client = desk.client("anna")
    answer = client.post(reverse("admin:inbox_read_all"), headers=HTMX)

    assert answer["HX-Trigger"] == "counters"
    assert "Nothing unread" in answer.content.decode()
    assert unread(desk, "anna") == 0
    assert 'id="counter-unread" hx-swap-oob="true" hidden' in client.get(reverse("admin:counters")).content.decode()
