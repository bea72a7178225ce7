"""Decides how what a finished month came to is kept for the reports, so that a year is not counted from its requests each time.

These rows repeat what others say and may be deleted at any time: what is not kept is counted from the requests.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class MonthPart(models.TextChoices):
    """What is added up of a month; how each is written is said in `helpdesk.reports.adding_up`."""

    REGISTERED = "registered"
    REGISTERED_SUM = "registered+"
    CLOSED = "closed"
    CLOSED_SUM = "closed+"
    MOMENTS = "moments"
    LIMITS = "limits"
    PATHS = "paths"
    ARROWS = "arrows"


class MonthFigures(models.Model):
    """One part of what all requests of the desk come to in a month of `zone`. `data` is JSON, `registered` how many came in,
    `open` how many were open when it ended.

    It was added up at `added_at`; at `seen_at` no request of the month had changed since.
    """

    month = models.DateField()
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
            models.UniqueConstraint(fields=["month", "part"], name="month_figures_unique")
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.part}"
