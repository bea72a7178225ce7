"""Any log becomes legal histories at its own moments and in its own order; what cannot be mapped is told with its row."""

from __future__ import annotations

import io
import json
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from helpdesk.actions import foreign, past
from helpdesk.actions.refusals import ActionRefused
from helpdesk.cases import mapping as mappings
from helpdesk.cases import running
from helpdesk.lifecycle import ACTIONS, Status
from helpdesk.models import (
    CaseImport,
    CaseRemark,
    Event,
    ForeignCase,
    Letter,
    Notice,
    SupportLine,
    Ticket,
    User,
    WorkType,
)
from tests.cases.files import LOG_HEAD, LOG_MAP, bring, receive, table
from tests.people import Desk
from tests.races.processes import start

ROME = ZoneInfo("Europe/Rome")
START = datetime(2025, 3, 28, 9, tzinfo=ROME)
WORDS = {
    "Insert": "new", "Take": "in_work", "Wait": "waiting", "Resolve": "on_review", "Close": "done", "Drop": "cancelled",
    "Again": "rework", "Noise": "ignore",
}  # fmt: skip
STATUSES = {"statuses": WORDS}
EVENT = st.tuples(st.integers(0, 3), st.sampled_from(sorted(WORDS)), st.sampled_from(["Ann", "Bob", "?", ""]),
                  st.integers(0, 30), st.sampled_from(["", "First line", "Third"]))  # fmt: skip
HEAD = (*LOG_HEAD, "Line")


def log_of(events: list[Any]) -> tuple[bytes, dict[str, list[tuple[datetime, str]]]]:
    """Return a log in a shuffled-looking order, and what each case should have gone through, worked out here."""
    rows, told = [], {}
    for case, word, who, hours, line in events:
        at = START + timedelta(hours=hours)
        rows.append((f"C{case}", word, at.strftime("%d/%m/%Y %H:%M:%S"), who, line))
        told.setdefault(f"C{case}", []).append((at, WORDS[word]))
    return table(HEAD, rows), {case: sorted(steps, key=lambda step: step[0]) for case, steps in told.items()}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(EVENT, min_size=1, max_size=25))
def test_random_logs_become_legal_histories(desk: Desk, events: list[Any]) -> None:
    ForeignCase.objects.all().delete()
    Ticket.objects.all().delete()
    CaseImport.objects.all().delete()
    data, told = log_of(events)
    columns = {**LOG_MAP["columns"], "line": "Line"}
    imported = bring(desk.roman, data, {**LOG_MAP, **STATUSES, "columns": columns})

    corrections = 0
    assert {case.foreign_id for case in ForeignCase.objects.all()} == set(told)
    for case in ForeignCase.objects.select_related("ticket"):
        rows = list(case.ticket.history.order_by("history_id"))
        assert rows[0].last_action == "register"
        assert rows[0].history_date == told[case.foreign_id][0][0]
        assert [row.history_date for row in rows] == sorted(row.history_date for row in rows)
        assert {row.history_date for row in rows} <= {at for at, _status in told[case.foreign_id]}
        assert [row.version for row in rows] == list(range(1, len(rows) + 1))
        for before, after in pairwise(rows):
            action = ACTIONS[after.last_action]
            assert before.status in action.sources
            assert after.status == (action.target or after.status)
            assert action.target or action.name == "correct" or before.status == after.status
            corrections += action.name == "correct"
        stood = [status for _at, status in told[case.foreign_id] if status != "ignore"]
        moved = any(row.last_action == "transfer" for row in rows)
        if stood and not moved:
            assert case.ticket.status == stood[-1]
    corrected = imported.remarks.filter(kind=CaseRemark.Kind.CORRECTED).count()
    assert imported.counts.get("corrected", 0) == corrected
    assert corrections >= corrected
    assert imported.counts["rows"] == len(events)
    assert imported.counts["ignored"] == sum(1 for event in events if event[1] == "Noise")
    assert not Event.objects.filter(handled_at=None).exists()
    assert not Notice.objects.exists()
    assert not Letter.objects.exists()


