"""Walls between people: naming what is foreign, figures of one shown to another, readers who wait for a writer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from helpdesk.actions import registration
from tests.people import Desk, state

NOBODY = 999_999


def answer(desk: Desk, login: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
    found = desk.client(login).post(f"/api/v1{path}", json.dumps(body), content_type="application/json")
    return found.status_code, {name: told for name, told in found.json().items() if name != "request_id"}


@pytest.mark.parametrize(
    ("login", "path", "body"),
    [
        ("anna", "/tickets/{n}/messages", {"text": "Look", "to": ["{foreign}"]}),
        ("alla", "/tickets/{n}/messages", {"text": "Look", "to": ["{foreign}"]}),
        ("anna", "/tickets", {"work_type": "{kind}", "subject": "S", "text": "T", "requester": "{foreign}"}),
    ],
)
def test_05_naming_somebody_foreign_is_answered_like_naming_nobody(
    desk: Desk, login: str, path: str, body: dict[str, Any]
) -> None:
    ticket = desk.ticket("in_work")
    before = state(ticket)

    def named(person: int) -> tuple[int, Any]:
        values = {"n": ticket.pk, "kind": desk.mailbox.pk, "foreign": person}
        told = json.dumps(body)
        for name, value in values.items():
            told = told.replace(f'"{{{name}}}"', str(value))
        return answer(desk, login, path.format(n=ticket.pk), json.loads(told))

    foreign, missing = named(desk.boris.pk), named(NOBODY)

    assert foreign == missing
    assert foreign[0] in {400, 403}
    assert state(ticket) == before


def test_52_figures_are_those_of_who_asks_whoever_asked_before(desk: Desk) -> None:
    cache.clear()
    for subject in ("One", "Two"):
        desk.file(subject=subject)
    registration.register(actor=desk.anna, work_type=desk.server, subject="Three", text="…")

    def registered(login: str) -> int:
        blocks = desk.client(login).get("/api/v1/reports", {"month": "2026-03"}).json()["blocks"]
        return next(block for block in blocks if block["name"] == "figures")["rows"][0][1]

    def counters(login: str) -> Any:
        return desk.client(login).get("/api/v1/counters").json()

    assert [registered(login) for login in ("lev", "olga", "lev")] == [2, 3, 2]
    assert counters("alla") != counters("egor")
    assert counters("alla") == counters("alla")


def test_50_whoever_reads_opens_no_transaction(desk: Desk) -> None:
    """One around every request would make each reader wait for the writer: SQLite begins them with the lock."""
    ticket = desk.ticket("in_work")
    client = desk.client("alla")
    client.get("/admin/help/")
    addresses = [
        "/admin/", "/admin/helpdesk/ticket/", reverse("admin:helpdesk_ticket_change", args=[ticket.pk]), "/admin/counters/",
        "/admin/search/?q=mail", "/api/v1/tickets", f"/api/v1/tickets/{ticket.pk}", f"/api/v1/tickets/{ticket.pk}/messages",
    ]  # fmt: skip
    wrote = []
    for address in addresses:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        wrote += [(address, query["sql"]) for query in queries if not query["sql"].lstrip("( ").startswith("SELECT")]

    assert wrote == []
