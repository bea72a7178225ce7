"""The demo is a consistent story: in order, never in the future, right about deadlines, with something for everybody."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from helpdesk import access, moment, queues
from helpdesk.lifecycle import ACTIONS, REGISTER, Status
from helpdesk.models import (
    Attachment,
    ClockEvent,
    ClockKind,
    ClockState,
    Event,
    Message,
    MessageRecipient,
    Rating,
    Ticket,
    User,
)
from helpdesk.queues import Chip, Scope
from tests.demo.conftest import CASES, START, TICKETS, TODAY

if TYPE_CHECKING:
    from helpdesk.demo.desk import Desk

MINUTE = timedelta(minutes=1)
# That it is told on PostgreSQL as well is shown by `test_loading`.
pytestmark = [pytest.mark.slow, pytest.mark.once]


def recent() -> list[Ticket]:
    """Return the tickets of the story, without the city's."""
    return list(Ticket.objects.filter(created_at__gte=START).order_by("pk"))


def test_every_status_and_every_action_occurs(demo: Desk) -> None:
    assert len(recent()) == TICKETS
    assert {ticket.status for ticket in recent()} == set(Status.values)
    done = set(Ticket.history.values_list("last_action", flat=True))
    # A correction is made by hand once in a long while, and silence is rare; a small story may do without. Nothing goes
    # back to its line by itself unless that is switched on.
    assert {*ACTIONS, REGISTER} - done <= {"correct", "recall", "cancel_silently", "release"}


def test_nothing_lies_in_the_future(demo: Desk) -> None:
    moments = [
        *Ticket.objects.values_list("updated_at", flat=True),
        *Ticket.history.values_list("history_date", flat=True),
        *Message.objects.values_list("created_at", flat=True),
        *Attachment.objects.values_list("created_at", flat=True),
        *Rating.objects.values_list("created_at", flat=True),
        *ClockEvent.objects.values_list("at", flat=True),
        *Event.objects.values_list("at", flat=True),
        *MessageRecipient.objects.exclude(read_at=None).values_list("read_at", flat=True),
    ]

    assert max(moments) <= TODAY


@pytest.mark.parametrize("rows", [Ticket, Message, Attachment, Rating], ids=lambda model: model.__name__)
def test_numbers_and_moments_go_together(demo: Desk, rows: type[Ticket | Message | Attachment | Rating]) -> None:
    moments = list(rows.objects.order_by("pk").values_list("created_at", flat=True))

    assert moments == sorted(moments)


def test_the_history_of_a_ticket_is_in_order_and_signed(demo: Desk) -> None:
    for ticket in recent():
        rows = list(ticket.history.order_by("history_id"))

        assert rows[0].last_action == REGISTER
        assert [row.version for row in rows] == list(range(1, len(rows) + 1))
        assert [row.history_date for row in rows] == sorted(row.history_date for row in rows)
        assert all(row.history_user_id for row in rows if row.last_action not in {"accept_silently", "cancel_silently"})
        for before, after in pairwise(rows):
            action = ACTIONS[after.last_action]
            assert Status(before.status) in action.sources


def test_due_times_are_those_of_the_running_clocks(demo: Desk) -> None:
    late = 0
    for ticket in recent():
        running = [
            clock.due_at
            for clock in ticket.clocks.filter(state=ClockState.RUNNING)
            if clock.kind in (ClockKind.REACTION, ClockKind.EXECUTION)
        ]
        assert ticket.due_at == min(running, default=None)
        late += ticket.is_overdue
        for clock in ticket.clocks.exclude(breached_at=None):
            assert clock.breached_at is not None
            assert clock.breached_at < TODAY

    assert 3 <= late <= TICKETS / 4


def test_what_is_past_due_has_been_stored_as_breached(demo: Desk) -> None:
    for ticket in recent():
        passed = ticket.clocks.filter(state=ClockState.RUNNING, due_at__lt=TODAY - MINUTE, breached_at=None)

        assert list(passed) == []


