"""Fills a database with years of a busy desk: `python -m tests.bench.fill 1000000`, into an empty database.

The same number gives the same rows. Each ticket has three messages, five rows of history, its clocks with their ledger, and
its events, as the actions would have written them; they are written by the driver itself, because a million lives
through the actions take a day. Four in a hundred are open, the newest ones; 5 000 people file, 50 agents work on 10 lines.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.bench.lives import Rows

BATCH = 20_000
COLUMNS = {
    "ticket": (
        "helpdesk_ticket",
        (
            "id,status,returns,silently_accepted,corrected,taken_at,submitted_at,closed_at,subject,text,priority,created_at,updated_at,"
            "version,last_action,reaction_limit,execution_limit,due_at,reopen_until,late_at,reaction,requester_id,registered_by_id,assignee_id,"
            "line_id,service_id,work_type_id,calendar_id"
        ),
    ),
    "stay": (
        "helpdesk_stay",
        "id,ticket_id,number,status,line_id,assignee_id,since,until,is_long,came_from,spent,left_line_id,back",
    ),
    "closing": (
        "helpdesk_closing",
        (
            "id,ticket_id,number,status,at,again_at,undone_at,assignee_id,line_id,service_id,work_type_id,priority,corrected,rating,"
            "execution,worked,waited,reviewed,returned,path"
        ),
    ),
    "history": (
        "helpdesk_historicalticket",
        (
            "id,status,returns,silently_accepted,corrected,taken_at,submitted_at,closed_at,subject,text,priority,created_at,updated_at,"
            "version,last_action,reaction_limit,execution_limit,due_at,reopen_until,history_change_reason,requester_id,registered_by_id,"
            "assignee_id,line_id,service_id,work_type_id,calendar_id,history_id,history_date,history_type,history_user_id"
        ),
    ),
    "message": ("helpdesk_message", "id,ticket_id,author_id,text,is_internal,action,created_at,edited_at"),
    "recipient": ("helpdesk_messagerecipient", "id,message_id,person_id,read_at"),
    "clock": (
        "helpdesk_ticketclock",
        (
            'id,ticket_id,kind,state,calendar_id,limits,"left",length,started_at,running_since,due_at,met_at,breached_at,remind_at,reminded,'
            "set_aside_at,trouble"
        ),
    ),
    "ledger": ("helpdesk_clockevent", 'id,clock_id,kind,at,actor_id,reason,due_at,"left",detail'),
    "event": ("helpdesk_event", "id,ticket_id,kind,actor_id,at,internal,data,handled_at"),
    "notice": ("helpdesk_notice", "id,person_id,event_id,ticket_id,kind,created_at,read_at"),
    "rating": ("helpdesk_rating", "id,ticket_id,author_id,assignee_id,value,comment,created_at"),
    "search": ("helpdesk_searchdoc", "ticket_id,public,internal"),
}


def fill(tickets: int, *, late: int = 1000, search: bool = True, swept: bool = False) -> None:
    """Add `tickets` tickets, `late` running clocks of which are past due and not yet noticed unless `swept`, to an empty desk."""
    from tests.bench.cast import cast
    from tests.bench.lives import Maker, Rows

    maker, rows = Maker(cast(), tickets, late, datetime.now(UTC)), Rows()
    with indexes_last():
        for number in range(1, tickets + 1):
            maker.ticket(number, rows)
            if number % BATCH == 0 or number == tickets:
                write(rows, search=search)
                rows = Rows()
    finish(swept=swept)


INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = %s",
    "postgresql": (
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = %s "
        "AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = to_regclass(quote_ident(indexname)))"
    ),
}
PREPARING = {
    "sqlite": ("PRAGMA cache_size = -1000000", "PRAGMA synchronous = OFF"),
    "postgresql": ("SET maintenance_work_mem = '1GB'", "SET statement_timeout = 0", "SET synchronous_commit = off"),
}


@contextmanager
def indexes_last() -> Iterator[None]:
    """Take the indexes away until the end of the block: sorting once is faster than finding a place a million times."""
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in PREPARING[connection.vendor]:
            cursor.execute(statement)
        found: list[tuple[str, str]] = []
        for table, _columns in COLUMNS.values():
            cursor.execute(INDEXES[connection.vendor], [table])
            found += cursor.fetchall()
        for name, _sql in found:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        for _name, sql in found:
            cursor.execute(sql)


def write(rows: Rows, *, search: bool) -> None:
    """Write what has been made, in one transaction."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # The rows refer to each other by construction; checking twenty million references takes an hour.
            cursor.execute("SET LOCAL session_replication_role = replica")
        for name, (table, columns) in COLUMNS.items():
            if name != "search" or search:
                _insert(cursor, connection.vendor, table, columns, getattr(rows, name))


def _insert(cursor: Any, vendor: str, table: str, columns: str, rows: list[tuple[Any, ...]]) -> None:
    if vendor == "postgresql":
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = ",".join("?" * (columns.count(",") + 1))
    # Past Django's cursor, which would rewrite every row's placeholders.
    cursor.connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", _plain(rows))  # noqa: S608 - constants


def _plain(rows: Iterable[tuple[Any, ...]]) -> Iterable[tuple[Any, ...]]:
    for row in rows:
        yield tuple(
            value.replace(tzinfo=None).isoformat(" ") if isinstance(value, datetime) else value for value in row
        )


def finish(*, swept: bool) -> None:
    """Bring the sequences of PostgreSQL behind the ids written, let either database know its tables, add up finished months.

    `swept` lets the worker notice what is late first; a month in which something is not noticed is not added up.
    """
    from django.core.management.color import no_style
    from django.db import connection

    from helpdesk import models
    from helpdesk.actions import deadlines
    from helpdesk.reports import keeping

    written = [models.Ticket, models.Ticket.history.model, models.Message, models.MessageRecipient, models.TicketClock,
               models.ClockEvent, models.Event, models.Notice, models.Rating, models.Stay, models.Closing]  # fmt: skip
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), written):
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    while swept and deadlines.sweep().breached:
        pass
    # As the worker would have by then.
    while keeping.keep_next():
        pass


def main() -> None:
    """Migrate and set up the database of the environment, and fill it."""
    asked = argparse.ArgumentParser(description="Fill an empty database with invented tickets.")
    asked.add_argument("tickets", type=int)
    asked.add_argument("--late", type=int, default=1000)
    asked.add_argument("--no-search", action="store_true")
    asked.add_argument("--swept", action="store_true", help="let the worker notice what is late")
    asked.add_argument("--people", type=int, help="how many people file requests")
    given = asked.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    import django
    from django.core.management import call_command

    django.setup()
    from helpdesk.models import Ticket
    from tests.bench import cast

    call_command("setup", verbosity=0)
    if Ticket.objects.exists():
        sys.exit("This database has tickets already; name an empty one by VAR_DIR or DATABASE_URL.")
    if given.people:
        cast.REQUESTERS = given.people
    start = time.monotonic()
    fill(given.tickets, late=given.late, search=not given.no_search, swept=given.swept)
    sys.stdout.write(f"{given.tickets} tickets in {time.monotonic() - start:.0f} s\n")


if __name__ == "__main__":
    main()
