"""Endpoints ask the database as often with many rows as with one, and no more than DESIGN.md allows."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from helpdesk.actions import conversation, report_schedules, tokens, webhooks
from helpdesk.models import ReportSchedule, Service, SupportLine, User, Webhook, WorkType
from helpdesk.notify import fan_out
from tests.people import Desk

SEARCH = "/tickets?q=mail&unread=true&page_size=200"
# The session and its person, his groups and lines included.
PATHS = {
    "/tickets?page_size=200&count=true": 7, SEARCH: 7, "/tickets/{n}": 6,
    "/tickets/{n}/messages": 9, "/tickets/{n}/files": 5, "/tickets/{n}/history": 13, "/tickets/{n}/clocks": 9, "/tickets/{n}/similar": 9,
    "/tickets/{n}/actions": 8, "/services": 5, "/work-types": 5, "/lines": 5, "/people": 5, "/events": 6, "/me": 5,
    "/me/inbox": 8, "/counters": 9, "/lifecycle": 4,
}  # fmt: skip


# A question for each row would be so many more.
MORE = 12
# A search that finds nothing yet asks neither for the people of its tickets nor for what is unread in them.
NOT_ASKED_YET = {SEARCH: 2}
# PostgreSQL is told first which requests have a rare word.
ASKED_BESIDES = {("postgresql", SEARCH): 1}


def browser(desk: Desk, login: str) -> Client:
    """Return a client whose session has begun."""
    client = desk.client(login)
    client.get("/api/v1/lifecycle")
    return client


def asked(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/api/v1{path}").status_code == 200
    return len([query for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))])


def grow(desk: Desk, ticket) -> None:
    for number in range(MORE):
        conversation.post(actor=desk.alla, ticket_id=ticket.pk, text=f"Message {number}", to=[desk.anna.pk])
        conversation.post(actor=desk.anna, ticket_id=ticket.pk, text=f"Answer {number}")
        desk.ticket(("in_work", "new", "waiting")[number % 3])
        service = Service.objects.create(code=f"S{number}", name=f"Service {number}")
        WorkType.objects.create(
            service=service,
            code="1",
            name=f"Kind {number}",
            line=desk.second,
            reaction_limit="1h",
            execution_limit="1h",
        )
        User.objects.create_user(f"person{number}", first_name="P", last_name=str(number))
        SupportLine.objects.create(name=f"Line {number}")
    fan_out()


def test_endpoints_ask_a_constant_number_of_times(desk: Desk) -> None:
    ticket = desk.ticket("waiting")
    conversation.post(actor=desk.alla, ticket_id=ticket.pk, text="Message", to=[desk.anna.pk])
    clients = {login: browser(desk, login) for login in ("anna", "alla")}
    pages = [(login, path) for login in clients for path in PATHS]
    few = {(login, path): asked(clients[login], path.format(n=ticket.pk)) for login, path in pages}
    grow(desk, ticket)
    many = {(login, path): asked(clients[login], path.format(n=ticket.pk)) for login, path in pages}

    grown = {page: (few[page], many[page]) for page in pages if many[page] > few[page] + NOT_ASKED_YET.get(page[1], 1)}
    assert grown == {}, "grows with the rows"
    most = {path: budget + ASKED_BESIDES.get((connection.vendor, path), 0) for path, budget in PATHS.items()}
    assert {page: (many[page], most[page[1]]) for page in pages if many[page] > most[page[1]]} == {}, "over the budget"


def test_what_only_administrators_and_owners_list_costs_the_same_with_many_rows(desk: Desk) -> None:
    webhook = Webhook.objects.create(
        name="Monitor", address="https://monitor.example.org", salt="0" * 32, owner=desk.roman
    )
    mailed = {"name": "Week", "recipients": [desk.lev.pk, desk.olga.pk], "line_id": desk.first.pk}
    report_schedules.change(actor=desk.roman, schedule=ReportSchedule(), values=dict(mailed))
    paths = ("/reports/by-mail", "/auth/tokens", "/webhooks", f"/webhooks/{webhook.pk}/deliveries")
    tokens.create(actor=desk.roman, name="First", scopes=["read"])
    webhooks.try_out(actor=desk.roman, webhook=webhook)
    roman = browser(desk, "roman")
    few = [asked(roman, path) for path in paths]
    for number in range(MORE):
        hook = Webhook.objects.create(
            name=f"Hook {number}", address="https://example.org", salt="0" * 32, owner=desk.people["roman"]
        )
        hook.lines.add(desk.first)
        webhooks.try_out(actor=desk.roman, webhook=webhook)
    for _number in range(MORE):
        report_schedules.change(actor=desk.roman, schedule=ReportSchedule(), values=dict(mailed))
    for number in range(MORE):
        tokens.create(actor=desk.roman, name=f"Token {number}", scopes=["read"])

    assert [asked(roman, path) for path in paths] == few
    assert max(few) <= 9
