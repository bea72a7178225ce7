"""A what-if tells ledgers again: unchanged it gives what is stored, changed it gives what the same life would have stored."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from helpdesk import clocks, moment
from helpdesk.actions import deadlines
from helpdesk.actions.refusals import ActionRefused
from helpdesk.clocks.replay import Outcome, replay
from helpdesk.models import CalendarInterval, SupportLine, Ticket, TicketClock, WorkCalendar, WorkType
from helpdesk.reports import ledgers, scope, what_if
from helpdesk.reports.proposal import ALWAYS, Proposal, Terms, scaled
from helpdesk.reports.retold import Telling
from helpdesk.worktime import Limit
from tests.people import NO_ROW, NOON, Desk

DEEDS: dict[str, tuple[str, dict[str, Any]]] = {
    "take": ("alla", {}), "ask": ("alla", {"comment": "Which?"}), "resume": ("alla", {}), "submit": ("alla", {"comment": "Done."}),
    "recall": ("alla", {}), "return": ("anna", {"comment": "No."}), "cancel": ("anna", {"comment": "No need."}),
    "reopen": ("lev", {"comment": "Again."}), "accept": ("anna", {"rating": "5"}), "reclassify": ("alla", {}),
    "correct": ("roman", {"status": "rework", "comment": "By mistake."}),
}  # fmt: skip
STEP = st.tuples(st.sampled_from([*DEEDS, "take", "ask", "resume", "submit"]), st.integers(5, 60 * 30))
OWN, OTHER = {"MAIL.1": ("30m", "4h"), "MAIL.2": ("1h", "2bd")}, {"MAIL.1": ("2h", "1d"), "MAIL.2": ("20m", "5h")}
WRONG = [
    ("take", 45),
    ("reclassify", 300),
    ("ask", 5),
    ("resume", 2000),
    ("reclassify", 30),
    ("submit", 700),
    ("recall", 60),
]
TAKEN_BACK = [("cancel", 600), ("reopen", 5), ("take", 5), ("correct", 300), ("take", 10), ("submit", 5), ("accept", 5)]


def limit(text: str) -> Limit:
    return Limit.parse(text)


def office() -> WorkCalendar:
    calendar = WorkCalendar.objects.create(name="Office", time_zone="Europe/Moscow")
    for day in range(5):
        for start, end in ((540, 780), (840, 1080)):
            CalendarInterval.objects.create(calendar=calendar, weekday=day, start=start, end=end)
    return calendar


def live(desk: Desk, life: list[tuple[str, int]], limits: Any, calendar: Any) -> tuple[Ticket, datetime]:
    """Let a ticket live through what is possible of `life` while the sweep goes on; return it and the last moment.

    No two moments are a whole number of minutes apart: at the very moment of a due time it is chance who comes first.
    """
    for code, (reaction, execution) in limits.items():
        WorkType.objects.filter(code=code).update(reaction_limit=reaction, execution_limit=execution)
    kinds, at = list(WorkType.objects.order_by("code")), NOON
    with moment.at(at):
        SupportLine.objects.filter(pk=desk.first.pk).update(calendar=calendar)
        ticket = desk.file(kind=kinds[0])
        # The clocks of requesters go by the line: they shall tick alike in every life.
        SupportLine.objects.filter(pk=desk.first.pk).update(calendar=None)
    for deed, minutes in life:
        at += timedelta(minutes=minutes, seconds=1)
        with moment.at(at):
            deadlines.sweep()
            other = kinds[Ticket.objects.get(pk=ticket.pk).work_type_id == kinds[0].pk]
            actor, raw = DEEDS[deed]
            with contextlib.suppress(ActionRefused, ValidationError):
                desk.act(deed, actor, ticket, **({"work_type": str(other.pk)} if deed == "reclassify" else raw))
    return ticket, at + timedelta(minutes=1, seconds=1)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEP, min_size=1, max_size=8), st.booleans(), st.booleans())
@example(WRONG, True, False)
@example(TAKEN_BACK, False, True)
def test_a_life_told_again_is_the_life_that_would_have_been(desk: Desk, life: Any, one: bool, two: bool) -> None:
    Ticket.objects.all().delete()
    calendar = WorkCalendar.objects.first() or office()
    own, other = ((calendar if in_office else None) for in_office in (one, two))
    lived, at = live(desk, life, OWN, own)
    would, _at = live(desk, life, OTHER, other)

    found = {(ledger.ticket, ledger.clock): ledger for ledger in ledgers.read(scope.read(desk.olga, {}).tickets, at)}
    terms = {
        kind.pk: Terms(*map(limit, OTHER[kind.code]), str(other.pk) if other else ALWAYS)
        for kind in WorkType.objects.all()
    }
    telling = Telling(terms, at)
    assert len(found) == 4
    for name in ("reaction", "execution"):
        ledger, wanted = found[lived.pk, name], found[would.pk, name]
        clock = TicketClock.objects.get(ticket=lived, kind=name)
        assert (ledger.stored is Outcome.MISSED) == bool(clock.breached_at or (clock.due_at and clock.due_at <= at))
        assert replay(ledger.lines, clocks.calendar_of(own), at) is ledger.stored
        assert replay(wanted.lines, clocks.calendar_of(other), at) is wanted.stored
        assert telling.tell(ledger).after is wanted.stored


@pytest.fixture
def late(desk: Desk) -> Desk:
    """Return the desk with a request that missed both limits, one that missed none, and one of the other line that runs."""
    slow, quick = desk.file(), desk.file()
    desk.file(kind=desk.server)
    for ticket, minutes in ((quick, 10), (slow, 45)):
        with moment.at(NOON + timedelta(minutes=minutes)):
            desk.act("take", "alla", ticket)
    for ticket, hours in ((quick, 2), (slow, 6)):
        with moment.at(NOON + timedelta(hours=hours)):
            desk.act("submit", "alla", ticket, comment="Mended.")
    desk.__dict__.update(slow=slow, quick=quick)
    return desk


def everything() -> dict[str, list[Any]]:
    """Return every row of every table."""
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in apps.get_models()}


def outcomes(found: what_if.Comparison, clock: str) -> dict[str, list[int]]:
    return {outcome.value: counts for outcome, counts in found.outcomes[clock].items()}  # type: ignore[index]


def test_other_limits_are_compared_in_all_by_kind_and_by_line_and_nothing_changes(late: Desk) -> None:
    before = everything()
    asked = Proposal(own={late.mailbox.pk: Terms(limit("1h"), limit("6h")), late.server.pk: Terms(limit("5m"))})
    with moment.at(NOON + timedelta(hours=7)):
        found = what_if.compare(late.olga, asked)

    # The server's request was not taken in five minutes; the slow one would have kept an hour, and an hour and six.
    assert (found.overall.requests, found.overall.before, found.overall.after) == (3, 2, 1)
    assert [(share.name, share.requests, share.before, share.after) for share in found.by_kind] == [
        ("Mailbox", 2, 1, 0), ("Mail server", 1, 1, 1),
    ]  # fmt: skip
    assert [(share.name, share.requests, share.before, share.after) for share in found.by_line] == [
        ("First line", 2, 1, 0), ("Second line", 1, 1, 1),
    ]  # fmt: skip
    assert outcomes(found, "reaction") == {"met": [1, 2], "missed": [2, 1], "running": [0, 0], "none": [0, 0]}
    assert outcomes(found, "execution") == {"met": [1, 2], "missed": [1, 0], "running": [1, 1], "none": [0, 0]}
    assert [change.ticket for change in found.changed] == [late.slow.pk]
    assert (found.left_out, found.is_capped) == (0, False)
    assert everything() == before


def test_of_many_requests_the_newest_are_replayed_and_said_to_be(late: Desk) -> None:
    found = what_if.compare(late.olga, Proposal(factor=Decimal(2)), most=2)

    assert (found.registered, found.overall.requests, found.is_capped, found.since) == (3, 2, True, NOON)


def test_another_calendar_counts_from_the_registration(late: Desk) -> None:
    calendar = office()
    night = datetime.fromisoformat("2026-03-09T23:00+03:00")
    with moment.at(night):
        ticket = late.file()
    with moment.at(night + timedelta(hours=10, minutes=20)):
        late.act("take", "alla", ticket)
    with moment.at(NOON + timedelta(hours=7)):
        own = {late.mailbox.pk: Terms(calendar=str(calendar.pk))}
        found = what_if.compare(late.olga, Proposal(own=own))
        # Taken at 9:20, twenty minutes after the opening.
        assert [(change.ticket, change.clocks["reaction"].after) for change in found.changed if change.ticket == ticket.pk] == [
            (ticket.pk, Outcome.MET)
        ]  # fmt: skip
        for nonsense in (str(NO_ROW), "x"):
            with pytest.raises(ValidationError):
                what_if.compare(late.olga, Proposal(calendar=nonsense))


def test_what_the_ledger_does_not_lead_to_counts_as_it_was(late: Desk) -> None:
    # As if the calendar had been another one then, and as if the due time had been promised elsewhere.
    TicketClock.objects.filter(ticket=late.quick, kind="reaction").update(breached_at=NOON, met_at=None)
    TicketClock.objects.filter(ticket=late.slow, kind="execution").update(limits=[])
    with moment.at(NOON + timedelta(hours=7)):
        found = what_if.compare(late.olga, Proposal(own={late.mailbox.pk: Terms(limit("3h"), limit("9h"))}))

    assert (found.left_out, found.overall.before, found.overall.after) == (2, 2, 2)


def test_a_lead_compares_his_lines_and_others_nothing(late: Desk) -> None:
    asked = Proposal(factor=Decimal("0.5"))

    assert what_if.compare(late.lev, asked).overall.requests == 2
    for who in ("anna", "alla", "katya"):
        with pytest.raises(ActionRefused):
            what_if.compare(late.people[who], asked)
    with pytest.raises(ValidationError):
        what_if.compare(late.lev, Proposal())


def test_a_factor_is_for_the_kinds_picked_and_what_a_kind_has_of_its_own_goes_before(late: Desk) -> None:
    own = {late.mailbox.pk: Terms(reaction=limit("5m"))}
    asked = Proposal(factor=Decimal("1.5"), picked=frozenset({late.mailbox.pk}), own=own)

    assert asked.terms(late.mailbox) == Terms(limit("5m"), limit("6h"))
    assert asked.terms(late.server) == Terms()
    assert asked.query == f"days=90&factor=1.5&pick={late.mailbox.pk}&r{late.mailbox.pk}=5m"
    assert [str(scaled(limit(text), Decimal("1.25"))) for text in ("30m", "1h", "4h", "1bd", "2bd", "3d")] == [
        "38m", "75m", "5h", "1bd", "3bd", "4d",
    ]  # fmt: skip
    assert str(scaled(limit("1bd"), Decimal("0.1"))) == "1bd"
    with pytest.raises(ValidationError):
        scaled(limit("1000d"), Decimal(10))
