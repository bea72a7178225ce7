"""A hundred real cases of a city come in, and our reports say of them what was computed from the file itself."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from helpdesk.models import ClockEvent, ForeignCase, SupportLine, Ticket, TicketClock
from helpdesk.reports import durations, facts, figures, period, scope
from tests.cases.files import CITY, CITY_MAP, bring
from tests.people import Desk

# mean, median and maximum in hours; the file's own figures take its wall clock as it stands, without daylight saving.
FIGURES = json.loads((Path(__file__).parents[1] / "data" / "city_cases_100_figures.json").read_text())
FROM_2022 = period.between(date(2022, 1, 1), date(2022, 12, 31))


@pytest.fixture
def desk(desk: Desk) -> Desk:
    SupportLine.objects.filter(pk=desk.first.pk).update(calendar=None)
    return desk


def test_reports_say_what_the_file_says(desk: Desk) -> None:
    as_written = {**CITY_MAP, "zone": "UTC"}
    imported = bring(desk.roman, CITY.read_bytes(), as_written)

    tickets = scope.read(desk.olga, {}).tickets
    tally = facts.whole(tickets, FROM_2022)
    counts, took = figures.counts(tally, tickets, FROM_2022), durations.durations(tally.executions)
    assert imported.counts["cases"] == FIGURES["rows"] == ForeignCase.objects.count()
    assert (counts["registered"], counts["done"], counts["overdue"]) == (
        FIGURES["rows"], FIGURES["status"]["Closed"], FIGURES["ontime"]["OVERDUE"]
    )  # fmt: skip
    assert (counts["registered"] - counts["done"], took.count) == (FIGURES["open"], FIGURES["hours"]["n"])
    assert took.mean is not None
    assert took.median is not None
    assert round(took.mean / 3600, 4) == FIGURES["hours"]["mean"]
    assert round(took.median / 3600, 4) == FIGURES["hours"]["median"]
    longest = max((t.submitted_at - t.created_at).total_seconds() for t in tickets.filter(submitted_at__isnull=False))
    assert round(longest / 3600, 4) == FIGURES["hours"]["max"]
    late = TicketClock.objects.filter(breached_at__isnull=False)
    assert late.filter(ticket__status="done").count() == FIGURES["closed_after_target"]
    assert TicketClock.objects.filter(kind="execution").count() == FIGURES["rows"] - FIGURES["no_target"]
    assert len({ticket.work_type_id for ticket in Ticket.objects.all()}) == FIGURES["types"]
    assert SupportLine.objects.exclude(pk__in=[desk.first.pk, desk.second.pk]).count() == FIGURES["queues"]


def test_moments_are_of_the_zone_and_nobody_is_told(desk: Desk) -> None:
    bring(desk.roman, CITY.read_bytes(), CITY_MAP)

    ticket = ForeignCase.objects.get(foreign_id="101004130437").ticket
    assert ticket.created_at.isoformat() == "2022-01-19T16:18:00+00:00"
    assert ticket.closed_at is not None
    assert ticket.closed_at.isoformat() == "2022-01-19T16:42:16+00:00"
    assert [row.last_action for row in ticket.history.order_by("history_id")] == [
        "register", "take", "submit", "accept_silently"
    ]  # fmt: skip
    assert "Needle" in ticket.search_doc.public or "needl" in ticket.search_doc.public
    assert not ticket.events.filter(handled_at=None).exists()


def test_our_clocks_reckon_by_our_limits(desk: Desk) -> None:
    bring(
        desk.roman, CITY.read_bytes(), {**CITY_MAP, "clocks": "ours", "reaction_limit": "1h", "execution_limit": "4h"}
    )

    assert TicketClock.objects.filter(kind="execution").count() == 100
    late = ClockEvent.objects.filter(kind="breach", clock__kind="execution").values("clock")
    took = [
        (t.submitted_at - t.created_at).total_seconds() > 5 * 3600
        for t in Ticket.objects.filter(submitted_at__isnull=False)
    ]
    assert late.filter(clock__ticket__status="done").count() == sum(took)
