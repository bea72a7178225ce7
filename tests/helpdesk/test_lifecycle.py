"""Every action × status × part is allowed or refused as the table says; a refusal changes nothing and says why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from helpdesk import access, moment
from helpdesk.actions.dispatch import PEOPLE_START
from helpdesk.actions.refusals import ActionRefused, NotFound, StalePage, ValidationError
from helpdesk.lifecycle import ACTIONS, CLOSED, Status, Who
from helpdesk.models import Rating, Ticket
from tests.people import Desk, state

RAW = {
    "take": {}, "resume": {}, "recall": {},
    "ask": {"comment": "Which error?"}, "submit": {"comment": "Mended."}, "return": {"comment": "No."},
    "cancel": {"comment": "No need."}, "reopen": {"comment": "Again."}, "accept": {"rating": "5"},
    "correct": {"comment": "Wrong button.", "status": "new"},
}  # fmt: skip
# Who has which part in Anna's request, which Alla works on the first line.
PARTS = {
    "anna": {Who.REQUESTER}, "boris": set(), "alla": {Who.MEMBER, Who.ASSIGNEE}, "artem": {Who.MEMBER},
    "lev": {Who.MEMBER, Who.LEAD}, "egor": set(), "katya": set(), "olga": set(), "roman": {Who.CORRECTOR},
}  # fmt: skip


def raw_for(name: str, desk: Desk, actor: str) -> dict[str, object]:
    if name == "transfer":
        return {"line": desk.second.pk, "comment": "Yours."}
    if name == "reclassify":
        return {"work_type": desk.server.pk}
    if name == "assign":
        return {"person": desk.artem.pk if actor == "lev" else desk.people[actor].pk}
    if name == "correct":
        return {"comment": "Wrong button.", "status": "rework"}
    return dict(RAW[name])


def allowed(name: str, status: str, actor: str) -> bool:
    """Say what the table means, written a second time."""
    parts = set(PARTS[actor])
    if status in (Status.NEW, Status.CANCELLED):
        parts.discard(Who.ASSIGNEE)
    action = ACTIONS[name]
    if status not in action.sources or not parts & set(action.who):
        return False
    held_by_alla = status not in (Status.NEW, Status.CANCELLED)
    if name == "take":
        return not held_by_alla or actor == "alla"
    if name == "assign" and actor == "alla":
        return not held_by_alla
    return not (name == "assign" and actor == "artem" and held_by_alla) and not (
        name == "correct" and status == Status.REWORK
    )


@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize("name", sorted(PEOPLE_START))
def test_every_part_may_do_what_the_table_says_and_nothing_else(desk: Desk, name: str, status: str) -> None:
    ticket = desk.ticket(status)
    before = state(ticket)
    for actor in PARTS:
        raw = raw_for(name, desk, actor)
        if allowed(name, status, actor):
            with transaction.atomic():
                changed = desk.act(name, actor, ticket, **raw)
                target = ACTIONS[name].target or (raw.get("status") if name == "correct" else status)
                assert changed.status == target, actor
                assert changed.version == ticket.version + 1
                newest = changed.history.first()
                assert (newest.last_action, newest.history_user) == (name, desk.people[actor])
                # The next person finds the ticket as it was.
                transaction.set_rollback(True)
        else:
            with pytest.raises((ActionRefused, NotFound, ValidationError)):
                desk.act(name, actor, ticket, **raw)
            assert state(ticket) == before, actor


@pytest.mark.parametrize("status", Status.values)
def test_a_button_is_active_exactly_when_the_action_would_work(desk: Desk, status: str) -> None:
    ticket = desk.ticket(status)
    for actor in ("anna", "alla", "lev", "roman"):
        for button in access.buttons(desk.people[actor], ticket):
            if button.action.name in {"assign", "correct"}:
                continue
            assert bool(button.decision) == allowed(button.action.name, status, actor), (actor, button.action.name)
            assert button.decision or str(button.decision.reason)


@pytest.mark.parametrize(
    ("name", "status", "actor", "raw", "field"),
    [
        ("ask", Status.IN_WORK, "alla", {"comment": "  "}, "comment"),
        ("submit", Status.IN_WORK, "alla", {}, "comment"),
        ("submit", Status.IN_WORK, "alla", {"comment": "x" * 5001}, "comment"),
        ("submit", Status.IN_WORK, "alla", {"comment": "a\x07b"}, "comment"),
        ("return", Status.ON_REVIEW, "anna", {"comment": ""}, "comment"),
        ("accept", Status.ON_REVIEW, "anna", {"rating": "0"}, "rating"),
        ("accept", Status.ON_REVIEW, "anna", {"rating": "6"}, "rating"),
        ("accept", Status.ON_REVIEW, "anna", {}, "rating"),
        ("accept", Status.ON_REVIEW, "anna", {"rating": "2"}, "comment"),
        ("cancel", Status.NEW, "anna", {}, "comment"),
        ("transfer", Status.NEW, "alla", {"comment": "Yours."}, "line"),
        ("transfer", Status.NEW, "alla", {"comment": "Yours.", "line": "999999"}, "line"),
        ("assign", Status.NEW, "lev", {}, "person"),
        ("correct", Status.NEW, "roman", {"status": "gone", "comment": "x"}, "status"),
        ("correct", Status.NEW, "roman", {"status": "new", "comment": "x"}, "status"),
    ],
)
def test_missing_or_wrong_input_is_told_at_its_field(
    desk: Desk, name: str, status: str, actor: str, raw: dict[str, str], field: str
) -> None:
    ticket = desk.ticket(status)
    before = state(ticket)

    with pytest.raises(ValidationError) as told:
        desk.act(name, actor, ticket, **raw)

    assert list(told.value.message_dict) == [field]
    assert state(ticket) == before


def test_a_lead_cannot_assign_to_somebody_outside_the_line(desk: Desk) -> None:
    ticket = desk.ticket()
    before = state(ticket)

    with pytest.raises(ValidationError):
        desk.act("assign", "lev", ticket, person=desk.egor.pk)

    assert state(ticket) == before


def test_the_status_cannot_be_assigned_but_is_read_again_from_the_database(desk: Desk) -> None:
    ticket = desk.ticket()

    with pytest.raises(AttributeError):
        ticket.status = Status.DONE
    desk.act("take", "alla", ticket)
    ticket.refresh_from_db()

    assert ticket.status == Status.IN_WORK


def test_a_stale_page_is_told_what_changed_and_changes_nothing(desk: Desk) -> None:
    ticket = desk.ticket()
    seen = ticket.version
    desk.act("take", "alla", ticket)
    before = state(ticket)

    from helpdesk.actions.dispatch import act

    with pytest.raises(StalePage) as stale:
        act("take", actor=desk.artem, ticket_id=ticket.pk, raw={}, version=seen)

    assert stale.value.by == "Alla Fedorova"
    assert {change.new for change in stale.value.changes} == {str(Status.IN_WORK.label), "Alla Fedorova"}
    assert state(ticket) == before


def test_a_rating_is_appended_when_a_reopened_request_is_accepted_again(desk: Desk) -> None:
    ticket = desk.ticket(Status.DONE)
    desk.act("reopen", "anna", ticket, comment="It is back.")
    desk.act("take", "alla", ticket)
    desk.act("submit", "alla", ticket, comment="Again mended.")
    desk.act("accept", "anna", ticket, rating="3")

    assert list(Rating.objects.values_list("value", "assignee")) == [(5, desk.alla.pk), (3, desk.alla.pk)]


def test_the_requester_reopens_until_his_time_is_over_and_the_lead_after_it(desk: Desk) -> None:
    ticket = desk.ticket(Status.DONE)
    until = ticket.reopen_until
    with moment.at(until), transaction.atomic():
        assert desk.act("reopen", "anna", ticket, comment="It is back.").status == Status.REWORK
        transaction.set_rollback(True)
    before = state(ticket)

    with moment.at(until + timedelta(seconds=1)):
        with pytest.raises(ActionRefused) as refused:
            desk.act("reopen", "anna", ticket, comment="It is back.")
        assert (refused.value.code, state(ticket)) == ("window_closed", before)
        assert desk.act("reopen", "lev", ticket, comment="It is back.").status == Status.REWORK


def test_a_transfer_clears_the_assignee_and_hides_the_request_from_the_old_line(desk: Desk) -> None:
    ticket = desk.ticket(Status.IN_WORK)
    desk.act("transfer", "alla", ticket, line=desk.second.pk, comment="Server side.")

    moved = Ticket.objects.get(pk=ticket.pk)
    assert (moved.status, moved.assignee, moved.line) == (Status.NEW, None, desk.second)
    assert not access.can_see(desk.alla, moved)
    assert access.can_see(desk.egor, moved)
    assert not access.visible_messages(desk.anna, moved).filter(text="Server side.").exists()


def test_the_requesters_reply_to_a_question_resumes_the_work(desk: Desk) -> None:
    from helpdesk.actions import conversation

    ticket = desk.ticket(Status.WAITING)
    conversation.post(actor=desk.anna, ticket_id=ticket.pk, text="550")

    assert Ticket.objects.get(pk=ticket.pk).status == Status.IN_WORK


def test_a_correction_is_marked_for_ever(desk: Desk) -> None:
    ticket = desk.ticket(Status.DONE)
    changed = desk.act("correct", "roman", ticket, status="in_work", comment="Closed by mistake.")

    assert changed.corrected
    assert changed.closed_at is None
    assert changed.history.first().history_change_reason == "Closed by mistake."


def test_every_closed_request_knows_when(desk: Desk) -> None:
    for status in CLOSED:
        assert desk.ticket(status).closed_at is not None
