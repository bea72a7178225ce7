"""Decides how lines, services, kinds of work and people are called in a report: all of them are asked for at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import CharField, QuerySet, Value

from helpdesk.models import Service, SupportLine, User, WorkType
from helpdesk.reports.memory import Tickets, remembered

Names = dict[str, dict[int, str]]


def read(sets: Mapping[str, QuerySet[Any]]) -> Names:
    """Return by its key the names of each of the querysets by id, in the order of the names; one query for all of them."""
    first, *rest = (_named(what, rows) for what, rows in sets.items())
    found: Names = {what: {} for what in sets}
    told = [
        (what, pk, f"{name} {more}".strip() or other) for what, pk, name, more, other in first.union(*rest, all=True)
    ]
    for what, pk, name in sorted(told, key=lambda row: row[2]):
        found[what][pk] = name
    return found


def _named(what: str, rows: QuerySet[Any]) -> QuerySet[Any, tuple[Any, ...]]:
    nothing = Value("", output_field=CharField())
    columns = ("first_name", "last_name", "username") if rows.model is User else ("name", nothing, nothing)
    return rows.order_by().values_list(Value(what, output_field=CharField()), "pk", *columns)


def of_catalog(tickets: Tickets) -> Names:
    """Return the names of all lines, services and kinds of work, for a report on `tickets`."""
    sets = {"line": SupportLine.objects.all(), "service": Service.objects.all(), "work_type": WorkType.objects.all()}
    return remembered(tickets, ("names",), lambda: read(sets))  # type: ignore[no-any-return]


def of_people(ids: set[Any]) -> dict[int, str]:
    """Return the names of the people with these ids; None among them is nobody."""
    return read({"person": User.objects.filter(pk__in=ids - {None})})["person"]