def test_judgements_are_of_all_kinds(demo: Desk) -> None:
    given = Counter(Rating.objects.values_list("value", flat=True))

    assert given[5] > given[4] > 0
    assert sum(given[stars] for stars in (1, 2, 3)) > 0
    assert not Rating.objects.filter(value__lte=2, comment="").exists()
    assert Ticket.objects.filter(returns__gt=0).exists()
    assert Ticket.objects.filter(created_at__gte=START, silently_accepted=True).exists()


def test_people_talk_with_files_and_among_themselves(demo: Desk) -> None:
    assert Message.objects.filter(is_internal=True).count() > 10
    assert {name.rsplit(".", 1)[-1] for name in Attachment.objects.values_list("name", flat=True)} >= {
        "png",
        "log",
        "jpg",
    }
    assert Attachment.objects.filter(message__isnull=False).exists()
    texts = [*Message.objects.values_list("text", flat=True), *Ticket.objects.values_list("text", flat=True)]
    assert not [text for text in texts if "{" in text or "[" in text]


def pile(user: User, scope: Scope) -> dict[Chip, int]:
    """Return how many tickets each chip of a person's tab has."""
    return queues.chip_counts(queues.in_scope(user, scope))


@pytest.mark.parametrize("login", ["employee", "employee2"])
def test_an_employee_finds_what_waits_for_him(demo: Desk, login: str) -> None:
    person = demo.people[login]
    mine = pile(person, Scope.MINE)

    assert mine[Chip.WAITING] >= 1
    assert mine[Chip.ON_REVIEW] >= 1
    assert mine[Chip.NEW] + mine[Chip.IN_WORK] >= 2
    assert mine[Chip.DONE] >= 1
    assert 1 <= queues.counters(person).unread <= 15
    assert not access.roles_of(person).rights


@pytest.mark.parametrize("login", ["agent", "agent2", "expert"])
def test_an_agent_finds_work_and_unread_messages(demo: Desk, login: str) -> None:
    person = demo.people[login]

    assert pile(person, Scope.ASSIGNED)[Chip.IN_WORK] >= 1
    assert pile(person, Scope.LINES)[Chip.NEW] >= 1
    assert 1 <= queues.counters(person).unread <= 40


def test_the_agent_has_something_late_and_something_due_within_two_hours(demo: Desk) -> None:
    mine = queues.in_scope(demo.people["agent"], Scope.ASSIGNED)
    with moment.at(TODAY + 120 * MINUTE):
        soon = pile(demo.people["agent"], Scope.ASSIGNED)[Chip.OVERDUE]

    assert 1 <= queues.narrow(mine, Chip.OVERDUE).count() < soon


def test_the_lead_has_overdue_requests_and_an_untaken_one_among_them(demo: Desk) -> None:
    late = queues.narrow(queues.in_scope(demo.people["lead"], Scope.LINES), Chip.OVERDUE)

    assert late.count() >= 3
    assert late.filter(assignee=None).exists()


def test_the_administrators_file_requests_too(demo: Desk) -> None:
    for login in ("catalog", "admin"):
        assert queues.counters(demo.people[login]).waiting_for_me >= 1
    assert access.roles_of(demo.people["admin"]).is_administrator
    assert demo.people["admin"].check_password("demo")


def test_the_hundred_cases_keep_their_moments_and_are_in_nobodys_way(demo: Desk) -> None:
    cases = Ticket.objects.filter(line=demo.lines["city"])

    assert cases.count() == CASES
    assert Counter(cases.values_list("status", flat=True)) == {Status.DONE.value: 85, Status.CANCELLED.value: 15}
    first = cases.order_by("pk")[0]
    assert first.created_at.isoformat() == "2022-01-01T05:16:00+00:00"
    assert not access.visible_services(demo.people["employee"]).filter(code__startswith="CITY").exists()
