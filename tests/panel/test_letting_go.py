"""Letting a person go: the page says what hangs on him, his requests go on, everything that is his ends, and a refusal changes nothing."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from helpdesk.actions import letting_go, records, registration, tokens
from helpdesk.actions.refusals import ActionRefused, ValidationError
from helpdesk.lifecycle import Status
from helpdesk.models import AuditRecord, Ticket, User
from tests.people import Desk, state


def stand(ticket: Ticket) -> tuple[str, User | None]:
    row = Ticket.objects.get(pk=ticket.pk)
    return row.status, row.assignee


def test_requests_go_back_to_their_line_and_all_that_is_his_ends(desk: Desk) -> None:
    registration.register(
        actor=desk.alla, work_type=desk.mailbox, requester=desk.boris, subject="By phone", text="He cannot log in."
    )
    tickets = {name: desk.ticket(name) for name in ("in_work", "waiting", "rework", "on_review", "done")}
    _token, text = tokens.create(actor=desk.alla, name="script", scopes=["read"])
    browser, address = desk.client("alla"), reverse("admin:let_go", args=[desk.alla.pk])
    page = desk.client("roman").get(address).content.decode()
    assert re.search(r"Signed-in browsers</dt><dd>1 ", page)
    assert re.search(r"Open requests filed for others</dt><dd>1 ", page)
    assert all(f"#{tickets[name].pk} " in page for name in ("in_work", "waiting", "rework"))

    desk.client("roman").post(address, {"to": ""})

    assert [stand(tickets[name]) for name in ("in_work", "waiting", "rework")] == [(Status.NEW, None)] * 3
    assert stand(tickets["on_review"]) == (Status.ON_REVIEW, desk.alla)
    assert stand(tickets["done"]) == (Status.DONE, desk.alla)
    newest = tickets["waiting"].history.latest("history_id")
    assert (newest.last_action, newest.history_change_reason) == ("release", "The assignee has left.")
    assert {clock.kind: clock.state for clock in tickets["waiting"].clocks.all()}["execution"] == "running"
    alla = User.objects.get(username="alla")
    assert (alla.is_active, alla.has_usable_password(), alla.memberships.count()) == (False, False, 0)
    assert browser.get(reverse("admin:index")).status_code == 302
    assert Client().get("/api/v1/me", headers={"Authorization": f"Bearer {text}"}).status_code == 401
    told = AuditRecord.objects.get(kind="let_go")
    assert (told.actor, told.person, len(told.data["moved"])) == (desk.roman, alla, 3)
    User.objects.filter(pk=alla.pk).update(is_active=True)
    assert browser.get(reverse("admin:index")).status_code == 302


def test_requests_go_to_a_colleague_and_a_returned_result_to_whoever_takes_it(desk: Desk) -> None:
    working, judged = desk.ticket("in_work"), desk.ticket("on_review")

    desk.client("roman").post(reverse("admin:let_go", args=[desk.alla.pk]), {"to": str(desk.artem.pk)})
    desk.act("return", "anna", judged, comment="Still broken.")
    desk.act("take", "lev", judged)

    assert (stand(working), stand(judged)) == ((Status.IN_WORK, desk.artem), (Status.IN_WORK, desk.lev))


def test_refusals_change_nothing(desk: Desk) -> None:
    ticket = desk.ticket("in_work")
    before = state(ticket)
    address = reverse("admin:let_go", args=[desk.alla.pk])

    assert desk.client("lev").post(address, {"to": str(desk.artem.pk)}).status_code == 403
    assert desk.client("roman").post(address, {"to": str(desk.egor.pk)}).status_code == 422
    assert desk.client("roman").post(address, {"to": "x"}).status_code == 422
    with pytest.raises(ValidationError):
        letting_go.let_go(actor=desk.roman, person=desk.alla, to=desk.egor)
    for person in (desk.roman, desk.ivan):
        with pytest.raises(ActionRefused):
            letting_go.let_go(actor=desk.roman, person=person)
    desk.alla.is_active = False
    with pytest.raises(ActionRefused, match="has_requests"):
        records.save(actor=desk.roman, record=desk.alla)

    assert state(ticket) == before
    assert User.objects.get(pk=desk.alla.pk).memberships.count() == 1
    assert set(User.objects.filter(is_active=False)) == {desk.ivan}
