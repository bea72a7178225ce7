"""Decides how the course of a ticket is kept for the figures: a row per stay and a row per closing, written with each action.

Both are told anew by the history (`manage.py rebuild_stays`); nothing else may change them.
"""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from helpdesk.lifecycle import CLOSED, Status
from helpdesk.models.catalog import Priority

# Where a past day is asked for, only the stays that began this long before it are looked through, and the few longer ones.
LONG = timedelta(days=30)


class Stay(models.Model):
    """A stretch in which a ticket had one status, line and assignee; see `helpdesk.lifecycle.course`."""

    ticket = models.ForeignKey("helpdesk.Ticket", on_delete=models.CASCADE, related_name="stays", db_index=False)
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices)
    line = models.ForeignKey("helpdesk.SupportLine", on_delete=models.PROTECT, related_name="+", db_index=False)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    is_long = models.BooleanField(default=False)
    came_from = models.CharField(max_length=10, choices=Status.choices, blank=True)
    spent = models.PositiveIntegerField(null=True)
    left_line = models.ForeignKey(
        "helpdesk.SupportLine", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    back = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("stay of a request")
        verbose_name_plural = _("stays of requests")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["ticket", "number"], name="stay_unique")
        ]
        indexes: ClassVar[list[models.Index]] = [
            # SQLite does not see that a list of statuses is within one, so none of these is for open statuses alone.
            models.Index(fields=["status", "since", "until", "is_long", "assignee", "line", "ticket"], name="stay_open"),
            models.Index(fields=["status", "since"], name="stay_lasting", condition=Q(until__isnull=True)),
            models.Index(fields=["status", "until", "since"], name="stay_long", condition=Q(is_long=True)),
            models.Index(
                fields=["came_from", "status", "since", "spent"], name="stay_arrow", condition=Q(spent__isnull=False)
            ),
            models.Index(
                fields=["since", "left_line", "line"], name="stay_moved", condition=Q(left_line__isnull=False)
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"#{self.ticket_id} {self.status} {self.since:%Y-%m-%d %H:%M}"


class Closing(models.Model):
    """An end of a ticket and what it took. Line, service, kind and priority are those the ticket has now.

    `again_at` is the next closing with the same status, `undone_at` the moment the ticket was opened or closed otherwise.
    `assignee` is who had it then; `rating` what its requester gave with it.
    """

    ticket = models.ForeignKey("helpdesk.Ticket", on_delete=models.CASCADE, related_name="closings", db_index=False)
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=[(each.value, each.label) for each in CLOSED])
    at = models.DateTimeField()
    again_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    line = models.ForeignKey("helpdesk.SupportLine", on_delete=models.PROTECT, related_name="+", db_index=False)
    service = models.ForeignKey("helpdesk.Service", on_delete=models.PROTECT, related_name="+", db_index=False)
    work_type = models.ForeignKey("helpdesk.WorkType", on_delete=models.PROTECT, related_name="+", db_index=False)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices)
    corrected = models.BooleanField(default=False)
    rating = models.PositiveSmallIntegerField(null=True)
    execution = models.PositiveIntegerField(null=True)
    worked = models.PositiveIntegerField(default=0)
    waited = models.PositiveIntegerField(default=0)
    reviewed = models.PositiveIntegerField(default=0)
    returned = models.BooleanField(default=False)
    path = models.TextField()

    class Meta:
        verbose_name = _("closing of a request")
        verbose_name_plural = _("closings of requests")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["ticket", "number"], name="closing_unique")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["status", "at", "line", "service", "work_type", "assignee", "corrected", "priority", "again_at",
                        "rating", "execution", "worked", "waited", "reviewed", "returned"],
                name="closing_figures",
            ),
            models.Index(fields=["at", "path"], name="closing_path"),
            models.Index(fields=["undone_at"], name="closing_undone", condition=Q(undone_at__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"#{self.ticket_id} {self.status} {self.at:%Y-%m-%d %H:%M}"
