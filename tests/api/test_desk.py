"""Programs talk in tickets, follow events, look things up and know what is unread."""

from __future__ import annotations

from datetime import timedelta
from threading import Event, Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from helpdesk import moment
from helpdesk.actions import conversation
from helpdesk.models import Message
from helpdesk.notify import fan_out, record
from tests.api.test_tickets import PNG
from tests.people import NOON, Desk, state


def test_a_reply_resumes_the_work_and_is_told_to_the_assignee(desk: Desk, program) -> None:
    ticket = desk.ticket("waiting")

    said = program("anna").post(f"/tickets/{ticket.pk}/messages", {"text": "Error 550."})

    assert (said.status_code, said.json()["to"][0]["person"]["name"]) == (201, "Alla Fedorova")
    assert program("anna").get(f"/tickets/{ticket.pk}").json()["status"] == "in_work"
    assert program("alla").get("/me/inbox").json()["results"][0]["text"] == "Error 550."
    assert program("alla").get(said["Location"]).json() == said.json()


@pytest.mark.parametrize(
    ("login", "body", "status", "code"),
    [
        ("boris", {"text": "x"}, 404, "not_found"),
        ("egor", {"text": "x"}, 404, "not_found"),
        ("olga", {"text": "x"}, 409, "read_only"),
        ("anna", {"text": "x", "internal": True}, 409, "not_support"),
        ("anna", {"text": "x", "to": [7]}, 400, "invalid"),
        ("alla", {"text": "x", "internal": True, "to": [1]}, 400, "invalid"),
        ("alla", {"text": "x", "to": "everybody"}, 400, "invalid"),
        ("alla", {"text": "x", "author": 1}, 400, "invalid"),
        ("alla", {"text": "half \ud800"}, 400, "invalid"),
        ("alla", ["text"], 400, "malformed"),
    ],
)
def test_what_may_not_be_said_is_refused_and_not_kept(desk: Desk, program, login, body, status, code) -> None:
    ticket = desk.ticket("in_work")
    before = state(ticket)

    answer = program(login).post(f"/tickets/{ticket.pk}/messages", body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert state(ticket) == before


def test_messages_are_read_in_pages_and_edited_while_fresh(desk: Desk, program) -> None:
    ticket = desk.ticket("in_work")
    for number in range(3):
        conversation.post(actor=desk.alla, ticket_id=ticket.pk, text=f"Message {number}")
    path = f"/tickets/{ticket.pk}/messages"
    first = program("anna").get(f"{path}?page_size=2").json()
    rest = program("anna").get(first["next"].removeprefix("http://testserver")).json()
    assert [item["text"] for item in first["results"] + rest["results"]] == ["Message 0", "Message 1", "Message 2"]

    number = first["results"][0]["id"]
    assert program("alla").patch(f"{path}/{number}", {"text": "Mended"}).json()["text"] == "Mended"
    assert program("lev").patch(f"{path}/{number}", {"text": "Mine"}).json()["code"] == "not_author"
    with moment.at(NOON + timedelta(minutes=16)):
        assert program("alla").patch(f"{path}/{number}", {"text": "Late"}).json()["code"] == "too_late"
    assert Message.objects.get(pk=number).text == "Mended"


def test_files_are_added_without_words(desk: Desk, program) -> None:
    ticket = desk.ticket("in_work")

    answer = program("anna").form(f"/tickets/{ticket.pk}/files", {"files": SimpleUploadedFile("error.png", PNG)})

    assert (answer.status_code, answer.json()["results"][0]["name"]) == (201, "error.png")
    assert program("anna").form(f"/tickets/{ticket.pk}/files", {}).status_code == 400


def test_unread_is_counted_marked_one_by_one_and_all_at_once(desk: Desk, program) -> None:
    tickets = [desk.ticket("waiting") for _time in range(3)]
    fan_out()
    anna = program("anna")
    everything = anna.get("/counters").json()["unread"]

    one = anna.post("/me/inbox/read", {"ticket": tickets[0].pk})
    foreign = program("boris").post("/me/inbox/read", {"ticket": tickets[0].pk})
    every = anna.post("/me/inbox/read-all")

    assert everything == 3
    assert (one.json(), foreign.status_code) == ({"marked": 1, "unread": 2}, 404)
    assert every.json() == {"marked": 2, "unread": 0}


# An event counts once its transaction has ended, so these tests end theirs.
@pytest.mark.django_db(transaction=True)
def test_events_come_once_in_order_and_only_of_what_one_sees(desk: Desk, program) -> None:
    ticket = desk.ticket("in_work")
    desk.file("boris", desk.server)
    alla, boris = program("alla"), program("boris")

    seen, after = [], 0
    while True:
        page = alla.get(f"/events?after={after}&limit=1").json()
        seen += page["results"]
        after = page["last"]
        if not page["more"]:
            break

    assert [(event["ticket"], event["kind"]) for event in seen] == [(ticket.pk, "register"), (ticket.pk, "take")]
    assert alla.get(f"/events?after={after}").json() == {"last": after, "more": False, "results": []}
    assert [event["kind"] for event in boris.get("/events").json()["results"]] == ["register"]
    latest = alla.get("/events?after=latest").json()["last"]
    program("anna").post(f"/tickets/{ticket.pk}/messages", {"text": "Still."})
    assert [event["kind"] for event in alla.get(f"/events?after={latest}").json()["results"]] == ["message"]
    assert alla.get("/events?after=-1").status_code == alla.get("/events?limit=0").status_code == 400


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_no_event_is_passed_by_while_an_earlier_one_is_being_written(desk: Desk, program) -> None:
    ticket, alla = desk.ticket("in_work"), program("alla")
    last = alla.get("/events").json()["last"]
    began, finish = Event(), Event()

    def write_slowly() -> None:
        try:
            with transaction.atomic():
                record(ticket, "slow", actor=None, at=NOON)
                began.set()
                finish.wait(10)
        finally:
            connection.close()

    writer = Thread(target=write_slowly)
    writer.start()
    began.wait(10)
    record(ticket, "quick", actor=None, at=NOON)
    meanwhile = alla.get(f"/events?after={last}").json()
    finish.set()
    writer.join()

    assert meanwhile == {"last": last, "more": False, "results": []}
    assert [event["kind"] for event in alla.get(f"/events?after={last}").json()["results"]] == ["slow", "quick"]


def test_the_catalog_shows_what_can_be_picked(desk: Desk, program) -> None:
    desk.server.is_active = False
    desk.server.save()

    assert [kind["name"] for kind in program("anna").get("/work-types").json()["results"]] == ["Mailbox"]
    assert len(program("katya").get("/work-types?active=false").json()["results"]) == 1
    assert program("anna").get(f"/work-types/{desk.server.pk}").status_code == 404
    assert program("anna").get("/services?q=mai").json()["results"][0]["code"] == "MAIL"
    kind = program("anna").get(f"/work-types/{desk.mailbox.pk}").json()
    assert (kind["reaction_limit"], kind["execution_limit"], kind["line"]) == ("30m", "4h", None)


def test_lines_and_people_are_for_support(desk: Desk, program) -> None:
    assert program("anna").get("/lines").json()["results"] == []
    assert program("anna").get("/people").json()["results"] == []
    assert [line["my_role"] for line in program("lev").get("/lines").json()["results"]] == ["lead", None]
    found = program("alla").get("/people?q=smir%20an").json()["results"]
    assert [person["name"] for person in found] == ["Anna Smirnova"]
    assert "ivan" not in str(program("alla").get("/people?page_size=200").json())


def test_a_person_changes_only_what_is_his(desk: Desk, program) -> None:
    anna = program("anna")

    assert anna.patch("/me", {"phone": "12-34", "theme": "dark"}).json()["phone"] == "12-34"
    for body in (
        {"is_superuser": True},
        {"username": "root"},
        {"groups": ["administrator"]},
        {"language": "xx"},
        {"time_zone": "Moon"},
    ):
        assert anna.patch("/me", body).status_code == 400, body
    desk.anna.refresh_from_db()
    assert (desk.anna.is_superuser, desk.anna.username, desk.anna.theme) == (False, "anna", "dark")


def test_the_language_follows_the_request_and_codes_stay(desk: Desk, program) -> None:
    ticket = desk.ticket("in_work")
    path = f"/tickets/{ticket.pk}/actions/take"
    english, russian = program("artem").post(path), program("artem").post(path, Accept_Language="ru")

    assert english.json()["code"] == russian.json()["code"] == "wrong_status"
    assert (english["Content-Language"], russian["Content-Language"]) == ("en", "ru")
    assert english.json()["detail"] != russian.json()["detail"]


def test_history_and_clocks_tell_a_requester_nothing_internal(desk: Desk, program) -> None:
    ticket = desk.ticket("in_work")
    desk.act("transfer", "alla", ticket, line=desk.second.pk, comment="Secret reason")

    for path in ("history", "clocks"):
        assert b"Secret reason" not in program("anna").get(f"/tickets/{ticket.pk}/{path}").content
        assert b"Secret reason" in program("egor").get(f"/tickets/{ticket.pk}/{path}").content
    told = program("egor").get(f"/tickets/{ticket.pk}/history").json()["results"]
    assert [item["action"] for item in told if item["sort"] == "transition"] == ["transfer", "take", "register"]
    assert {"field": "status", "label": "status", "old": "In work", "new": "New"} in told[0]["changes"]
