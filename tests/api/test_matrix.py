"""Every address × every method × every sort of person answers as the table says; an address without a row fails."""

from __future__ import annotations

from typing import Any

import pytest

from helpdesk.actions import conversation, report_schedules, webhooks
from helpdesk.api.v1 import urls
from helpdesk.models import ReportSchedule, Ticket, Webhook
from tests.api.test_tickets import PNG
from tests.people import NO_ROW, Desk, state

# anonymous, requester, outsider, agent of the line, agent of another line, lead, catalog's administrator, analyst, administrator
WHO = (None, "anna", "boris", "alla", "egor", "lev", "katya", "olga", "roman")
METHODS = ("get", "post", "put", "patch", "delete")
EVERYBODY = (401, 200, 200, 200, 200, 200, 200, 200, 200)
SEES = (401, 200, 404, 200, 404, 200, 404, 200, 200)
# An internal note and its file: support only.
SUPPORT = (401, 404, 404, 200, 404, 200, 404, 200, 200)
BAD = (401, 400, 400, 400, 400, 400, 400, 400, 400)
ADMIN = (401, 403, 403, 403, 403, 403, 403, 403, 200)
REPORTS = (401, 403, 403, 403, 403, 200, 403, 200, 200)
DONE = (401, 204, 204, 204, 204, 204, 204, 204, 204)

# Whoever has not signed in may ask these.
PUBLIC = {
    "session",
    "pair",
    "pair-refresh",
    "pair-revoke",
    "password-forgotten",
    "password-set",
    "sign-up",
    "sign-up-confirm",
    "sign-up-invited",
}

# name of the address, method → statuses; a method without a row is 405 for whoever has signed in
TABLE: dict[tuple[str, str], tuple[int, ...]] = {
    ("tickets", "get"): EVERYBODY,
    ("tickets", "post"): BAD,
    ("ticket", "get"): SEES,
    ("ticket-next", "post"): (401, 403, 403, 204, 204, 204, 403, 403, 403),
    ("messages", "get"): SEES,
    # an empty message: those who see are told what to mend, whoever may not write is refused, to others it does not exist
    ("messages", "post"): BAD,
    ("message", "get"): SUPPORT,
    ("message", "patch"): (401, 404, 404, 400, 404, 400, 404, 400, 400),
    ("files", "get"): SEES,
    ("files", "post"): BAD,
    ("file", "get"): SUPPORT,
    ("history", "get"): SEES,
    ("clocks", "get"): SEES,
    ("ticket-similar", "get"): SEES,
    # without a subject there is nothing to compare
    ("draft-similar", "get"): BAD,
    ("actions", "get"): SEES,
    # taking a ticket that Alla has
    ("action", "post"): (401, 409, 404, 409, 404, 409, 404, 409, 409),
    ("lifecycle", "get"): EVERYBODY,
    ("services", "get"): EVERYBODY,
    ("work-types", "get"): EVERYBODY,
    ("work-type", "get"): EVERYBODY,
    ("lines", "get"): EVERYBODY,
    ("people", "get"): EVERYBODY,
    ("person", "get"): (401, 404, 404, 200, 200, 200, 404, 404, 200),
    ("person-export", "get"): (*ADMIN[:-1], 404),
    ("events", "get"): EVERYBODY,
    ("me", "get"): EVERYBODY,
    ("me", "patch"): EVERYBODY,
    ("me-export", "get"): EVERYBODY,
    ("inbox", "get"): EVERYBODY,
    ("inbox-read", "post"): BAD,
    ("inbox-read-all", "post"): EVERYBODY,
    ("counters", "get"): EVERYBODY,
    ("reports", "get"): REPORTS,
    ("report-file", "get"): REPORTS,
    ("report-tickets", "get"): REPORTS,
    # nothing is proposed
    ("what-if", "post"): (401, 403, 403, 403, 403, 400, 403, 400, 400),
    ("report-schedules", "get"): REPORTS,
    ("report-schedules", "post"): (401, 403, 403, 403, 403, 400, 403, 400, 400),
    # it is Lev's
    ("report-schedule", "get"): (401, 403, 403, 403, 403, 200, 403, 404, 200),
    ("report-schedule", "patch"): (401, 403, 403, 403, 403, 200, 403, 404, 200),
    ("report-schedule", "delete"): (401, 403, 403, 403, 403, 204, 403, 404, 404),
    ("report-schedule-send", "post"): (401, 403, 403, 403, 403, 204, 403, 404, 204),
    ("webhooks", "get"): ADMIN,
    ("webhooks", "post"): (*ADMIN[:-1], 400),
    ("webhook", "get"): ADMIN,
    ("webhook", "patch"): ADMIN,
    ("webhook", "delete"): (*ADMIN[:-1], 204),
    ("webhook-secret", "post"): ADMIN,
    ("webhook-trial", "post"): (*ADMIN[:-1], 201),
    ("webhook-deliveries", "get"): ADMIN,
    ("webhook-again", "post"): (*ADMIN[:-1], 404),
    ("session", "get"): (200,) * 9,
    ("session", "post"): (400,) * 9,
    ("session", "delete"): (204,) * 9,
    ("session-confirm", "post"): BAD,
    ("sign-ins", "get"): EVERYBODY,
    ("sign-ins-end-others", "post"): DONE,
    ("sign-in", "delete"): (401, 404, 404, 404, 404, 404, 404, 404, 404),
    **{(name, "post"): (400,) * 9 for name in sorted(PUBLIC - {"session"})},
    ("tokens-mine", "get"): EVERYBODY,
    ("tokens-mine", "post"): BAD,
    ("token", "delete"): (401, 404, 404, 404, 404, 404, 404, 404, 404),
    ("password", "post"): BAD,
}


