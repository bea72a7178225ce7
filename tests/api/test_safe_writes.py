"""A write can be repeated, rehearsed, and bound to what its caller has read."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from helpdesk import moment
from helpdesk.actions import repeats
from helpdesk.actions import tokens as keys
from helpdesk.api.v1 import auth, pairs, sign_ins, signing_up, urls, what_if
from helpdesk.models import IdempotencyKey, Ticket
from tests.api.test_tickets import PNG, new
from tests.people import NOON, Desk, make_desk, state
from tests.races.processes import start, together


def test_every_post_takes_a_key_and_a_rehearsal() -> None:
    views = [pattern.callback.view_class for pattern in urls.urlpatterns]
    posts = [view for view in views if hasattr(view, "post")]

    assert len(posts) >= 8
    # A question that is too long for an address; nothing is written.
    posts.remove(what_if.WhatIf)
    # Whoever is not signed in has no key yet; what happens to a session cannot be rehearsed.
    keyless = {auth.Session, *(view for view in posts if view.__module__ in (pairs.__name__, signing_up.__name__))}
    assert {view for view in posts if not hasattr(view.post, "takes_key")} == keyless
    once_only = {*keyless, auth.Password, auth.Confirmation, sign_ins.SignInOthers}
    assert {view for view in posts if not hasattr(view.post, "takes_rehearsal")} == once_only


def test_the_same_key_and_body_get_the_same_answer_and_write_once(desk: Desk, program) -> None:
    anna, key = program("anna"), str(uuid.uuid4())

    first = anna.post("/tickets", new(desk), Idempotency_Key=key)
    second = anna.post("/tickets", new(desk), Idempotency_Key=key)

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert (second["ETag"], second["Location"]) == (first["ETag"], first["Location"])
    assert second["Idempotent-Replayed"] == "true"
    assert Ticket.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(desk: Desk, program) -> None:
    anna = program("anna")
    anna.post("/tickets", new(desk), Idempotency_Key="once-only")

    answer = anna.post("/tickets", new(desk, subject="Other"), Idempotency_Key="once-only")

    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
    assert Ticket.objects.count() == 1


def test_a_key_is_personal_and_leaves_no_trace_when_the_write_fails(desk: Desk, program) -> None:
    program("anna").post("/tickets", new(desk, subject=""), Idempotency_Key="key")
    mended = program("anna").post("/tickets", new(desk), Idempotency_Key="key")
    other = program("boris").post("/tickets", new(desk), Idempotency_Key="key")

    assert (mended.status_code, other.status_code) == (201, 201)
    assert mended.json()["number"] != other.json()["number"]


@pytest.mark.parametrize("rehearsal", ["", "?dry_run=true"])
@pytest.mark.parametrize("key", ["", "x" * 201, "tab\there", "два"])
def test_an_unusable_key_is_told(desk: Desk, program, key, rehearsal) -> None:
    answer = program("anna").post(f"/tickets{rehearsal}", new(desk), Idempotency_Key=key)

    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["Idempotency-Key"])
    assert Ticket.objects.count() == 0


def test_an_action_with_a_key_happens_once_and_a_form_with_files_too(desk: Desk, program) -> None:
    ticket, alla = desk.ticket("in_work"), program("alla")
    for _time in range(2):
        answer = alla.post(f"/tickets/{ticket.pk}/actions/ask", {"comment": "Which?"}, Idempotency_Key="ask-1")
        assert answer.status_code == 200
    for _time in range(2):
        upload = SimpleUploadedFile("error.png", PNG)
        answer = alla.form(f"/tickets/{ticket.pk}/messages", {"text": "See.", "files": upload}, Idempotency_Key="m-1")
        assert answer.status_code == 201

    assert [message.text for message in ticket.messages.all()] == ["Which?", "See."]
    assert ticket.attachments.count() == 1


def test_an_empty_answer_is_repeated_as_well(desk: Desk, program) -> None:
    first, second = (program("alla").post("/tickets/next", Idempotency_Key="nothing-left") for _time in range(2))
    desk.file()
    third = program("alla").post("/tickets/next", Idempotency_Key="nothing-left")

    assert [answer.status_code for answer in (first, second, third)] == [204, 204, 204]
    assert [answer.content for answer in (first, second, third)] == [b"", b"", b""]
    assert third["Idempotent-Replayed"] == "true"
    assert Ticket.objects.get().status == "new"


def test_a_form_with_one_recipient_is_a_list_of_one(desk: Desk, program) -> None:
    ticket = desk.ticket("in_work")

    answer = program("alla").form(f"/tickets/{ticket.pk}/messages", {"text": "Which error?", "to": [desk.anna.pk]})

    assert (answer.status_code, [item["person"]["id"] for item in answer.json()["to"]]) == (201, [desk.anna.pk])


def test_keys_are_forgotten_after_two_days(desk: Desk, program) -> None:
    program("anna").post("/tickets", new(desk), Idempotency_Key="key")
    with moment.at(NOON + timedelta(hours=49)):
        assert repeats.forget_old() == 1
    assert IdempotencyKey.objects.count() == 0


def test_a_rehearsal_tells_what_would_happen_and_changes_nothing(desk: Desk, program, settings) -> None:
    ticket = desk.ticket("new")
    before = state(ticket)

    made = program("anna").post("/tickets?dry_run=true", new(desk))
    taken = program("alla").post(f"/tickets/{ticket.pk}/actions/take?dry_run=true")
    upload = SimpleUploadedFile("error.png", PNG)
    said = program("alla").form(f"/tickets/{ticket.pk}/messages?dry_run=true", {"text": "See.", "files": upload})

    assert (made.status_code, made.json()["number"], made["Dry-Run"]) == (200, None, "true")
    assert (taken.status_code, taken.json()["status"]) == (200, "in_work")
    assert (said.status_code, said.json()["files"][0]["name"]) == (200, "error.png")
    assert "ETag" not in taken
    assert state(ticket) == before
    assert Ticket.objects.count() == 1
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []


def test_a_rehearsal_is_refused_for_the_same_reasons(desk: Desk, program) -> None:
    ticket = desk.ticket("in_work")

    answer = program("artem").post(f"/tickets/{ticket.pk}/actions/take?dry_run=true")

    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_status")


def test_if_match_guards_against_what_has_changed(desk: Desk, program) -> None:
    ticket, alla = desk.ticket("new"), program("alla")
    read = alla.get(f"/tickets/{ticket.pk}")["ETag"]
    desk.act("assign", "lev", ticket, person=desk.artem.pk)
    before = state(ticket)

    answer = alla.post(f"/tickets/{ticket.pk}/actions/cancel", {"comment": "Twice."}, If_Match=read)

    told = answer.json()
    assert (answer.status_code, told["code"], told["status"], told["version"]) == (412, "stale", "new", 2)
    assert (told["changed_by"], told["changes"][0]["new"]) == ("Lev Morozov", "Artem Lebedev")
    assert answer["ETag"] == '"2"'
    assert state(ticket) == before
    assert program("lev").post(f"/tickets/{ticket.pk}/actions/take", If_Match="nonsense").status_code == 400
    assert program("artem").post(f"/tickets/{ticket.pk}/actions/take", If_Match='"2"').status_code == 200


RACER = """
settings.ALLOWED_HOSTS = ["testserver"]
settings.CACHES["default"]["LOCATION"] = sys.argv[1]
from django.test import Client
client = Client(headers={"Authorization": "Bearer " + sys.argv[2], "Idempotency-Key": "one-of-ten"})
print("ready", flush=True)
time.sleep(max(0, float(sys.stdin.readline()) - time.time()))
answer = client.post("/api/v1/tickets", sys.argv[3], content_type="application/json")
print(answer.status_code, answer.content.decode())
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_ten_programs_with_one_key_make_one_ticket_and_get_equal_answers(tmp_path: Path) -> None:
    desk = make_desk()
    _token, text = keys.create(actor=desk.anna, name="Racer", scopes=["write"])
    running = [start(RACER, str(tmp_path), text, json.dumps(new(desk))) for _racer in range(10)]
    answers = [answer.split(" ", 1) for answer in together(running)]

    assert {status for status, _body in answers} == {"201"}
    assert all(json.loads(body) == json.loads(answers[0][1]) for _status, body in answers)
    assert Ticket.objects.count() == 1
