"""Decides how a statement is asked that every page asks: PostgreSQL plans it once for each connection.

To plan the counters of the menu takes it longer than to count. Statements that find more the less is asked for must not be asked so:
one plan for all values may be that of the wrong ones (docs/performance.md).
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import connection


def counts(text: str, values: tuple[Any, ...]) -> list[int]:
    """Return the numbers of the one row that the statement `text` finds with `values`.

    Of numbers only: a plan that is kept fails when a migration has given a column another length since.
    """
    with _cursor() as cursor:
        cursor.execute(text, values)
        return [int(count) for count in cursor.fetchone()]


def _cursor() -> Any:
    # Who looks at the queries wants to read their values, which psycopg does not keep of what is prepared.
    if connection.vendor != "postgresql" or connection.queries_logged:
        return connection.cursor()
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    return connection.make_cursor(_planned()(connection.connection))


@cache
def _planned() -> Any:
    """Return a cursor of psycopg that prepares, which need not be installed; Django's writes the values into the text."""
    from psycopg import Cursor

    class Planned(Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
            return super().execute(query, params, prepare=True, **options)

    return Planned
