"""A case that becomes another kind of work inside a foreign log is reclassified at that moment, as the desk itself does it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from helpdesk.actions import foreign, past, stays
from helpdesk.cases import running
from helpdesk.health import doctor
from helpdesk.health.findings import Level
from helpdesk.models import CaseImport, ClockEvent, ForeignCase, Ticket, TicketClock, WorkType
from tests.cases.files import LOG_HEAD, LOG_MAP, bring, receive, table
from tests.people import Desk

WORDS = {"Insert": "new", "Take": "in_work", "Wait": "waiting", "Resolve": "on_review", "Close": "done", "Again": "rework",
         "Note": "ignore"}  # fmt: skip
COLUMNS = {**LOG_MAP["columns"], "service": "Service", "work_type": "Kind", "comment": "Said", "due": "Due"}
MAP: dict[str, Any] = {**LOG_MAP, "zone": "UTC", "statuses": WORDS, "columns": COLUMNS}
HEAD = (*LOG_HEAD, "Service", "Kind", "Said", "Due")
# A Friday. The case is about a mailbox, then the server, then a mailbox once more.
TWICE = (
    ("1", "Insert", "28/03/2025 07:00", "Anna Smirnova", "Mail", "", "", ""),
    ("1", "Take", "28/03/2025 07:10", "Alla Fedorova", "", "Mailbox", "", ""),
    ("1", "Note", "28/03/2025 08:10", "Alla Fedorova", "Mail", "MAIL.2", "It is the server.", ""),
    ("1", "Wait", "28/03/2025 08:20", "Alla Fedorova", "Mail", "Mail server", "Which?", ""),
    ("1", "Take", "28/03/2025 13:00", "Alla Fedorova", "Mail", "mailbox", "", ""),
    ("1", "Resolve", "28/03/2025 13:05", "Alla Fedorova", "", "", "Mended.", ""),
    ("1", "Close", "28/03/2025 14:00", "Alla Fedorova", "Mail", "Mailbox", "", ""),
)  # fmt: skip


def lived(ticket: Ticket) -> list[tuple[str, str, str]]:
    """Return action, hour and kind of work of each version."""
    rows = ticket.history.order_by("history_id")
    return [(row.last_action, f"{row.history_date:%H:%M}", row.work_type.code) for row in rows]


def remarks(imported: CaseImport) -> list[tuple[Any, ...]]:
    return list(imported.remarks.values_list("row", "kind", "text"))


def test_a_kind_that_changes_twice_is_reclassified_at_its_moments(desk: Desk) -> None:
    imported = receive(desk.roman, table(HEAD, TWICE), MAP)
    counts, told, _unmapped = running.preview(imported)
    done = running.bring_in(imported)

    ticket = ForeignCase.objects.get().ticket
    assert lived(ticket) == [
        ("register", "07:00", "MAIL.1"), ("take", "07:10", "MAIL.1"), ("reclassify", "08:10", "MAIL.2"),
        ("ask", "08:20", "MAIL.2"), ("reclassify", "13:00", "MAIL.1"), ("resume", "13:00", "MAIL.1"),
        ("submit", "13:05", "MAIL.1"), ("accept_silently", "14:00", "MAIL.1"),
    ]  # fmt: skip
    changed = ticket.history.filter(last_action="reclassify").earliest()
    assert (changed.history_user, changed.history_change_reason) == (desk.alla, "It is the server.")
    assert ticket.events.filter(kind="reclassify", data__work_type=desk.server.pk).get().actor == desk.alla
    assert (ticket.work_type, ticket.service, ticket.execution_limit) == (
        desk.mailbox, desk.mail, desk.mailbox.execution_limit
    )  # fmt: skip
    assert (done.counts["reclassified"], counts["reclassified"], told, remarks(done)) == (2, 2, [], [])
    assert (stays.differences(), WorkType.objects.count()) == ([], 2)
    assert [found.level for found in doctor.stays()] == [Level.OK]


def test_deadlines_follow_the_kind_less_what_was_used(desk: Desk) -> None:
    bring(desk.roman, table(HEAD, TWICE), MAP)

    clock = TicketClock.objects.get(kind="execution")
    told = [
        (line.kind, f"{line.at:%H:%M}", line.detail["limits"], line.detail.get("before"))
        for line in ClockEvent.objects.filter(clock=clock).order_by("pk")
    ]
    mailbox, server = ["30m", "4h"], ["1h", "2bd"]
    assert told == [
        ("start", "07:00", mailbox, None), ("retarget", "08:10", server, mailbox), ("pause", "08:20", server, None),
        ("retarget", "13:00", mailbox, server), ("resume", "13:00", mailbox, None), ("stop", "13:05", mailbox, None),
        ("met", "13:05", mailbox, None),
    ]  # fmt: skip
    # 80 minutes were used of half an hour and four: 190 are left when it is taken up again, at 13:00.
    assert ClockEvent.objects.get(clock=clock, kind="resume").due_at == datetime(2025, 3, 28, 16, 10, tzinfo=UTC)


def test_a_promise_of_the_other_desk_holds_whatever_the_kind(desk: Desk) -> None:
    due = "29/03/2025 12:00"
    bring(desk.roman, table(HEAD, [(*row[:-1], due) for row in TWICE[:5]]), {**MAP, "clocks": "file"})

    ticket = ForeignCase.objects.get().ticket
    assert [row[2] for row in lived(ticket)][-1] == "MAIL.1"
    kinds = ClockEvent.objects.filter(clock__ticket=ticket, clock__kind="execution").values_list("kind", flat=True)
    assert "retarget" not in kinds
    assert ClockEvent.objects.get(clock__kind="execution", kind="start").due_at == datetime(2025, 3, 29, 12, tzinfo=UTC)


def test_late_by_the_kind_before_stays_late(desk: Desk) -> None:
    rows = [*TWICE[:2], ("1", "Note", "28/03/2025 14:00", "Alla Fedorova", "Mail", "Mail server", "", "")]
    bring(desk.roman, table(HEAD, rows), MAP)

    clock = TicketClock.objects.get(kind="execution")
    assert clock.breached_at == datetime(2025, 3, 28, 11, 30, tzinfo=UTC)
    assert [line.kind for line in clock.events.order_by("pk")] == ["start", "breach", "retarget"]
    assert ForeignCase.objects.get().ticket.late_at == clock.breached_at


def test_where_nobody_could_say_so_the_kind_waits_or_stays(desk: Desk) -> None:
    rows = [
        *(("1", word, f"28/03/2025 0{hour}:00", "Alla", "", kind, "", "") for hour, (word, kind) in enumerate(
            (("Insert", "Mailbox"), ("Take", ""), ("Resolve", "Mailbox"), ("Again", "Mail server"), ("Take", "")))),
        *(("2", word, f"28/03/2025 0{hour}:00", "Alla", "", kind, "", "") for hour, (word, kind) in enumerate(
            (("Insert", "Mailbox"), ("Close", ""), ("Note", "Printer"), ("Note", "Mailbox")))),
    ]  # fmt: skip
    mapping = {**MAP, "defaults": {"service": "Mail"}}
    done = bring(desk.roman, table(HEAD, rows), mapping)
    first, second = (case.ticket for case in ForeignCase.objects.order_by("foreign_id"))

    assert lived(first)[2:] == [("submit", "02:00", "MAIL.1"), ("return", "03:00", "MAIL.1"),
                                ("reclassify", "03:00", "MAIL.2"), ("take", "04:00", "MAIL.2")]  # fmt: skip
    assert second.work_type == desk.mailbox
    assert remarks(done) == [(9, "changed", "Became “Printer” while it was not being worked on: it stays “Mailbox”.")]
    assert stays.differences() == []


def test_kinds_are_made_or_told_by_choice(desk: Desk) -> None:
    rows = [("1", "Insert", "28/03/2025 09:00", "Alla", "Mail", "Mailbox", "", ""),
            ("1", "Take", "28/03/2025 09:01", "Alla", "Network", "", "", ""),
            ("1", "Note", "28/03/2025 09:02", "Alla", "Network", "Cable", "", "")]  # fmt: skip
    only_match = {**MAP, "source": "Match", "missing": {"work_type": "match"}}
    matched = bring(desk.roman, table(HEAD, rows), only_match)
    kept = "which is no kind of work here: it stays “Mailbox”."
    assert remarks(matched) == [
        (3, "changed", f"Became “Network”, {kept}"), (4, "changed", f"Became “Network, Cable”, {kept}"),
    ]  # fmt: skip
    made = bring(desk.roman, table(HEAD, rows), MAP)
    kinds = [kind for _action, _at, kind in lived(made.cases.get().ticket)]
    assert (kinds, made.counts["work_type"], made.counts["service"]) == (
        ["MAIL.1", "LOG-1.2", "LOG-1.2", "LOG-1.1"], 2, 1
    )  # fmt: skip


def test_broken_off_or_brought_in_again_it_changes_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BATCH", 1)
    data = table(HEAD, [*TWICE, *(("2", *row[1:]) for row in TWICE)])
    broken, write, calls = receive(desk.roman, data, MAP), past.write, []

    def once(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError
        return write(*args, **kwargs)

    monkeypatch.setattr(past, "write", once)
    foreign.queue(actor=desk.roman, imported=broken)
    running.run_waiting()
    foreign.queue(actor=desk.roman, imported=CaseImport.objects.get())
    running.run_waiting()
    again = bring(desk.roman, data, MAP)

    broken.refresh_from_db()
    assert (broken.counts["cases"], broken.counts["reclassified"]) == (2, 4)
    assert (again.counts.get("reclassified"), again.counts["known"], again.cases.count()) == (None, 2, 0)
    assert Ticket.history.filter(last_action="reclassify").count() == 4
