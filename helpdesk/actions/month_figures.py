"""Decides when the kept figures of months are written, and when they are let go because something of the past has changed.

Most changes need nothing here: a month is not believed while a request of it has changed since (`helpdesk.reports.kept_months`).
What leaves no trace in the moment of a request's last change has to call `forget_past`, `forget_since` or `forget_all`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localtime

from helpdesk.models import MonthFigures, MonthPart


@dataclass(frozen=True)
class Added:
    """What some requests came to in a month: its parts as they are stored, how many came in, how many were open at its end."""

    parts: Mapping[MonthPart, str]
    registered: int
    open: int


def month_of(at: datetime) -> date:
    """Return the first day of the month in which the aware moment `at` is, by the clock of the desk."""
    return localtime(at).date().replace(day=1)


@transaction.atomic
def keep(month: date, found: Mapping[int | None, Added], *, at: datetime) -> None:
    """Write what the month that begins with the day `month` came to, as it was read from `at` (aware) on.

    `found` is by the id of the line, None for the whole desk.
    """
    MonthFigures.objects.filter(month=month).delete()
    told = {"month": month, "zone": settings.TIME_ZONE, "added_at": at, "seen_at": at}
    MonthFigures.objects.bulk_create(
        MonthFigures(line_id=line, part=part, data=data, registered=added.registered, open=added.open, **told)
        for line, added in found.items() for part, data in added.parts.items()
    )  # fmt: skip


def seen(months: Collection[date], at: datetime) -> None:
    """Note that nothing of `months` had changed at `at` (aware)."""
    MonthFigures.objects.filter(month__in=months, seen_at__lt=at).update(seen_at=at)


def forget_past(registered: datetime, at: datetime) -> None:
    """Let go of the month in which a request was `registered`, unless `at` (both aware) is in it: it is counted from the rows.

    For what changes a request without being its last change: a breach is dated by its due time, a calendar moves clocks.
    """
    if month_of(registered) != month_of(at):
        MonthFigures.objects.filter(month=month_of(registered)).delete()


def forget_since(registered: datetime, at: datetime) -> None:
    """Let go of every month from that in which a request was `registered` up to the one before `at` (both aware).

    For what moves a request from one row of the tables to another: it was open in months in which nothing happened to it.
    """
    first, this = month_of(registered), month_of(at)
    if first != this:
        MonthFigures.objects.filter(month__gte=first, month__lt=this).delete()


def forget_all() -> None:
    """Let go of every month."""
    MonthFigures.objects.all().delete()
