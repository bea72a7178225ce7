"""A sign-in that has ended leads to the sign-in page and back to where the person was; nothing is done meanwhile."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from tests.people import Desk, state

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/admin/helpdesk/ticket/?scope=mine"}


def comes_back_to(address: str) -> str:
    parts = urlsplit(address)
    assert parts.path == reverse("admin:login")
    return parse_qs(parts.query)["next"][0]


def test_a_page_is_come_back_to(db: None) -> None:
    answer = Client().get("/admin/profile/?a=1")

    assert comes_back_to(answer["Location"]) == "/admin/profile/?a=1"


def test_a_form_leads_back_to_its_page_and_does_nothing(desk: Desk) -> None:
    ticket = desk.ticket()
    before = state(ticket)
    page = f"/admin/helpdesk/ticket/{ticket.pk}/change/"
    address = reverse("admin:ticket_action", args=[ticket.pk, "take"])

    answer = Client().post(
        address, {"version": ticket.version}, headers={"Referer": f"http://testserver{page}?tab=card"}
    )

    assert comes_back_to(answer["Location"]) == f"{page}?tab=card"
    assert state(ticket) == before


@pytest.mark.parametrize("foreign", ["https://evil.example/admin/", "//evil.example/", "javascript:alert(1)", ""])
def test_nobody_is_led_to_a_foreign_page(db: None, foreign: str) -> None:
    answer = Client().post(reverse("admin:next_ticket"), headers={"Referer": foreign})

    assert comes_back_to(answer["Location"]) == reverse("admin:index")


def test_a_part_of_a_page_sends_the_whole_page_to_the_sign_in(db: None) -> None:
    answer = Client().get(reverse("admin:inbox"), headers=HTMX)

    assert comes_back_to(answer["HX-Redirect"]) == "/admin/helpdesk/ticket/?scope=mine"
    assert answer.content == b""


def test_what_a_page_asks_for_by_itself_carries_nobody_off(desk: Desk) -> None:
    ticket = desk.ticket()
    for answer in (
        Client().get(reverse("admin:counters"), headers=HTMX),
        Client().post(reverse("admin:presence", args=[ticket.pk]), headers=HTMX),
        Client().get(reverse("admin:ticket_messages", args=[ticket.pk]), headers=HTMX),
    ):
        assert "HX-Redirect" not in answer
        assert answer["HX-Trigger"] == "signed-out"


def test_a_switched_off_account_is_signed_out(desk: Desk) -> None:
    client = desk.client("anna")
    desk.anna.is_active = False
    desk.anna.save(update_fields=["is_active"])

    assert "HX-Redirect" in client.get(reverse("admin:inbox"), headers=HTMX)
