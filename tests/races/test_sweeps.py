"""Three sweeps at the same moment do each thing once: breaches, reminders, acceptance by silence, and what people hear of it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from helpdesk import moment
from helpdesk.actions import deadlines
from helpdesk.models import ClockEvent, Event, Notice, Ticket, TicketClock
from helpdesk.notify import fan_out
from tests.people import NOON, Desk, make_desk
from tests.races.processes import start, together

if TYPE_CHECKING:
    from collections.abc import Callable

SWEEP = """
from helpdesk import notify
from helpdesk.actions import deadlines
print("ready", flush=True)
begin = float(sys.stdin.readline())
time.sleep(max(0, begin - time.time()))
done = deadlines.sweep()
notify.fan_out()
print(len(done.set_aside), done.breached, done.reminded, done.accepted)
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_three_sweeps_at_once_do_each_thing_once() -> None:
    with moment.at(datetime.now(UTC) - timedelta(days=30)):
        desk = make_desk()
        judged = [desk.ticket("on_review").pk for _number in range(4)]
    with moment.at(datetime.now(UTC) - timedelta(days=20)):
        assert deadlines.sweep().reminded == 4
    TicketClock.objects.filter(ticket__in=judged, kind="review").update(remind_at=None)
    with moment.at(datetime.now(UTC) - timedelta(days=10)):
        late = [desk.file().pk for _number in range(12)]
    fan_out()
    before = set(Event.objects.values_list("pk", flat=True))

    answers = [
        [int(number) for number in answer.split()] for answer in together([start(SWEEP) for _number in range(3)])
    ]

    breaches = Counter(ClockEvent.objects.filter(kind="breach").values_list("clock", flat=True))
    assert sum(answer[0] for answer in answers) == 0, "nothing is set aside"
    assert set(breaches.values()) == {1}
    assert TicketClock.objects.filter(ticket__in=late, kind="reaction", breached_at=None).count() == 0
    assert sum(answer[1] for answer in answers) == 2 * len(late)
    # The breach is one event, the reminder after it another.
    told = Counter(
        Event.objects.filter(kind="overdue").exclude(pk__in=before).values_list("ticket", "data__clock", "data__due_at")
    )
    assert set(told.values()) == {1}
    accepted = Ticket.objects.filter(pk__in=judged)
    assert [(ticket.status, ticket.silently_accepted) for ticket in accepted] == [("done", True)] * 4
    assert Event.objects.filter(kind="accept_silently").count() == sum(answer[3] for answer in answers) == 4
    fan_out()
    assert set(Counter(Notice.objects.values_list("event", "person")).values()) == {1}


def test_what_another_sweep_did_between_two_statements_is_not_done_again(desk: Desk) -> None:
    late = [desk.file().pk for _number in range(3)]
    seen: list[str] = []
    others: list[deadlines.Swept] = []

    def another_sweep(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if seen and '"remind_at" <= ' in seen[-1] and not others:
            others.append(deadlines.Swept())
            others[0] = deadlines.sweep()
        seen.append(sql)
        return execute(sql, *rest)

    with moment.at(NOON + timedelta(days=2)), connection.execute_wrapper(another_sweep):
        done = deadlines.sweep()

    told = Event.objects.filter(kind="overdue", data__has_key="due_at").values_list("ticket", "data__clock")
    assert (done.reminded, others[0].reminded) == (0, 2 * len(late))
    assert Counter(told) == {(ticket, clock): 1 for ticket in late for clock in ("reaction", "execution")}
