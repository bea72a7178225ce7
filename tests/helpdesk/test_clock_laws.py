"""Whatever happens to a ticket, its clocks are what its ledger says, and what was used and what is left are the limit."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from helpdesk import clocks, moment, worktime
from helpdesk.actions import conversation, deadlines
from helpdesk.actions.refusals import ActionRefused
from helpdesk.clocks import reckoning
from helpdesk.models import CalendarInterval, ClockEvent, SupportLine, Ticket, TicketClock, WorkCalendar, WorkType
from helpdesk.worktime import Limit
from tests.people import NOON, Desk, state

DEEDS: dict[str, tuple[str, dict[str, Any]]] = {
    "take": ("alla", {}), "ask": ("alla", {"comment": "Which?"}), "resume": ("alla", {}), "submit": ("alla", {"comment": "Done."}),
    "recall": ("alla", {}), "return": ("anna", {"comment": "No."}), "cancel": ("anna", {"comment": "No need."}),
    "reopen": ("lev", {"comment": "Again."}), "accept": ("anna", {"rating": "5"}), "reclassify": ("alla", {}),
}  # fmt: skip
LIVES = st.lists(
    st.tuples(st.sampled_from([*DEEDS, "reclassify", "ask", "resume", "sweep", "reply"]), st.integers(5, 60 * 40)),
    min_size=2, max_size=9,
)  # fmt: skip
RUNS = {"start", "resume", "reopen", "retarget"}


def office() -> WorkCalendar:
    calendar = WorkCalendar.objects.create(name="Office with lunch", time_zone="Europe/Moscow")
    for day in range(5):
        for start, end in ((540, 780), (840, 1080)):
            CalendarInterval.objects.create(calendar=calendar, weekday=day, start=start, end=end)
    return calendar


def live(desk: Desk, life: list[tuple[str, int]]) -> tuple[Ticket, datetime]:
    """Let a ticket live through what is possible of `life`; return it and the last moment."""
    at = NOON
    with moment.at(at):
        ticket = desk.file()
    kinds = [desk.mailbox, WorkType.objects.get(code="MAIL.3")]
    for deed, minutes in life:
        at += timedelta(minutes=minutes)
        with moment.at(at):
            try:
                if deed == "sweep":
                    deadlines.sweep()
                elif deed == "reply":
                    conversation.post(actor=desk.anna, ticket_id=ticket.pk, text="Here.")
                else:
                    kind = kinds[Ticket.objects.get(pk=ticket.pk).work_type_id == kinds[0].pk]
                    actor, raw = DEEDS[deed]
                    desk.act(deed, actor, ticket, **(raw or {"work_type": str(kind.pk)}))
            except ActionRefused:
                pass
    return Ticket.objects.get(pk=ticket.pk), at


def replayed(clock: TicketClock) -> tuple[list[Any], datetime | None]:
    """Work out what is left, and when it is due, from the ledger alone."""
    calendar = clocks.calendar_of(clock.calendar)
    used: list[tuple[datetime, datetime]] = []
    since, limits = None, ["1m"]
    for event in ClockEvent.objects.filter(clock=clock).order_by("pk"):
        limits = event.detail["limits"]
        if event.kind == "start":
            # A second question, or a second submission, begins anew.
            used, since = [], None
        if event.kind in RUNS and since is None and event.due_at is not None:
            since = event.at
        elif event.kind in {"pause", "stop", "cancel"} and since is not None:
            used.append((since, event.at))
            since = None
    left = reckoning.untouched(Limit.parse(limit) for limit in limits)
    for start, end in used:
        left = reckoning.left_at(calendar, start, left, end)
    return left, reckoning.due(calendar, since, left) if since else None


def told(clock: TicketClock) -> timedelta:
    """Return the working time that the explanation counts, the time ahead included."""
    return next(found for found in clocks.explain(clock.ticket) if found.clock.pk == clock.pk).counted


def test_another_kind_of_work_brings_other_limits_less_what_was_used(desk: Desk) -> None:
    ticket = desk.ticket("in_work")
    with moment.at(NOON + timedelta(hours=1)):
        desk.act("ask", "alla", ticket, comment="Which?")
    with moment.at(NOON + timedelta(hours=5)):
        desk.act("reclassify", "alla", ticket, work_type=str(desk.server.pk), comment="It is the server.")
    with moment.at(NOON + timedelta(hours=9)):
        desk.act("resume", "alla", ticket)

    ticket = Ticket.objects.get(pk=ticket.pk)
    execution = TicketClock.objects.get(ticket=ticket, kind="execution")
    assert (ticket.work_type, ticket.line, ticket.priority) == (desk.server, desk.first, desk.server.priority)
    assert execution.limits == ["1h", "2bd"]
    # One hour was used, which is the new reaction part; two business days are left of the limit.
    assert execution.due_at == NOON + timedelta(hours=9, days=2)
    assert TicketClock.objects.get(ticket=ticket, kind="reaction").limits == ["30m"]
    assert "server" in ticket.search_doc.public


def test_limits_that_are_used_up_make_a_clock_due_at_once_and_never_before(desk: Desk) -> None:
    short = WorkType.objects.create(
        service=desk.mail, code="S", name="Short", reaction_limit="5m", execution_limit="10m"
    )
    ticket = desk.ticket("in_work")
    at = NOON + timedelta(hours=2)
    with moment.at(at):
        desk.act("reclassify", "lev", ticket, work_type=str(short.pk))
    with moment.at(at + timedelta(hours=1)):
        deadlines.sweep()

    assert TicketClock.objects.get(ticket=ticket, kind="execution").breached_at == at


def test_a_kind_that_is_no_kind_or_the_same_is_refused(desk: Desk) -> None:
    ticket = desk.ticket("in_work")
    before = state(ticket)
    for wrong in ("", "999999", str(desk.mailbox.pk)):
        with pytest.raises(ValidationError):
            desk.act("reclassify", "alla", ticket, work_type=wrong)
    with pytest.raises(ActionRefused):
        desk.act("reclassify", "anna", ticket, work_type=str(desk.server.pk))

    assert state(ticket) == before


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LIVES, st.booleans())
@example([("take", 5), ("ask", 5), ("reply", 5), ("ask", 5)], False)
@example([("reclassify", 294), ("reclassify", 43), ("reclassify", 294)], True)
def test_clocks_are_what_their_ledger_says(desk: Desk, life: list[tuple[str, int]], with_office: bool) -> None:
    WorkType.objects.get_or_create(
        code="MAIL.3",
        defaults={"service": desk.mail, "name": "Calendar", "reaction_limit": "1h", "execution_limit": "12h"},
    )
    calendar = (WorkCalendar.objects.filter(name="Office with lunch").first() or office()) if with_office else None
    SupportLine.objects.filter(pk=desk.first.pk).update(calendar=calendar)
    ticket, at = live(desk, life)

    for clock in TicketClock.objects.filter(ticket=ticket).select_related("calendar", "ticket"):
        left, due = replayed(clock)
        counted = clocks.calendar_of(clock.calendar)
        retargeted = ClockEvent.objects.filter(clock=clock, kind="retarget").exists()
        if clock.state == "running":
            # Other limits never make the time before them late: then the clock is due at once.
            assert clock.due_at == due or (
                retargeted and due is not None and clock.due_at is not None and due < clock.due_at
            )
        else:
            assert clock.due_at is None
            assert clock.left == left
        late = list(ClockEvent.objects.filter(clock=clock, kind="breach").values_list("at", flat=True))
        assert late == ([clock.breached_at] if clock.breached_at else [])
        assert clock.breached_at is None or clock.breached_at <= at
        whole = [Limit.parse(text).working for text in clock.limits]
        if clock.state == "running" and all(whole) and clock.left and clock.breached_at is None:
            assert told(clock) == sum((part for part in whole if part), timedelta(0))
            assert worktime.between(counted, at, clock.due_at) <= told(clock)
