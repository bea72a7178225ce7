"""All data of one person: everything that points at him is told or left out for a reason, nothing he may not see, and not too often."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from helpdesk import moment, own_data
from helpdesk.actions import accounts, conversation, data_requests, tokens
from helpdesk.actions.refusals import ActionRefused, NotFound
from helpdesk.models import AuditRecord, Ticket
from tests.people import NOON, Desk

ADDRESS = "/api/v1/me/export"


def unpacked(answer: Any) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


@pytest.fixture
def lived(desk: Desk, settings: Any, tmp_path: Any) -> Ticket:
    """Anna has a request with a file, a note about her, a rating, and a key."""
    settings.MEDIA_ROOT = tmp_path
    ticket = desk.file(
        files=[SimpleUploadedFile("../паспорт.txt", b"scan"), SimpleUploadedFile("two.txt", b"2" * 200_000)]
    )
    desk.act("take", "alla", ticket)
    conversation.post(actor=desk.alla, ticket_id=ticket.pk, text="She is in a bad mood.", internal=True)
    conversation.post(actor=desk.alla, ticket_id=ticket.pk, text="Which <b>error</b>?", to=[desk.anna.pk])
    desk.act("submit", "alla", ticket, comment="Mended.")
    desk.act("accept", "anna", ticket, rating="1", comment="Slow.")
    accounts.update_profile(
        actor=desk.anna, department="Books", phone="8 495 123-45-67", time_zone="Asia/Omsk", language="ru"
    )
    tokens.create(actor=desk.anna, name="laptop", scopes=["read"])
    desk.file("boris", subject="A secret of Boris")
    return ticket


def test_a_person_gets_everything_of_his_and_nothing_else(desk: Desk, lived: Ticket) -> None:
    answer = desk.client("anna").post(reverse("admin:own_data"))
    found = unpacked(answer)

    told = {name[:-5]: json.loads(data) for name, data in found.items() if name.endswith(".json")}
    assert set(told) == {section.name for section in own_data.SECTIONS}
    assert told["account"][0]["phone"] == "+7 495 123-45-67"
    assert [row["number"] for row in told["requests"]] == [lived.pk]
    assert told["messages"][0]["text"] == "Which <b>error</b>?"
    assert [(row["rating"], row["given_by_you"]) for row in told["ratings"]] == [(1, True)]
    assert [row["name"] for row in told["keys"]] == ["laptop"]
    assert [row["event"] for row in told["audit"]][-1] == "exported"
    names = sorted(name for name in found if name.startswith("files/"))
    assert {name.split(" ", 1)[1] for name in names} == {"паспорт.txt", "two.txt"}
    assert sorted(len(found[name]) for name in names) == [4, 200_000]
    page = found["index.html"].decode()
    assert "Which &lt;b&gt;error&lt;/b&gt;?" in page
    assert "Данные: Anna Smirnova" in page
    everything = b"".join(found.values()).decode()
    for hidden in ("bad mood", "A secret of Boris", desk.anna.password, "hd_"):
        assert hidden not in everything.replace(told["keys"][0]["start"], ""), hidden
    assert answer["Content-Type"] == "application/zip"
    assert "no-store" in answer["Cache-Control"]


def test_an_administrator_takes_out_the_data_of_anybody_and_the_audit_hears(desk: Desk, lived: Ticket) -> None:
    found = unpacked(desk.client("roman").post(reverse("admin:data_of_person", args=[desk.anna.pk])))

    assert json.loads(found["account.json"])[0]["username"] == "anna"
    assert "bad mood" not in found["messages.json"].decode()
    row = AuditRecord.objects.filter(kind="exported").get()
    assert (row.actor, row.person, row.data["what"]) == (desk.roman, desk.anna, "person")


def test_nobody_else_takes_it_out_and_nobody_too_often(desk: Desk, lived: Ticket) -> None:
    for login in ("alla", "lev", "katya", "olga"):
        assert desk.client(login).post(reverse("admin:data_of_person", args=[desk.anna.pk])).status_code == 403
        with pytest.raises(ActionRefused):
            data_requests.take_out(actor=desk.people[login], person_id=desk.anna.pk)
    with pytest.raises(NotFound):
        data_requests.take_out(actor=desk.roman, person_id=999_999)
    assert not AuditRecord.objects.filter(kind="exported").exists()

    for _time in range(data_requests.MOST):
        assert desk.client("anna").post(reverse("admin:own_data")).status_code == 200
    again = desk.client("anna").post(reverse("admin:own_data"))
    assert (again.status_code, AuditRecord.objects.filter(kind="exported").count()) == (429, data_requests.MOST)
    with moment.at(NOON + timedelta(hours=1, seconds=1)):
        data_requests.take_out(actor=desk.anna)


def test_a_program_gets_the_same(desk: Desk, lived: Ticket) -> None:
    _token, text = tokens.create(actor=desk.anna, name="script", scopes=["read"])
    answer = Client().get(ADDRESS, headers={"Authorization": f"Bearer {text}"})
    assert {"account.json", "index.html"} <= set(unpacked(answer))
    assert desk.client("alla").get(f"/api/v1/people/{desk.anna.pk}/export").status_code == 403
    assert unpacked(desk.client("roman").get(f"/api/v1/people/{desk.anna.pk}/export"))
    for _time in range(data_requests.MOST - 1):
        assert desk.client("anna").get(ADDRESS).status_code == 200
    refused = desk.client("anna").get(ADDRESS)
    assert (refused.status_code, refused.json()["code"], refused["Retry-After"]) == (429, "throttled", "3600")
