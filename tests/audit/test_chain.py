"""The chain of the audit: tampering is found, the database itself refuses it, four processes leave no gap."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from helpdesk import moment
from helpdesk.actions import audit, audit_chain
from helpdesk.models import AuditKind, AuditRecord, Service, User, guards
from tests.people import NOON, Desk, make_desk
from tests.races.processes import start, together

WRITER = """
from helpdesk.actions import audit, audit_chain
from helpdesk.models import AuditKind, User
actor = User.objects.get(pk=int(sys.argv[1]))
print("ready", flush=True)
time.sleep(max(0, float(sys.stdin.readline()) - time.time()))
for number in range(25):
    audit.record(AuditKind.EXPORTED, actor=actor, what="catalog", rows=number)
    audit_chain.seal()
print("done")
"""


def write(desk: Desk, count: int = 4) -> list[AuditRecord]:
    rows = [audit.record(AuditKind.EXPORTED, actor=desk.roman, what="catalog", rows=n) for n in range(count)]
    audit_chain.seal()
    return rows


def tamper(statement: str) -> None:
    guards.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement)
    guards.install(connection)


def test_a_whole_chain_is_found_whole(desk: Desk) -> None:
    write(desk)
    head = audit_chain.verify().head
    write(desk)

    found = audit_chain.verify(expected=head)

    assert (found.sealed, found.waiting, found.faults) == (8, 0, ())
    call_command("verify_audit", expect=head)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE helpdesk_auditrecord SET address = '10.0.0.1' WHERE position = 2",
     "UPDATE helpdesk_auditrecord SET actor_id = NULL WHERE position = 2",
     "DELETE FROM helpdesk_auditrecord WHERE position = 2"],
)  # fmt: skip
def test_tampering_is_found(desk: Desk, statement: str) -> None:
    write(desk)

    tamper(statement)

    assert len(audit_chain.verify().faults) >= 1
    with pytest.raises(SystemExit):
        call_command("verify_audit")


def test_an_end_that_was_cut_off_is_found_by_a_noted_head(desk: Desk) -> None:
    write(desk)
    head = audit_chain.verify().head

    tamper("DELETE FROM helpdesk_auditrecord WHERE position = 4")

    assert audit_chain.verify().faults == ()
    assert len(audit_chain.verify(expected=head).faults) == 1


def test_records_that_nobody_seals_and_guards_that_are_gone_are_told(desk: Desk) -> None:
    audit.record(AuditKind.EXPORTED, actor=desk.roman)
    guards.remove(connection)

    with moment.at(NOON + timedelta(hours=2)):
        faults = audit_chain.verify().faults

    guards.install(connection)
    assert len(faults) == 1 + 2 * (1 + len(guards.history_tables()))


@pytest.mark.parametrize(
    "statement",
    ["UPDATE helpdesk_auditrecord SET address = '10.0.0.1'", "DELETE FROM helpdesk_auditrecord",
     "UPDATE helpdesk_auditrecord SET digest = ''", "UPDATE helpdesk_historicalservice SET name = 'x'",
     "DELETE FROM helpdesk_historicalservice"],
)  # fmt: skip
def test_the_database_refuses_to_change_what_was_written(desk: Desk, statement: str) -> None:
    write(desk)
    before = list(AuditRecord.objects.values()), list(Service.history.values())

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert before == (list(AuditRecord.objects.values()), list(Service.history.values()))


def test_history_has_one_door_and_the_audit_none(desk: Desk) -> None:
    write(desk)
    with guards.open_history("test"):
        Service.history.update(name="Erased")
        with pytest.raises(IntegrityError), transaction.atomic():
            AuditRecord.objects.update(address="")

    assert set(Service.history.values_list("name", flat=True)) == {"Erased"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Service.history.update(name="Again")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_four_processes_leave_no_gap() -> None:
    roman: User = make_desk().roman
    AuditRecord.objects.count()

    assert together([start(WRITER, str(roman.pk)) for _number in range(4)]) == ["done"] * 4

    audit_chain.seal()
    found = audit_chain.verify()
    assert (found.sealed, found.waiting, found.faults) == (100, 0, ())
