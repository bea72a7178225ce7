"""Stays and closings are what the history tells, whatever happens to a ticket; they can be told anew, and a fault is found."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import call_command
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from helpdesk import moment
from helpdesk.actions import conversation, deadlines, letting_go, stays
from helpdesk.actions.refusals import ActionRefused, NotFound
from helpdesk.health import doctor
from helpdesk.models import Closing, Membership, Stay, Ticket, TicketClock, User, WorkType
from tests.people import NOON, Desk

DEEDS: dict[str, tuple[str, dict[str, Any]]] = {
    "take": ("alla", {}), "assign": ("lev", {"person": "artem"}), "ask": ("lev", {"comment": "Which?"}), "resume": ("lev", {}),
    "submit": ("lev", {"comment": "Done."}), "recall": ("lev", {}), "return": ("anna", {"comment": "No."}),
    "cancel": ("anna", {"comment": "No need."}), "reopen": ("anna", {"comment": "Again."}), "accept": ("anna", {"rating": "4"}),
    "transfer": ("lev", {"line": "second", "comment": "Yours."}), "correct": ("roman", {"status": "done", "comment": "Was done."}),
    "uncorrect": ("roman", {"status": "rework", "comment": "Was not."}), "reclassify": ("lev", {}),
}  # fmt: skip
LIVES = st.lists(
    st.tuples(st.sampled_from([*DEEDS, "take", "submit", "accept", "sweep", "reply", "leave"]), st.integers(0, 60 * 50)),
    min_size=3, max_size=14,
)  # fmt: skip


def deed(desk: Desk, name: str, ticket: Ticket) -> None:
    """Do to a ticket what is possible of it."""
    if name == "sweep":
        deadlines.sweep()
    elif name == "reply":
        conversation.post(actor=desk.anna, ticket_id=ticket.pk, text="Here.")
    elif name == "leave":
        letting_go.let_go(actor=desk.roman, person=desk.artem)
    else:
        actor, raw = DEEDS[name]
        given = {
            key: str(getattr(desk, value).pk) if key in ("line", "person") else value for key, value in raw.items()
        }
        if name == "reclassify":
            kinds = [desk.mailbox, WorkType.objects.get(code="MAIL.3")]
            given = {"work_type": str(kinds[Ticket.objects.get(pk=ticket.pk).work_type_id == kinds[0].pk].pk)}
        desk.act(name.removeprefix("un"), actor, ticket, **given)


@settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(life=LIVES)
def test_stays_are_what_the_history_tells(desk: Desk, life: list[tuple[str, int]]) -> None:
    Ticket.objects.all().delete()
    User.objects.filter(username="artem").update(is_active=True)
    Membership.objects.get_or_create(line=desk.first, person=desk.artem, defaults={"role": "member"})
    WorkType.objects.get_or_create(
        service=desk.mail, code="MAIL.3", defaults={"name": "List", "reaction_limit": "10m", "execution_limit": "1h"}
    )
    at = NOON
    with moment.at(at):
        ticket = desk.file()
    for name, minutes in life:
        at += timedelta(minutes=minutes)
        with moment.at(at):
            try:
                deed(desk, name, ticket)
            except (ActionRefused, NotFound, ValidationError):
                continue
        assert stays.differences() == []
    check_facts(Ticket.objects.get(pk=ticket.pk))


def check_facts(ticket: Ticket) -> None:
    """Compare what the ticket keeps of its clocks with them, and its last stay with where it is."""
    clocks = TicketClock.objects.filter(ticket=ticket, kind__in=["reaction", "execution"])
    assert ticket.late_at == min((clock.breached_at for clock in clocks if clock.breached_at), default=None)
    assert {clock.started_at for clock in clocks} == {ticket.created_at}
    waited = ticket.taken_at and (ticket.taken_at - ticket.created_at).total_seconds()
    assert ticket.reaction == waited
    last = Stay.objects.filter(ticket=ticket).latest("number")
    assert (last.status, last.line, last.assignee, last.until) == (ticket.status, ticket.line, ticket.assignee, None)


def test_a_life_is_cut_into_stays_and_closings(desk: Desk) -> None:
    steps = [
        ("alla", "take", {}), ("alla", "ask", {"comment": "Which?"}), ("alla", "resume", {}), ("lev", "assign", {"person": str(desk.lev.pk)}),
        ("lev", "submit", {"comment": "Done."}), ("anna", "return", {"comment": "No."}), ("lev", "take", {}),
        ("lev", "submit", {"comment": "Now."}), ("anna", "accept", {"rating": "3"}), ("anna", "reopen", {"comment": "Again."}),
        ("lev", "transfer", {"line": str(desk.second.pk), "comment": "Yours."}),
    ]  # fmt: skip
    ticket = desk.file()
    for hours, (actor, name, raw) in enumerate(steps, 1):
        with moment.at(NOON + timedelta(hours=hours)):
            desk.act(name, actor, ticket, **raw)

    rows = list(Stay.objects.filter(ticket=ticket).order_by("number"))
    closing = Closing.objects.get(ticket=ticket)
    assert [row.number for row in rows] == list(range(1, 13))
    assert [(row.status, row.came_from, row.spent) for row in rows[4:7]] == [
        ("in_work", "", None), ("on_review", "in_work", 2 * 3600), ("rework", "on_review", 3600)
    ]  # fmt: skip
    assert (rows[-1].left_line, rows[-1].line, rows[-1].back) == (desk.first, desk.second, False)
    assert (closing.assignee, closing.line, closing.rating, closing.returned) == (desk.lev, desk.second, 3, True)
    assert (closing.execution, closing.worked, closing.waited, closing.reviewed) == (8 * 3600, 6 * 3600, 3600, 2 * 3600)
    assert closing.undone_at == NOON + timedelta(hours=10)
    assert closing.path == "niwirkird"


def test_a_fault_is_found_and_mended(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    done, other = desk.ticket("done"), desk.ticket("in_work")
    Closing.objects.filter(ticket=done).update(worked=1)
    Stay.objects.filter(ticket=other).last().delete()  # type: ignore[union-attr]
    found = {finding.level for finding in doctor.stays()}

    assert found == {"warning"}
    assert stays.differences() == [done.pk, other.pk]
    call_command("rebuild_stays")
    assert "2 requests" in capsys.readouterr().out
    assert stays.differences() == []
    assert {finding.level for finding in doctor.stays()} == {"ok"}
    desk.act("submit", "alla", other, comment="Done.")
    assert stays.differences() == []


def test_the_migration_fills_in_what_was_there_before(desk: Desk) -> None:
    for status in ("done", "in_work", "cancelled"):
        desk.ticket(status)
    with moment.at(NOON + timedelta(days=9)):
        deadlines.sweep()
    wanted = list(Ticket.objects.order_by("pk").values_list("late_at", "reaction"))
    assert any(late for late, _reaction in wanted)
    Stay.objects.all().delete()
    Closing.objects.all().delete()
    Ticket.objects.update(late_at=None, reaction=None)

    import_module("helpdesk.migrations.0025_stays_of_history").fill(apps, None)

    assert stays.differences() == []
    assert list(Ticket.objects.order_by("pk").values_list("late_at", "reaction")) == wanted


def answered(desk: Desk) -> Ticket:
    """Return a request that was asked about at noon and answered three hours later."""
    ticket = desk.ticket("waiting")
    with moment.at(NOON + timedelta(hours=3)):
        conversation.post(actor=desk.anna, ticket_id=ticket.pk, text="The one on the left.")
    return ticket


def test_an_answer_ends_the_waiting(desk: Desk) -> None:
    ticket = answered(desk)
    last = Stay.objects.filter(ticket=ticket).latest("number")
    with moment.at(NOON + timedelta(hours=4)):
        desk.act("submit", "alla", ticket, comment="Done.")
        desk.act("accept", "anna", ticket, rating="5")

    assert (last.status, last.came_from, last.since) == ("in_work", "waiting", NOON + timedelta(hours=3))
    assert Closing.objects.get(ticket=ticket).worked == 3600
    assert stays.differences() == []


def test_the_migration_mends_what_answers_had_left_out(desk: Desk) -> None:
    ticket, other = answered(desk), desk.ticket("waiting")
    Stay.objects.filter(ticket=ticket).latest("number").delete()
    Stay.objects.filter(ticket=ticket, status="waiting").update(until=None, is_long=False)
    kept = list(Stay.objects.filter(ticket=other).values())
    assert stays.differences() == [ticket.pk]

    import_module("helpdesk.migrations.0034_stays_of_answers").mend(apps, None)

    assert stays.differences() == []
    assert list(Stay.objects.filter(ticket=other).values()) == kept