@pytest.fixture
def furnished(desk: Desk) -> Desk:
    """Anna's ticket, which Alla has, with an internal note and a file in it."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    ticket = desk.ticket("in_work")
    upload = SimpleUploadedFile("canary.png", PNG)
    note = conversation.post(
        actor=desk.alla, ticket_id=ticket.pk, text="canary in a note", internal=True, files=[upload]
    )
    given = {"name": "Monitor", "address": "https://monitor.example.org/desk"}
    hook = webhooks.change(actor=desk.roman, webhook=Webhook(), values=given)
    desk.__dict__.update(request=ticket, note=note, file_id=note.attachments.get().pk, hook=hook)
    mailed = {"name": "Week", "recipients": [desk.lev.pk]}
    desk.__dict__["schedule"] = report_schedules.change(actor=desk.lev, schedule=ReportSchedule(), values=mailed)
    return desk


def _row(desk: Desk, name: str) -> int:
    if name.startswith("webhook"):
        return desk.hook.pk
    if name.startswith("report-schedule"):
        return desk.schedule.pk
    return {"work-type": desk.mailbox.pk, "person": desk.boris.pk}.get(name, NO_ROW)


def addresses(desk: Desk) -> dict[str, str]:
    """Return every address by its name, with rows of the desk in it."""
    values: dict[str, Any] = {
        "number": desk.request.pk, "message": desk.note.pk, "file": desk.file_id, "action": "take", "delivery": NO_ROW,
        "figure": "registered",
    }  # fmt: skip
    found = {}
    for pattern in urls.urlpatterns:
        path = str(pattern.pattern)
        rows = {**values, "pk": _row(desk, pattern.name)}
        for name, value in rows.items():
            for kind in ("int", "slug"):
                path = path.replace(f"<{kind}:{name}>", str(value))
        found[pattern.name] = f"/{path}"
    return found


@pytest.mark.parametrize("method", METHODS)
def test_every_address_answers_everybody_as_the_table_says(furnished: Desk, program, method: str) -> None:
    before = state(furnished.request)
    wrong = {}
    programs = {who: program(who) for who in WHO}
    # Signing out comes last.
    for name, path in sorted(addresses(furnished).items(), key=lambda item: item[0] == "session"):
        body = None if method in ("get", "delete") else {}
        row = TABLE.get((name, method), (405 if name in PUBLIC else 401, *(405,) * 8))
        # What is not there for anybody is asked for by nobody, by the least and by the most powerful.
        asking = WHO if (name, method) in TABLE else (None, "boris", "roman")
        found = {who: programs[who].call(method, path, body).status_code for who in asking}
        if any(row[WHO.index(who)] != status for who, status in found.items()):
            wrong[name] = found

    assert wrong == {}
    assert state(furnished.request) == before


def test_every_address_has_a_row() -> None:
    assert {name for name, _method in TABLE} == {pattern.name for pattern in urls.urlpatterns}


# An event counts once its transaction has ended, so this test ends its own.
@pytest.mark.django_db(transaction=True)
def test_nothing_a_requester_can_read_holds_an_internal_note(furnished: Desk, program) -> None:
    furnished.act("transfer", "alla", furnished.request, line=furnished.second.pk, comment="canary of a transfer")
    anna = program("anna")
    seen = [anna.get(path) for path in addresses(furnished).values()]
    seen += [anna.get("/tickets?q=canary"), anna.get("/events?after=0&limit=200"), anna.get("/tickets?unread=true")]

    for answer in seen:
        if answer.status_code == 200 and not answer.streaming:
            assert b"canary" not in answer.content, answer.request["PATH_INFO"]
            assert b"Second line" not in answer.content, answer.request["PATH_INFO"]
    assert [event["kind"] for event in anna.get("/events").json()["results"]] == ["register", "take", "transfer"]
    assert anna.get("/tickets?q=canary").json()["results"] == []


def test_rows_of_one_ticket_are_not_reached_through_another(furnished: Desk, program) -> None:
    other = furnished.file()
    alla = program("alla")

    assert alla.get(f"/tickets/{other.pk}/messages/{furnished.note.pk}").status_code == 404
    assert alla.get(f"/tickets/{other.pk}/files/{furnished.file_id}").status_code == 404
    assert alla.patch(f"/tickets/{other.pk}/messages/{furnished.note.pk}", {"text": "x"}).status_code == 404


def test_a_switched_off_account_has_no_session(desk: Desk, program) -> None:
    ticket = desk.file()

    assert program("ivan").get("/me").status_code == 401
    assert program("ivan").post(f"/tickets/{ticket.pk}/actions/take").status_code == 401
    assert Ticket.objects.get().status == "new"