def test_events_of_one_second_keep_their_order(desk: Desk) -> None:
    at = "2025-03-28T09:00:00"
    words = ("Insert", "Take", "Wait", "Take", "Resolve", "Again", "Take")
    bring(desk.roman, table(LOG_HEAD, [("1", word, at, "Ann") for word in words]), {**LOG_MAP, **STATUSES})

    ticket = ForeignCase.objects.get().ticket
    actions = ["register", "take", "ask", "resume", "submit", "return", "take"]
    assert [row.last_action for row in ticket.history.order_by("history_id")] == actions
    assert {row.history_date.isoformat() for row in ticket.history.all()} == {"2025-03-28T08:00:00+00:00"}
    assert (ticket.returns, ticket.assignee.first_name, ticket.assignee.is_active) == (1, "Ann", False)


def test_what_cannot_be_mapped_is_told_with_its_row(desk: Desk) -> None:
    rows = [
        ("1", "Insert", "28/03/2025 09:00", "Alla Fedorova"), ("", "Take", "28/03/2025 09:01", "x"),
        ("1", "Danced", "28/03/2025 09:02", "x"), ("1", "Take", "32/03/2025 09:02", "x"), ("2", "Take", "?", "x"),
        ("1", "Take", "28/03/2025 09:03", "alla"), ("1", "Take", "28/03/2099 09:03", "alla"),
        ("1", "Drop", "28/03/2025 10:03", "NULL"),
    ]  # fmt: skip
    imported = receive(desk.roman, table(LOG_HEAD, rows), {**LOG_MAP, **STATUSES})
    counts, remarks, unmapped = running.preview(imported)
    assert (Ticket.objects.count(), User.objects.filter(username__startswith="desk-").count()) == (0, 0)
    done = running.bring_in(imported)

    found = list(done.remarks.values_list("row", "kind"))
    left = CaseRemark.Kind.LEFT_OUT
    assert found == [(3, left), (4, left), (5, left), (6, left), (8, left), (9, CaseRemark.Kind.CORRECTED)]
    assert [(item.row, item.kind) for item in remarks] == found
    assert counts == {**done.counts, "known": 0}
    assert unmapped == {"Danced": 1}
    assert (done.counts["left_out"], done.counts["corrected"]) == (5, 1)
    assert Ticket.objects.get().assignee == desk.alla
    assert "Drop" in done.remarks.last().text


def test_brought_in_again_nothing_comes_twice(desk: Desk) -> None:
    first = table(LOG_HEAD, [("1", "Insert", "28/03/2025 09:00", "Ann")])
    more = table(LOG_HEAD, [("1", "Insert", "28/03/2025 09:00", "Ann"), ("2", "Insert", "28/03/2025 09:00", "Ann")])
    bring(desk.roman, first, {**LOG_MAP, **STATUSES})
    again = bring(desk.roman, more, {**LOG_MAP, **STATUSES})
    elsewhere = bring(desk.roman, first, {**LOG_MAP, **STATUSES, "source": "Other"})

    assert (again.counts["cases"], again.counts["known"]) == (1, 1)
    assert (elsewhere.counts["cases"], elsewhere.counts["known"]) == (1, 0)
    assert Ticket.objects.count() == 3
    assert User.objects.filter(first_name="Ann").count() == 1
    with pytest.raises(ActionRefused):
        bring(desk.katya, first, {**LOG_MAP, **STATUSES, "source": "Third"})


