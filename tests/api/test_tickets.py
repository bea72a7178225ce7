"""Programs list, read, register and take tickets by the rights of their person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework import serializers

from helpdesk import moment
from helpdesk.api import pagination
from helpdesk.api.shapes.tickets import TicketRow, TicketShape
from helpdesk.models import Attachment, Ticket
from tests.people import NO_ROW, NOON, Desk, state
from tests.scanner import MARK, scanner

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"


def new(desk: Desk, **values):
    return {"work_type": desk.mailbox.pk, "subject": "Printer", "text": "It is on fire.", **values}


def test_a_requester_registers_a_ticket_and_reads_it(desk: Desk, program) -> None:
    anna = program("anna")

    answer = anna.post("/tickets", new(desk))

    assert answer.status_code == 201
    ticket = Ticket.objects.get()
    assert (ticket.requester, ticket.registered_by, ticket.line) == (desk.anna, desk.anna, desk.first)
    assert answer["Location"] == f"/api/v1/tickets/{ticket.pk}"
    read = anna.get(f"/tickets/{ticket.pk}")
    assert read.json() == answer.json()
    assert read["ETag"] == '"1"'
    assert read["Cache-Control"] == "no-store"
    assert read.json()["line"] is None, "requesters are not told lines"
    assert read.json()["created_at"] == "2026-03-10T07:00:00Z"


def test_support_registers_for_a_colleague_and_a_requester_cannot(desk: Desk, program) -> None:
    alla = program("alla")

    answer = alla.post("/tickets", new(desk, requester=desk.boris.pk))
    refused = program("anna").post("/tickets", new(desk, requester=desk.boris.pk))

    assert (answer.status_code, answer.json()["requester"]["name"]) == (201, "Boris Kovalev")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_support")
    assert Ticket.objects.count() == 1
    assert alla.get(f"/tickets/{answer.json()['number']}").json() == answer.json()
    assert answer.json()["line"]["name"] == desk.first.name


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"subject": ""}, "subject"),
        ({"subject": "a\nb"}, "subject"),
        ({"text": "x" * 20_001}, "text"),
        ({"text": "bell \x07"}, "text"),
        ({"text": "half \ud800"}, "text"),
        ({"work_type": 10**30}, "work_type"),
        ({"work_type": "abc"}, "work_type"),
        ({"work_type": NO_ROW}, "work_type"),
        ({"requester": NO_ROW}, "requester"),
        ({"status": "done"}, "status"),
        ({"number": 7}, "number"),
        ({"author": 1, "line": 2}, "line"),
    ],
)
def test_bad_input_is_told_by_field_and_nothing_is_registered(desk: Desk, program, values, field) -> None:
    answer = program("alla").post("/tickets", new(desk, **values))

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert field in answer.json()["fields"]
    assert Ticket.objects.count() == 0


def test_files_come_with_a_form_and_go_out_as_downloads(desk: Desk, program) -> None:
    anna = program("anna")
    upload = SimpleUploadedFile("error.png", PNG, "text/html")

    answer = anna.form("/tickets", {**new(desk), "files": upload})

    assert answer.status_code == 201
    listed = anna.get(f"/tickets/{answer.json()['number']}/files").json()["results"]
    assert [(item["name"], item["content_type"]) for item in listed] == [("error.png", "image/png")]
    got = anna.get(f"/tickets/{answer.json()['number']}/files/{listed[0]['id']}")
    assert b"".join(got.streaming_content) == PNG
    assert got["Content-Disposition"].startswith("attachment")
    assert "sandbox" in got["Content-Security-Policy"]


@pytest.mark.parametrize(("most", "count", "is_whole"), [(2, 2, False), (3, 3, True), (4, 3, True)])
def test_counting_stops_and_says_so(
    desk: Desk, program, monkeypatch: pytest.MonkeyPatch, most: int, count: int, is_whole: bool
) -> None:
    for _number in range(3):
        desk.file(subject="Printer")
    monkeypatch.setattr(pagination, "MOST_COUNTED", most)
    alla = program("alla")

    for address in (
        "/tickets?count=true",
        "/tickets?q=printer&relevance=true&count=true",
        "/tickets?count=1&page_size=1",
    ):
        found = alla.get(address).json()
        assert (found["count"], found["count_is_whole"]) == (count, is_whole), address
    assert "count" not in alla.get("/tickets").json()


def test_a_forbidden_file_is_refused_and_nothing_is_registered(desk: Desk, program) -> None:
    answer = program("anna").form("/tickets", {**new(desk), "files": SimpleUploadedFile("a.html", b"<script>")})

    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["files"])
    assert Ticket.objects.count() == Attachment.objects.count() == 0


def test_malware_is_refused_at_its_field(desk: Desk, program, settings) -> None:
    with scanner() as clam:
        settings.CLAMAV = clam.place
        answer = program("anna").form("/tickets", {**new(desk), "files": SimpleUploadedFile("a.txt", MARK)})

    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["files"])
    assert Ticket.objects.count() == 0


def test_people_see_their_own_tickets_and_foreign_ones_do_not_exist(desk: Desk, program) -> None:
    ticket = desk.ticket("in_work")
    missing = program("boris").get(f"/tickets/{NO_ROW}").json()

    for login, seen in (("anna", 1), ("boris", 0), ("alla", 1), ("egor", 0), ("katya", 0), ("olga", 1), ("roman", 1)):
        assert len(program(login).get("/tickets").json()["results"]) == seen, login
        assert program(login).get(f"/tickets/{ticket.pk}").status_code == (200 if seen else 404), login
    foreign = program("boris").get(f"/tickets/{ticket.pk}").json()
    assert {**foreign, "request_id": ""} == {**missing, "request_id": ""}


def test_pages_follow_each_other_without_gap_or_repetition(desk: Desk, program) -> None:
    for minutes in range(7):
        with moment.at(NOON + timedelta(minutes=minutes % 3)):
            desk.file()
    desk.act("take", "alla", Ticket.objects.first())
    desk.act("ask", "alla", Ticket.objects.first(), comment="Which one?")
    alla = program("alla")

    for ordering in ("-number", "number", "due_at", "-due_at", "created_at", "-updated_at", "priority"):
        found, address = [], f"/tickets?ordering={ordering}&page_size=2&count=true"
        while address:
            page = alla.get(address.removeprefix("http://testserver")).json()
            found += [row["number"] for row in page["results"]]
            address = page["next"]
        assert sorted(found) == sorted(Ticket.objects.values_list("pk", flat=True)), ordering
    counted = alla.get("/tickets?count=true").json()
    assert (counted["count"], counted["count_is_whole"]) == (7, True)
    assert "count" not in alla.get("/tickets").json()


@pytest.mark.parametrize("field", ["number", "due_at", "updated_at", "created_at", "priority"])
@pytest.mark.parametrize("minus", ["", "-"])
def test_no_order_of_the_list_sorts_all_requests(minus: str, field: str, desk: Desk, program) -> None:
    for status in ("in_work", "waiting", "done"):
        desk.ticket(status)
    roman = program("roman")

    with CaptureQueriesContext(connection) as asked:
        first = roman.get(f"/tickets?ordering={minus}{field}&page_size=1").json()
        roman.get(first["next"].removeprefix("http://testserver"))

    lists = [
        query["sql"]
        for query in asked
        if " ORDER BY " in query["sql"] and '"helpdesk_ticket"."subject"' in query["sql"]
    ]
    assert len(lists) >= 2
    for sql in lists:
        assert "NULLS" not in sql, "no index has this order"
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
                plan = [row[3] for row in cursor.fetchall()]
            assert not [step for step in plan if "TEMP B-TREE" in step], plan


def test_requests_without_a_value_come_last_in_either_order(desk: Desk, program) -> None:
    with_due, without = [desk.ticket("in_work") for _ in range(2)], [desk.ticket("done") for _ in range(2)]
    for minus, order in (("", [*with_due, *without]), ("-", [*reversed(with_due), *reversed(without)])):
        for size in (1, 2, 3, 4):
            found, address = [], f"/tickets?ordering={minus}due_at&page_size={size}"
            while address:
                page = program("roman").get(address.removeprefix("http://testserver")).json()
                found += [row["number"] for row in page["results"]]
                address = page["next"]
            assert found == [ticket.pk for ticket in order], (minus, size)


def test_filters_narrow_and_work_together(desk: Desk, program) -> None:
    waiting, in_work = desk.ticket("waiting"), desk.ticket("in_work")
    other = desk.file("boris", desk.server, subject="Server room")
    lists = {
        "status=waiting": [waiting], "status=waiting,in_work": [in_work, waiting], "assignee=me": [in_work, waiting],
        "assignee=none": [], f"requester={desk.boris.pk}": [], "scope=mine": [], "scope=lines": [in_work, waiting],
        f"work_type={desk.server.pk}": [], "q=mail": [in_work, waiting], f"q={waiting.pk}": [waiting],
        "overdue=true": [], "overdue=false&status=in_work": [in_work], "unread=true": [],
        "created_from=2026-03-10T07:00:00Z": [in_work, waiting], "created_to=2026-03-10T07:00:00Z": [],
        f"author={desk.anna.pk}": [in_work, waiting], "author=me": [], f"kind={desk.mailbox.kind}": [in_work, waiting],
        "kind=incident": [], "due_from=2026-03-10T07:00:00%2B00:00": [in_work], "priority=3": [in_work, waiting], f"line={desk.second.pk}": [],
    }  # fmt: skip

    found = {
        query: [row["number"] for row in program("alla").get(f"/tickets?{query}").json()["results"]] for query in lists
    }

    assert found == {query: [row.pk for row in rows] for query, rows in lists.items()}
    assert [row["number"] for row in program("olga").get(f"/tickets?line={desk.second.pk}").json()["results"]] == [
        other.pk
    ]
    assert [row["number"] for row in program("anna").get("/tickets?unread=true").json()["results"]] == [waiting.pk]


@pytest.mark.parametrize(
    "query",
    [
        "status=nonsense", "line=abc", "line=" + "9" * 30, "assignee=me;drop", "overdue=maybe", "created_from=yesterday",
        "ordering=author__password", "ordering=requester", "page_size=0", "page_size=100000", "page_size=x", "cursor=%20",
        "cursor=WzFd", "cursor=bnVsbA", "_connector=OR%201=1", "requester__password__startswith=a", "fields=password",
        "fields=", "scope=everything", "count=perhaps", "q=" + "x" * 401, "number=1",
    ],
)  # fmt: skip
def test_an_unreadable_question_is_an_error_and_never_a_wrong_list(desk: Desk, program, query) -> None:
    desk.file()

    answer = program("alla").get(f"/tickets?{query}")

    assert answer.status_code == 400
    assert query.split("=")[0] in answer.json()["fields"]


def test_fields_trim_what_is_told(desk: Desk, program) -> None:
    ticket = desk.file()

    assert program("anna").get("/tickets?fields=number,status").json()["results"] == [
        {"number": ticket.pk, "status": "new"}
    ]
    assert program("anna").get(f"/tickets/{ticket.pk}?fields=subject").json() == {"subject": "Mail does not go out"}


def test_next_takes_the_most_urgent_ticket_and_tells_when_there_is_none(desk: Desk, program) -> None:
    ticket = desk.file()

    taken = program("alla").post("/tickets/next")
    none = program("artem").post("/tickets/next")

    assert (taken.status_code, taken.json()["number"], taken.json()["assignee"]["id"]) == (200, ticket.pk, desk.alla.pk)
    assert none.status_code == 204


def test_fields_leave_whole_what_lies_inside_a_ticket(desk: Desk, program) -> None:
    ticket = desk.file()

    one = program("anna").get(f"/tickets/{ticket.pk}?fields=service,requester").json()
    listed = program("anna").get("/tickets?fields=service,requester").json()["results"]

    service = {"id": desk.mail.pk, "name": "Mail", "code": "MAIL"}
    assert listed == [{"service": service, "requester": {"id": desk.anna.pk, "name": "Anna Smirnova"}}]
    assert (one["service"], one["requester"]["email"]) == (service, "anna@example.com")


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_ticket_cannot_be_overwritten(desk: Desk, program, method) -> None:
    ticket = desk.file()
    before = state(ticket)

    answer = program("roman").call(method, f"/tickets/{ticket.pk}", {"status": "done"})

    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert state(ticket) == before


@pytest.mark.parametrize("shape", [TicketRow, TicketShape])
@pytest.mark.parametrize("who", ["anna", "alla"])
def test_what_is_written_by_hand_is_what_the_shape_declares(desk: Desk, shape: type[TicketRow], who: str) -> None:
    for status in ("new", "waiting", "done"):
        ticket = desk.ticket(status)
        row = shape(ticket, context={"user": getattr(desk, who), "unread": {ticket.pk: 2}})

        assert row.data == serializers.Serializer.to_representation(row, ticket)
        assert list(row.data) == list(row.fields)


def test_the_most_relevant_are_told_first_on_wish(desk: Desk) -> None:
    best = desk.file(subject="Printer", text="Stripes.")
    newest = desk.file(subject="Something else", text="Beside the printer.")
    client = desk.client("anna")

    answer = client.get("/api/v1/tickets?q=printer&relevance=true&count=true").json()

    assert [row["number"] for row in answer["results"]] == [best.pk, newest.pk]
    assert (answer["next"], answer["count"]) == (None, 2)
    for query in ("relevance=true", "q=printer&relevance=true&ordering=number", "q=printer&relevance=maybe"):
        assert list(client.get(f"/api/v1/tickets?{query}").json()["fields"]) == ["relevance"]
