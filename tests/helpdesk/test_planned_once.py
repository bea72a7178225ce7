"""What every page asks is planned once on PostgreSQL, and answered as on SQLite."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from helpdesk import planned_once, queues
from helpdesk.lifecycle import Status
from tests.people import Desk


def test_counters_follow_what_happens_however_often_they_were_asked_for(desk: Desk) -> None:
    """PostgreSQL may keep one plan for all values from the sixth time on."""
    for number in range(8):
        assert queues.counters(desk.alla).lines[0].new == number
        desk.ticket(Status.NEW)
    assert queues.counters(desk.egor).lines[0].new == 0


def test_what_is_planned_once_is_counted_among_the_queries(desk: Desk) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert planned_once.counts("SELECT COUNT(*) FROM helpdesk_user WHERE username = %s", ("anna",)) == [1]
    assert len(asked) == 1
    assert planned_once.counts("SELECT COUNT(*) FROM helpdesk_user WHERE username = %s", ("nobody",)) == [0]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="speaks of PostgreSQL")
def test_postgresql_keeps_the_plan(desk: Desk) -> None:
    for login in ("anna", "boris"):
        planned_once.counts("SELECT COUNT(*) FROM helpdesk_user WHERE username = %s", (login,))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%helpdesk_user WHERE username%'"
        )
        assert len(cursor.fetchall()) == 1