def test_an_import_that_goes_on_keeps_what_was_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BATCH", 2)
    rows = [(str(case), word, f"28/03/2025 {hour:02}:00", "Ann") for case in range(1, 6)
            for hour, word in enumerate(("Insert", "Take", "Wait", "Drop"))]  # fmt: skip
    data, mapping = table(LOG_HEAD, [*rows, ("9", "Insert", "?", "")]), {**LOG_MAP, **STATUSES}
    whole = bring(desk.roman, data, {**mapping, "source": "Whole"})
    broken, write, calls = receive(desk.roman, data, mapping), past.write, []

    def twice(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        if len(calls) == 3:
            raise RuntimeError
        return write(*args, **kwargs)

    monkeypatch.setattr(past, "write", twice)
    foreign.queue(actor=desk.roman, imported=broken)
    running.run_waiting()
    broken.refresh_from_db()
    assert (broken.state, broken.counts["cases"]) == ("failed", 4)
    foreign.queue(actor=desk.roman, imported=broken)
    running.run_waiting()
    broken.refresh_from_db()
    # Whom and what the first import has made, the second one finds.
    made = ("line", "service", "work_type", "person")
    assert {name: count for name, count in broken.counts.items() if name not in made} == {
        name: count for name, count in whole.counts.items() if name not in made
    }
    assert sorted(broken.remarks.values_list("row", "kind")) == sorted(whole.remarks.values_list("row", "kind"))


def test_two_files_of_one_desk_come_in_one_after_the_other(desk: Desk) -> None:
    first, second, other = (
        receive(desk.roman, table(LOG_HEAD, [(case, "Insert", "28/03/2025 09:00", "Ann")]), {**LOG_MAP, **STATUSES, "source": desk_})
        for case, desk_ in (("1", "Log"), ("1", "Log"), ("1", "Other"))
    )  # fmt: skip
    for imported in (first, second, other):
        foreign.queue(actor=desk.roman, imported=imported)
    assert [foreign.lease(), foreign.lease(), foreign.lease()] == [first, other, None]
    second.refresh_from_db()
    with pytest.raises(ActionRefused) as refused, translation.override("en"):
        running.bring_in(second)
    assert "Another file of “Log” is being brought in" in str(refused.value.reason)
    assert (second.counts, ForeignCase.objects.count()) == ({}, 0)
    running.bring_in(first)
    assert foreign.lease() == second
    assert running.bring_in(second).counts["known"] == 1


def test_only_what_is_here_is_matched_when_nothing_may_be_made(desk: Desk) -> None:
    match = dict.fromkeys(mappings.MATCHED, "match")
    columns = {**LOG_MAP["columns"], "line": "Line", "work_type": "Kind", "service": "Service"}
    rows = [
        ("1", "Insert", "28/03/2025 09:00", "Stranger", "second line", "mailbox", "MAIL"),
        ("2", "Insert", "28/03/2025 09:00", "Alla", "Fourth line", "mailbox", "Mail"),
        ("3", "Insert", "28/03/2025 09:00", "Alla", "", "Dancing", "Mail"),
    ]
    head = (*HEAD, "Kind", "Service")
    done = bring(desk.roman, table(head, rows), {**LOG_MAP, **STATUSES, "columns": columns, "missing": match})

    ticket = Ticket.objects.get()
    assert (ticket.line, ticket.work_type, ticket.requester.username) == (desk.second, desk.mailbox, "desk-log")
    assert [(item.row, item.case) for item in done.remarks.all()] == [(3, "2"), (4, "3")]
    assert (SupportLine.objects.count(), WorkType.objects.count()) == (2, 2)


def test_another_file_adds_kinds_beside_those_made_before(desk: Desk) -> None:
    columns = {**LOG_MAP["columns"], "work_type": "Kind", "service": "Service"}
    mapping = {**LOG_MAP, **STATUSES, "columns": columns}
    head = (*LOG_HEAD, "Kind", "Service")
    for case, kind in (("1", "Trees  fell"), ("2", "Potholes"), ("3", "Trees fell")):
        row = (case, "Insert", "28/03/2025 09:00", "Ann", kind, "Works")
        assert bring(desk.roman, table(head, [row]), mapping).counts["cases"] == 1

    made = WorkType.objects.filter(service__name="Works").order_by("code")
    assert list(made.values_list("code", "name")) == [("LOG-1.1", "Trees fell"), ("LOG-1.2", "Potholes")]
    assert Ticket.objects.filter(work_type__name="Trees fell").count() == 2


def test_a_workbook_and_a_guess_and_bad_mappings(desk: Desk) -> None:
    book = Workbook()
    book.active.append(["Case ID", "Status", "Created at", "Closed at", "Summary"])
    book.active.append([17, "Closed", datetime(2025, 3, 28, 9), datetime(2025, 3, 28, 10), "Printer"])  # noqa: DTZ001
    stream = io.BytesIO()
    book.save(stream)
    guessed = mappings.guess(["Case ID", "Status", "Created at", "Closed at", "Summary"], "Book")
    bring(desk.roman, stream.getvalue(), guessed.as_json())

    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.status, ticket.foreign.foreign_id) == ("Printer", Status.DONE, "17")
    log = mappings.guess(LOG_HEAD, "Log")
    assert log.is_log
    assert log.columns == {"case": "Case ID", "at": "Timestamp", "activity": "Activity", "resource": "Resource"}
    for wrong in (
        {"source": ""}, {"columns": {"case": "Case ID"}}, {"zone": "Mars/Base"}, {"statuses": {"A": "lost"}}, {"clocks": "x"},
        {"columns": {"case": "Case ID", "at": "Timestamp"}}, {"strange": 1}, {"missing": {"line": "buy"}},
        {"reaction_limit": "soon"}, {"columns": {"casee": "x"}},
    ):  # fmt: skip
        with pytest.raises(mappings.BadMapping):
            mappings.from_json({**LOG_MAP, **wrong})


