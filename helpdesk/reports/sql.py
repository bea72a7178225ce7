"""Decides how the database is asked for what it has no word for: numbers as one text, moments cut short, rows of some tickets."""

from __future__ import annotations

from typing import Any

from django.db.models import Aggregate, CharField, Exists, Func, OuterRef, Q, TextField

from helpdesk.reports.memory import Tickets


class Listed(Aggregate):
    """The whole numbers of a group as one text, with commas between them."""

    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        found = self.copy()
        found.template = "STRING_AGG((%(expressions)s)::text, ',')"
        return found.as_sql(compiler, connection, **more)


def numbers(text: str | None) -> list[int]:
    """Return the numbers that `Listed` wrote."""
    return [int(each) for each in text.split(",")] if text else []


def mine(tickets: Tickets) -> Q:
    """Return the condition on rows of a ticket that it is one of `tickets`; none where those are all there are."""
    if not tickets.query.where:
        return Q()
    return Q(Exists(tickets.order_by().filter(pk=OuterRef("ticket_id"))))


class Cut(Func):
    """The first characters of a moment as it is written in UTC: 10 for the day, 13 for the hour, 16 for the minute."""

    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template="SUBSTR(%(expressions)s, 1, %(length)s)", **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        unit = {10: "day", 13: "hour", 16: "minute"}[self.extra["length"]]
        cut = f"DATE_TRUNC('{unit}', %(expressions)s AT TIME ZONE 'UTC')"
        return self.as_sql(compiler, connection, template=f"SUBSTR(({cut})::text, 1, %(length)s)", **more)
