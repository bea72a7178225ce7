"""Whatever is sent, the answer is JSON in the one shape: never HTML, never a traceback."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.test import Client

from tests.people import Desk


def send(client: Client, body: bytes | str, content_type: str = "application/json", path: str = "/api/v1/tickets"):
    return client.post(path, body, content_type=content_type, headers={"Accept": "text/html"})


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        ("{", "application/json", 400, "malformed"),
        ("[1]", "application/json", 400, "malformed"),
        ('"text"', "application/json", 400, "malformed"),
        ("null", "application/json", 400, "malformed"),
        ('{"a": NaN}', "application/json", 400, "malformed"),
        ('{"work_type": 1e400}', "application/json", 400, "invalid"),
        ("[" * 100_000, "application/json", 400, "malformed"),
        ('{"a":' * 100_000, "application/json", 400, "malformed"),
        (b"\xff\xfe{}", "application/json", 400, "malformed"),
        ('{"text": "\\u0000"}', "application/json", 400, "malformed"),
        ("x" * 1_100_000, "application/json", 413, "too_large"),
        ("a=1", "text/plain", 415, "unsupported_media_type"),
        ("<a/>", "application/xml", 415, "unsupported_media_type"),
        ("a=1", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        ("nonsense", "multipart/form-data; boundary=x", 400, "invalid"),
        ("nonsense", "multipart/form-data", 400, "malformed"),
    ],
)
def test_an_unreadable_body_is_told_as_such(desk: Desk, body, content_type, status, code) -> None:
    client = desk.client("anna")
    client.raise_request_exception = False

    answer = send(client, body, content_type)

    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (status, "application/json"), answer.content
    assert answer.json()["code"] == code
    assert answer.json()["request_id"] == answer["X-Request-ID"]


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1", "/api/v1/", "/api/v1/tickets/", "/api/v2/tickets", "/api/v1/tickets/x"]
)
def test_an_unknown_address_is_told_in_json(desk: Desk, path: str) -> None:
    answer = Client(raise_request_exception=False).get(
        path, headers={"Accept": "text/html", "X-Request-ID": "mine-12345"}
    )

    assert (answer.status_code, answer.json()["code"], answer.json()["request_id"]) == (404, "not_found", "mine-12345")


@pytest.mark.parametrize("number", ["0", "9" * 18, "9" * 19, "9" * 60])
def test_a_number_no_ticket_can_have_is_not_found(desk: Desk, program, number: str) -> None:
    assert program("alla").get(f"/tickets/{number}").status_code == 404
    assert program("alla").post(f"/tickets/{number}/actions/take").status_code == 404
    assert program("alla").get(f"/people/{number}").status_code == 404


def test_a_fault_of_ours_is_told_without_its_inside(desk: Desk, monkeypatch) -> None:
    monkeypatch.setattr("helpdesk.api.v1.tickets.ticket_for", lambda *_args: 1 / 0)
    client = desk.client("anna")
    client.raise_request_exception = False

    answer = client.get("/api/v1/tickets/1")

    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert b"Zero" not in answer.content


def test_a_busy_database_asks_to_come_again(desk: Desk, program, monkeypatch) -> None:
    def busy(*_args: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("helpdesk.api.v1.tickets.ticket_for", busy)

    answer = program("anna").get("/tickets/1")

    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "busy", "2")


def test_a_browser_that_asks_for_pages_gets_json(desk: Desk) -> None:
    answer = desk.client("anna").get("/api/v1/tickets", headers={"Accept": "text/html"})

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