def test_the_command_previews_brings_in_and_exits_by_what_was_left(desk: Desk, tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "log.csv").write_bytes(
        table(LOG_HEAD, [("1", "Insert", "28/03/2025 09:00", "Ann"), ("1", "Sing", "", "")])
    )
    (tmp_path / "map.json").write_text(json.dumps({**LOG_MAP, **STATUSES}))
    asked: dict[str, Any] = {"map": tmp_path / "map.json", "user": "roman"}
    for dry, count in ((True, 0), (False, 1)):
        with pytest.raises(SystemExit) as ended:
            call_command("import_cases", tmp_path / "log.csv", dry_run=dry, **asked)
        assert ended.value.code == 1
        assert (Ticket.objects.count(), CaseImport.objects.count()) == (count, count)
        assert "row 3, case 1" in capsys.readouterr().out


BRING = """
from pathlib import Path
from django.core.management import call_command
from helpdesk.cases import running
from helpdesk.models import ForeignCase
settings.MEDIA_ROOT, log, mapping = map(Path, sys.argv[1:])
running.BATCH = 40
write = running.past.write
def and_stay(*batch, **options):
    write(*batch, **options)
    if ForeignCase.objects.count() == 80:
        print("in the second batch", flush=True)
        time.sleep(999)
running.past.write = and_stay
call_command("import_cases", log, map=mapping, user="roman")
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_goes_on_where_it_was(desk: Desk, tmp_path: Path, capsys: Any, settings: Any) -> None:
    rows = [(str(case), word, f"28/03/2025 {hour:02}:00", "Ann") for case in range(100)
            for hour, word in enumerate(("Insert", "Take", "Resolve", "Close"))]  # fmt: skip
    log, mapping = tmp_path / "log.csv", tmp_path / "map.json"
    log.write_bytes(table(LOG_HEAD, rows))
    mapping.write_text(json.dumps({**LOG_MAP, **STATUSES}))

    broken = start(BRING, str(settings.MEDIA_ROOT), str(log), str(mapping))
    broken.awaits("in the second batch")
    broken.kill()
    assert (Ticket.objects.count(), ForeignCase.objects.count()) == (40, 40)
    call_command("import_cases", log, map=mapping, user="roman")

    assert "cases 100" in capsys.readouterr().out
    assert (Ticket.objects.count(), ForeignCase.objects.count(), CaseImport.objects.count()) == (100, 100, 1)
    assert (Ticket.history.count(), Ticket.objects.filter(status="done").count()) == (400, 100)
