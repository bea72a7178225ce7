"""Decides how the stays and closings of tickets are told anew from their history: when they are filled in, checked, mended.

Models are handed in, so that a migration can bring those of its time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from helpdesk.lifecycle.course import Course, Stay, course
from helpdesk.lifecycle.terms import Status
from helpdesk.models.stays import LONG

GetModel = Callable[[str], Any]
_KEYS = ("line_id", "service_id", "work_type_id", "priority", "corrected")
_POINT = ("id", "status", "line_id", "assignee_id", "history_date")


def tell(get_model: GetModel, ids: Sequence[int]) -> tuple[list[Any], list[Any]]:
    """Return the stays and closings of the tickets `ids`, not stored, as their history and ratings tell them."""
    points: dict[int, list[tuple[str, int, int | None, datetime]]] = defaultdict(list)
    history = get_model("HistoricalTicket").objects.filter(id__in=ids).order_by("id", "history_id")
    for ticket, *point in history.values_list(*_POINT):
        points[ticket].append(tuple(point))
    ratings: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    given = get_model("Rating").objects.filter(ticket__in=ids).order_by("pk")
    for ticket, at, value in given.values_list("ticket_id", "created_at", "value"):
        ratings[ticket].append((at, value))
    stays: list[Any] = []
    closings: list[Any] = []
    for ticket in get_model("Ticket").objects.filter(pk__in=ids).only("pk", *_KEYS).order_by("pk"):
        lived = course(points[ticket.pk])
        stays += stay_rows(get_model, ticket.pk, lived.stays)
        closings += closing_rows(get_model, ticket, lived, ratings[ticket.pk])
    return stays, closings


def stay_rows(get_model: GetModel, ticket: int, stays: Iterable[Stay]) -> list[Any]:
    """Return the rows, not stored, for the stays of a ticket (its id)."""
    return [get_model("Stay")(ticket_id=ticket, **stay_values(stay)) for stay in stays]


def stay_values(stay: Stay) -> dict[str, Any]:
    """Return what the row of a stay holds besides its ticket."""
    values = dict(vars(stay))
    for name in ("line", "assignee", "left_line"):
        values[f"{name}_id"] = values.pop(name)
    return {**values, "is_long": stay.until is not None and stay.until - stay.since > LONG}


def closing_rows(
    get_model: GetModel, ticket: Any, lived: Course, ratings: Iterable[tuple[datetime, int]] = ()
) -> list[Any]:
    """Return the rows, not stored, for the closings of a ticket; each rating (moment, value) goes with the one it came with."""
    known = {name: getattr(ticket, name) for name in _KEYS}
    rows = []
    for number, ended in lived.closings:
        values = dict(vars(ended))
        assignee = values.pop("assignee")
        undone_at = next((stay.since for stay in lived.stays if stay.number > number and stay.came_from), None)
        rows.append(
            get_model("Closing")(ticket_id=ticket.pk, number=number, assignee_id=assignee, undone_at=undone_at, **values, **known)
        )  # fmt: skip
    for place, row in enumerate(rows):
        row.again_at = next((later.at for later in rows[place + 1 :] if later.status == row.status), None)
    for at, value in ratings:
        with_it = next((row for row in rows if row.status == Status.DONE and row.at >= at and row.rating is None), None)
        if with_it is not None:
            with_it.rating = value
    return rows
