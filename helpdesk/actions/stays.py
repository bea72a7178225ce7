"""Decides how stays and closings are kept true: written with every change of a ticket, compared with its history, mended.

The figures of past days are counted from them (`helpdesk.reports`); the history stays the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.forms.models import model_to_dict

from helpdesk.actions import month_figures
from helpdesk.lifecycle import CLOSED
from helpdesk.lifecycle import course as courses
from helpdesk.models import Closing, Stay, Ticket
from helpdesk.models.retelling import closing_rows, stay_rows, stay_values, tell
from helpdesk.models.storing import store

BATCH = 500
_OWN = [field.name for field in courses.Stay.__dataclass_fields__.values()]


def record(ticket: Ticket, *, at: datetime, rating: int | None = None) -> None:
    """Write where `ticket` is from `at` on; call it under the lock, after its history row. `rating` came with a closing."""
    rows = list(Stay.objects.filter(ticket=ticket).order_by("number")) if ticket.version > 1 else []
    if not rows and ticket.version > 1:
        # A ticket that another version of the program wrote.
        _store(*_told([ticket.pk]))
        return
    stays = [_of(row) for row in rows]
    begun = courses.next_stay(stays, ticket.status, ticket.line_id, ticket.assignee_id, at)
    if begun is not None:
        if rows:
            stays[-1].until = at
            Stay.objects.filter(pk=rows[-1].pk).update(until=at, is_long=stay_values(stays[-1])["is_long"])
        Stay.objects.create(ticket=ticket, **stay_values(begun))
    if any(row.status in CLOSED for row in rows):
        _keep_closings(ticket, begun)
    if begun is not None and (ended := courses.closing([*stays, begun])):
        lived = courses.Course([*stays, begun], [(begun.number, ended)])
        (row,) = closing_rows(_model, ticket, lived)
        row.rating = rating
        row.save()


def _keep_closings(ticket: Ticket, begun: courses.Stay | None) -> None:
    """Let earlier closings know of what the ticket is now, and when they were undone or repeated."""
    own = Closing.objects.filter(ticket=ticket)
    own.update(
        line=ticket.line_id, service=ticket.service_id, work_type=ticket.work_type_id, priority=ticket.priority,
        corrected=ticket.corrected,
    )  # fmt: skip
    if begun is not None and begun.came_from in CLOSED:
        own.filter(undone_at=None).update(undone_at=begun.since)
    if begun is not None and begun.status in CLOSED:
        own.filter(status=begun.status, again_at=None).update(again_at=begun.since)


def _of(row: Stay) -> courses.Stay:
    values = {name: getattr(row, name) for name in _OWN if name not in ("line", "assignee", "left_line")}
    return courses.Stay(**values, line=row.line_id, assignee=row.assignee_id, left_line=row.left_line_id)


def keep_past(lives: Iterable[tuple[Ticket, Sequence[Any]]]) -> None:
    """Write the stays and closings of tickets whose whole lives are stored at once, each with the points of its course.

    They may lie in any month, with last changes that are long ago, so every kept month is let go.
    """
    month_figures.forget_all()
    stays: list[Stay] = []
    closings: list[Closing] = []
    for ticket, points in lives:
        lived = courses.course(points)
        stays += stay_rows(_model, ticket.pk, lived.stays)
        closings += closing_rows(_model, ticket, lived)
    _store(stays, closings)


def _model(name: str) -> Any:
    return apps.get_model("helpdesk", name)


def _told(ids: Sequence[int]) -> tuple[list[Stay], list[Closing]]:
    return tell(_model, ids)


def _store(stays: list[Stay], closings: list[Closing]) -> None:
    store(stays)
    store(closings)


def rebuild() -> int:
    """Write the stays and closings of every ticket anew from its history, some at a time; return how many tickets."""
    done = 0
    month_figures.forget_all()
    for ids in _batches(Ticket.objects.order_by("pk")):
        with transaction.atomic():
            list(Ticket.objects.select_for_update(of=("self",)).filter(pk__in=ids).values_list("pk"))
            Stay.objects.filter(ticket__in=ids).delete()
            Closing.objects.filter(ticket__in=ids).delete()
            _store(*_told(ids))
        done += len(ids)
    return done


def differences(*, newest: int | None = None) -> list[int]:
    """Return the ids of the tickets whose stays or closings are not what their history tells; of the `newest` changed."""
    found: list[int] = []
    ids = list(Ticket.objects.order_by("-updated_at").values_list("pk", flat=True)[:newest])
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        stays, closings = _told(some)
        wanted = _by_ticket([*stays, *closings])
        there = _by_ticket([
            *Stay.objects.filter(ticket__in=some).order_by("ticket", "number"),
            *Closing.objects.filter(ticket__in=some).order_by("ticket", "number"),
        ])  # fmt: skip
        found += [pk for pk in some if wanted.get(pk) != there.get(pk)]
    return sorted(found)


def _by_ticket(rows: Sequence[Stay | Closing]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        values = {"model": type(row).__name__, **model_to_dict(row)}
        values.pop("id")
        found.setdefault(row.ticket_id, []).append(values)
    return found


def _batches(tickets: Any) -> Iterator[list[int]]:
    last = 0
    while ids := list(tickets.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        yield ids
        last = ids[-1]
