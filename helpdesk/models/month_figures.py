"""Decides how what a finished month came to is kept for the reports, so that a year is not counted from its requests each time.

These rows repeat what others say and may be deleted at any time: what is not kept is counted from the requests.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from helpdesk.models.lines import SupportLine


class MonthPart(models.TextChoices):
    """What is added up of a month; how each is written is said in `helpdesk.reports.month_sums`."""

    REGISTERED = "registered"
    REGISTERED_SUM = "registered+"
    CLOSED = "closed"
    CLOSED_SUM = "closed+"
    MOMENTS = "moments"
    LIMITS = "limits"
    PATHS = "paths"
    ARROWS = "arrows"
    STANDING = "standing"


class MonthFigures(models.Model):
    """One part of what the requests of a line come to in a month of `zone`, without a line those of the whole desk.

    `data` is JSON, `registered` how many came in, `open` how many were open when it ended.

    It was added up at `added_at`; at `seen_at` no request of the month had changed since.
    """

    month = models.DateField()
    line = models.ForeignKey(SupportLine, models.CASCADE, null=True, related_name="+", db_index=False)
    part = models.CharField(max_length=12, choices=MonthPart.choices)
    zone = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    registered = models.PositiveIntegerField()
    open = models.PositiveIntegerField(default=0)
    data = models.TextField()

    class Meta:
        verbose_name = _("figures of a month")
        verbose_name_plural = _("figures of months")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["month", "part", "line"], name="month_figures_of_line"),
            models.UniqueConstraint(
                fields=["month", "part"], condition=models.Q(line__isnull=True), name="month_figures_of_desk"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.part}"
