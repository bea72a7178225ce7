"""Decides how many rows are stored at once that nobody asks back for: one statement, prepared once.

`bulk_create` makes the SQL of every row anew, so that expressions may stand in it, and asks for the numbers of the rows;
for the dozens of rows that a life of a ticket leaves, this takes longer than the database does.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import AutoField, Model


def store(rows: Iterable[Model]) -> None:
    """Store new `rows`, all of one model, in their order. They hold plain values and the numbers of their parents; their
    own numbers they do not learn.
    """
    rows = list(rows)
    if not rows:
        return
    meta = rows[0]._meta
    fields = [field for field in meta.concrete_fields if not isinstance(field, AutoField)]
    quote, form = connection.ops.quote_name, _Form()
    names, marks = ", ".join(quote(str(field.column)) for field in fields), ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {quote(meta.db_table)} ({names}) VALUES ({marks})",  # noqa: S608 - names of our own tables
            [[form.of(field, getattr(row, field.attname)) for field in fields] for row in rows],
        )


class _Form:
    """Brings values into the form of the database; the same few moments stand in many rows and are brought once."""

    def __init__(self) -> None:
        self._moments: dict[datetime, Any] = {}

    def of(self, field: Any, value: Any) -> Any:
        if value is None or type(value) in (int, bool):
            return value
        if type(value) is not datetime:
            return field.get_db_prep_save(value, connection)
        if value not in self._moments:
            self._moments[value] = field.get_db_prep_save(value, connection)
        return self._moments[value]
